import { XmppError } from '../errors/index.ts';
import { childOf, type Element, element, serialize, textOf } from '../xml/index.ts';
import { NS_STREAM } from './namespaces.ts';
import { factsOf, isStreamErrorCondition, NS_STREAM_ERRORS, type StreamErrorCondition } from './stream-condition.ts';

/** What a stream error has beside its condition. */
export interface StreamErrorOptions {
  /** For people; where this side found the error, what was expected and what came. */
  readonly text?: string | undefined;
  /** Language of the text, as in `en`. */
  readonly lang?: string | undefined;
  /** With `see-other-host`: host, and maybe a port, as in `[2001:db8::1]:9222`. Untrusted. */
  readonly host?: string | undefined;
  /** An element that says more, in a namespace of its own (RFC 6120 §4.9.4). */
  readonly application?: Element | undefined;
  readonly cause?: unknown;
}

/** How much of the peer's text a message repeats, in UTF-16 units. */
const QUOTED_LENGTH = 200;

/** The stream ended with an error of one side: every stream error is fatal (RFC 6120 §4.9). */
export class StreamError extends XmppError {
  override readonly name = 'StreamError';
  override readonly level = 'stream';
  declare readonly condition: StreamErrorCondition;
  /** Language of {@link XmppError.text}. */
  readonly lang: string | undefined;
  /** With `see-other-host`: host, and maybe a port, as it came. Untrusted. */
  readonly host: string | undefined;
  /** An element that says more, in a namespace of its own. */
  readonly application: Element | undefined;

  constructor(condition: StreamErrorCondition, options: StreamErrorOptions = {}) {
    const { meaning, hint } = factsOf(condition);
    const { text, cause } = options;
    const quoted = text === undefined ? '' : `: ${JSON.stringify(text.slice(0, QUOTED_LENGTH))}`;
    super(`Stream error ${condition}, ${meaning}${quoted}`, { condition, text, hint, cause });
    this.lang = options.lang;
    this.host = options.host;
    this.application = options.application;
  }

  /** Reads a stream's `<error/>`. Never fails: what RFC 6120 §4.9.3 does not define is `undefined-condition`. */
  static fromElement(error: Element): StreamError {
    const text = childOf(error, 'text', NS_STREAM_ERRORS);
    const { defined, application } = partsOf(error);
    const condition = defined === undefined ? 'undefined-condition' : conditionNamed(defined.name);
    return new StreamError(condition, {
      text: text && textOf(text),
      lang: text && (text.attributes['xml:lang'] ?? error.attributes['xml:lang']),
      host: (condition === 'see-other-host' && defined && textOf(defined).trim()) || undefined,
      application,
    });
  }

  /** The `<stream:error/>` to send before the stream is closed. */
  toElement(): Element {
    const { condition, text, lang, host, application } = this;
    return element(
      `{${NS_STREAM}}error`,
      {},
      element(`{${NS_STREAM_ERRORS}}${condition}`, {}, host),
      text === undefined ? undefined : element(`{${NS_STREAM_ERRORS}}text`, { 'xml:lang': lang }, text),
      application,
    );
  }
}

/**
 * The text of a stream error with the prefix that every header declares: implementations that know the prefix rather than
 * the namespace are tolerated (RFC 6120 §4.8.5).
 */
export function formatStreamError(error: StreamError): string {
  const children = error.toElement().children.map((child) => (typeof child === 'string' ? '' : serialize(child)));
  return `<stream:error>${children.join('')}</stream:error>`;
}

function conditionNamed(name: string): StreamErrorCondition {
  // Servers older than RFC 6120 know this one by its name of RFC 3920 §4.7.3.
  if (name === 'xml-not-well-formed') return 'not-well-formed';
  return isStreamErrorCondition(name) ? name : 'undefined-condition';
}

/** The first of each: more than one is not allowed, and no reason to lose the error. */
function partsOf(error: Element): { readonly defined: Element | undefined; readonly application: Element | undefined } {
  let defined: Element | undefined;
  let application: Element | undefined;
  for (const child of error.children) {
    if (typeof child === 'string') continue;
    if (child.namespace !== NS_STREAM_ERRORS) application ??= child;
    else if (child.name !== 'text') defined ??= child;
  }
  return { defined, application };
}
