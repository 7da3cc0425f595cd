import { maskSasl } from '../../sasl/index.ts';
import { NS_STREAM, NS_STREAM_ERRORS } from '../../stream/index.ts';
import { type Element, firstChildOf, serialize } from '../../xml/index.ts';

/** Everything that was done about one move of the other side. */
export interface Reaction {
  /** The header of a stream that it opened. */
  readonly header: Element | undefined;
  /** Elements directly inside the stream, without those of which nobody asked anything. */
  readonly elements: readonly Element[];
  /** Whether it closed the stream. */
  readonly ended: boolean;
  /** Whether it ended the connection. */
  readonly disconnected: boolean;
  /** Whether TLS stands. */
  readonly secured: boolean;
  /** Why what it sent cannot be read. */
  readonly unreadable: string | undefined;
  /** Whether it proved by the end of SCRAM that it knows the account (RFC 5802 §3). */
  readonly proven: boolean;
}

/** How much of an element is shown, in UTF-16 units. */
const SHOWN = 400;

/** A reaction of which nothing is known yet. */
export const NOTHING: Reaction = {
  header: undefined,
  elements: [],
  ended: false,
  disconnected: false,
  secured: false,
  unreadable: undefined,
  proven: false,
};

/** The `<stream:error/>` of a reaction. */
export function streamErrorIn({ elements }: Reaction): Element | undefined {
  return elements.find(({ name, namespace }) => name === 'error' && namespace === NS_STREAM);
}

/** The name of the condition in a stream error; empty where it has none. */
export function conditionOf(error: Element): string {
  const found = error.children.find(
    (child) => typeof child !== 'string' && child.namespace === NS_STREAM_ERRORS && child.name !== 'text',
  );
  return found === undefined || typeof found === 'string' ? '' : found.name;
}

/** A reaction in a few words that are the same each time: no ids, no texts for people. */
export function describeReaction(reaction: Reaction): string {
  const { header, elements, ended, disconnected, secured, unreadable } = reaction;
  const parts = [
    ...(secured ? ['TLS'] : []),
    ...(header === undefined ? [] : ['stream header']),
    ...elements.map(describeElement),
    ...(unreadable === undefined ? [] : [`unreadable: ${unreadable}`]),
    ...(ended ? ['end of the stream'] : []),
    ...(disconnected ? ['end of the connection'] : []),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** The same, as it came: XML, cut short. Of SASL only names are shown: whoever has a whole exchange can guess passwords at leisure. */
export function quoteReaction({ header, elements }: Reaction): string {
  const all = header === undefined ? elements : [header, ...elements];
  const text = all.map((each) => serialize(maskSasl(each))).join('');
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

function describeElement(element: Element): string {
  const { name, namespace, attributes } = element;
  if (namespace === NS_STREAM && name === 'error') return `stream error ${conditionOf(element)}`;
  if (namespace === NS_STREAM) return name;
  const type = attributes.type === undefined ? '' : ` of type ${attributes.type}`;
  return `${name}${type}${detailOf(element)}`;
}

/** The condition of a failure, or of the error in a stanza. */
function detailOf(element: Element): string {
  if (element.name === 'failure' || element.name === 'failed') {
    const condition = firstChildOf(element);
    return condition === undefined ? '' : ` (${condition.name})`;
  }
  if (element.attributes.type !== 'error') return '';
  const error = element.children.find((child) => typeof child !== 'string' && child.name === 'error');
  const condition = error === undefined || typeof error === 'string' ? undefined : firstChildOf(error);
  return condition === undefined ? '' : ` (${condition.name})`;
}
