import { NS_CLIENT, NS_STANZAS } from '../../stanza/index.ts';
import { NS_SASL, NS_SM } from '../../stream/index.ts';
import { childOf, type Element, firstChildOf } from '../../xml/index.ts';
import { conditionOf, type Reaction, streamErrorIn } from './reaction.ts';
import type { Clause, Level } from './specification.ts';

type Holds = Clause['holds'];

/** The three levels, each a way to write a sentence down. */
export const must = clauseOf('MUST');
export const should = clauseOf('SHOULD');
export const may = clauseOf('MAY');

/** Whether one of several things was done. */
export function either<R extends Reaction = Reaction>(
  ...ways: readonly ((reaction: R) => boolean)[]
): (reaction: R) => boolean {
  return (reaction) => ways.some((way) => way(reaction));
}

/** Whether nothing was done. */
export function silence({ header, elements, ended, disconnected, secured, unreadable }: Reaction): boolean {
  const isQuiet = header === undefined && elements.length === 0 && unreadable === undefined;
  return isQuiet && !ended && !disconnected && !secured;
}

/** Whether the stream was closed: by its end tag, or by an error. */
export function closed(reaction: Reaction): boolean {
  return reaction.ended || reaction.disconnected || streamErrorIn(reaction) !== undefined;
}

/** Whether the stream goes on. */
export function open(reaction: Reaction): boolean {
  return !closed(reaction);
}

/** Whether there was a stream error with one of these conditions; with any, if none is named. */
export function streamError(...conditions: readonly string[]): Holds {
  return (reaction) => {
    const error = streamErrorIn(reaction);
    return error !== undefined && (conditions.length === 0 || conditions.includes(conditionOf(error)));
  };
}

/**
 * What holds for every stream error, whatever it is for: the stream is closed, then the connection (RFC 6120 §4.9.1.1), also where
 * there was no stream yet (§4.9.1.2).
 */
export function whereErrorsEnd(isDuringSetup = false): readonly Clause[] {
  const without: Holds = (reaction) => streamErrorIn(reaction) === undefined;
  return [
    must(
      'RFC 6120 §4.9.1.1',
      'closes the stream behind a stream error',
      either(without, ({ ended }) => ended),
    ),
    must(
      'RFC 6120 §4.9.1.1',
      'ends the connection behind it',
      either(without, ({ disconnected }) => disconnected),
    ),
    ...(isDuringSetup
      ? [
          must(
            'RFC 6120 §4.9.1.2',
            'opens its stream before the error',
            either(without, ({ header }) => header !== undefined),
          ),
        ]
      : []),
  ];
}

/** Whether SASL failed, with one of these conditions; with any, if none is named. */
export function saslFailure(...conditions: readonly string[]): Holds {
  return failureOf('failure', NS_SASL, conditions);
}

/** Whether stream management failed, with one of these conditions; with any, if none is named. */
export function managementFailure(...conditions: readonly string[]): Holds {
  return failureOf('failed', NS_SM, conditions);
}

/** Whether there is an element of this name and namespace that is as wanted. */
export function element(name: string, namespace: string, isWanted: (found: Element) => boolean = () => true): Holds {
  return ({ elements }) =>
    elements.some((each) => each.name === name && each.namespace === namespace && isWanted(each));
}

/** Whether the request with this id was answered by a result. */
export function iqResult(id: string): Holds {
  return element('iq', NS_CLIENT, ({ attributes }) => attributes.type === 'result' && attributes.id === id);
}

/** Whether a stanza with this id came back as an error with one of these conditions; with any, if none is named. */
export function stanzaError(name: string, id: string | undefined, ...conditions: readonly string[]): Holds {
  return element(name, NS_CLIENT, (stanza) => {
    const { type, id: given } = stanza.attributes;
    if (type !== 'error' || (given ?? '') !== (id ?? '')) return false;
    const condition = errorConditionOf(stanza);
    return condition !== undefined && (conditions.length === 0 || conditions.includes(condition));
  });
}

/** Whether a message with this id arrived, as wanted. */
export function delivered(id: string, isWanted: (message: Element) => boolean = () => true): Holds {
  return element('message', NS_CLIENT, (message) => {
    const { type, id: given } = message.attributes;
    return given === id && type !== 'error' && isWanted(message);
  });
}

function clauseOf(level: Level) {
  return <R extends Reaction = Reaction>(section: string, says: string, holds: Clause<R>['holds']): Clause<R> => ({
    level,
    section,
    says,
    holds,
  });
}

function failureOf(name: string, namespace: string, conditions: readonly string[]): Holds {
  return element(name, namespace, (failure) => {
    const condition = firstChildOf(failure)?.name;
    return conditions.length === 0 || (condition !== undefined && conditions.includes(condition));
  });
}

function errorConditionOf(stanza: Element): string | undefined {
  const error = childOf(stanza, 'error');
  const found = error?.children.find(
    (child) => typeof child !== 'string' && child.namespace === NS_STANZAS && child.name !== 'text',
  );
  return found === undefined || typeof found === 'string' ? undefined : found.name;
}
