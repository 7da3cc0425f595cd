import type { AnyStateNode } from 'xstate';
import type { TransitionKind } from './chart.ts';
import { actorName, invokesOf } from './names.ts';

/** What a transition waits for, and how to say so. */
export interface EventWords {
  readonly kind: TransitionKind;
  readonly label: string;
}

const DONE_STATE = 'xstate.done.state.';
const DONE_ACTOR = 'xstate.done.actor.';
const ERROR_ACTOR = 'xstate.error.actor.';
const SNAPSHOT = 'xstate.snapshot.';

/** Puts the event of a transition into words: what XState calls `xstate.done.actor.resolve` is `resolve is done`. */
export function eventWords(event: string, source: AnyStateNode): EventWords {
  if (event === '') return { kind: 'always', label: 'always' };
  if (event === '*') return { kind: 'event', label: 'any other event' };
  if (event === 'xstate.route') return { kind: 'event', label: 'sent here by its id' };
  const [prefix, id] = split(event);
  if (prefix === DONE_STATE) return { kind: 'done', label: `${stateName(id, source)} is done` };
  if (prefix === DONE_ACTOR) return { kind: 'done', label: `${actorWithId(id, source)} is done` };
  if (prefix === ERROR_ACTOR) return { kind: 'error', label: `${actorWithId(id, source)} failed` };
  if (prefix === SNAPSHOT) return { kind: 'event', label: `${actorWithId(id, source)} has changed` };
  return { kind: 'event', label: event };
}

/** The same where the delay is known: `after openDeadline`, `after 1.5 s`. */
export function delayWords(delay: string | number): EventWords {
  return { kind: 'after', label: `after ${typeof delay === 'number' ? duration(delay) : delay}` };
}

/** What an event is called of which only the type is known, as in a log. */
function split(event: string): readonly [prefix: string, rest: string] {
  const prefix = [DONE_STATE, DONE_ACTOR, ERROR_ACTOR, SNAPSHOT].find((start) => event.startsWith(start)) ?? '';
  return [prefix, event.slice(prefix.length)];
}

function duration(milliseconds: number): string {
  return Math.abs(milliseconds) < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

function stateName(id: string, source: AnyStateNode): string {
  return id === source.id ? source.key : id;
}

/** The actor that the state invokes by this id, or any of whom the id is all that is known. */
function actorWithId(id: string, source: AnyStateNode): string {
  if (id === '*') return 'any actor';
  const invokes = invokesOf(source);
  const index = invokes.findIndex((invoke) => invoke.id === id);
  const invoke = invokes[index];
  return invoke ? actorName(invoke, index, source) : id;
}
