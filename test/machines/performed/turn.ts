import { clientMachine, statePath } from '../../../machines/index.ts';
import type { Cases, ModelEdge } from '../../../src/testing/model/index.ts';
import type { ClientSnapshot } from '../client-steps.ts';
import type { Stage } from './stage.ts';

type Machine = typeof clientMachine;
type Edge = ModelEdge<Machine>;

/** How an event comes about. */
export interface Turn {
  /** What it carries in the model. */
  readonly event: object | ((snapshot: ClientSnapshot) => object | undefined);
  /** The states in which it can be caused; all if absent. */
  readonly where?: (state: string) => boolean;
  /** Those in which nobody can keep it from happening: there, nothing else can be caused. */
  readonly isSure?: (state: string) => boolean;
  /** Causes it. The steps that come after it may be prepared; what is to come `along` is said in the same piece. */
  readonly play: (stage: Stage, ahead: readonly Edge[], along: string) => unknown;
  /** Of what the server says: it may come along with what it said before, in one piece. */
  readonly xml?: string;
}

/** By the type of the event, and the name of the case; an event with one case needs no name. */
export type Turns = Readonly<Record<string, Turn | Readonly<Record<string, Turn>>>>;

/** A table of turns, made ready. */
export interface Play {
  /** What can happen, for `explore`: what nobody can cause is not tried. */
  readonly cases: Cases<Machine>;
  /** What causes the event of a step; `undefined` where it cannot be caused. */
  turnFor(edge: Edge): ((stage: Stage, ahead: readonly Edge[]) => unknown) | undefined;
}

/** Makes a table ready, for a way that has pieces of several elements, or where each is a message of its own (RFC 7395 §3.3). */
export function readTurns(turns: Turns, hasPieces: boolean): Play {
  const byLabel = new Map(Object.entries(turns).flatMap(([type, turn]) => labelled(type, turn)));
  const alongWith = (ahead: readonly Edge[]): string => {
    const end = ahead.findIndex(({ source }) => source.state !== VERIFYING);
    const along = end < 0 ? ahead : ahead.slice(0, end);
    return along.map(({ label }) => byLabel.get(label)?.xml ?? '').join('');
  };
  const isSure = ({ label, source }: Edge): boolean => byLabel.get(label)?.isSure?.(source.state) === true;
  return {
    cases: { ...NOTHING, ...casesOf(turns) },
    turnFor(edge) {
      const { state, edges } = edge.source;
      const turn = byLabel.get(edge.label);
      if (state === VERIFYING && turn?.xml !== undefined) return hasPieces ? () => {} : undefined;
      if (edges.some(isSure) && !isSure(edge)) return undefined;
      if (turn?.where?.(state) === false) return undefined;
      if (turn) return (stage, ahead) => turn.play(stage, ahead, alongWith(ahead));
      return isNext(edge.label, state) ? (stage) => stage.passTime() : undefined;
    },
  };
}

/** The server said that we are in; nobody can keep the client from going on, but more may have come in the same piece. */
const VERIFYING = 'linked.loggingIn.verifying';

/**
 * Whether a deadline is the next one. A login has some of its own, before that of the client, and who does not answer is dead
 * sooner than a session has lasted.
 */
function isNext(label: string, state: string): boolean {
  const [, deadline] = /^xstate\.after\.(\w+)\./.exec(label) ?? [];
  if (deadline === 'stableSession') return !state.includes('probing');
  return deadline !== undefined && deadline !== 'authenticateDeadline';
}

/** Nothing of what the chart hears happens, deadlines apart. */
const NOTHING: Cases<Machine> = Object.fromEntries(
  clientMachine.events.filter((type) => !type.startsWith('xstate.after.')).map((type) => [type, []]),
);

function casesOf(turns: Turns): Cases<Machine> {
  return Object.fromEntries(
    Object.entries(turns).map(([type, turn]) => [
      type,
      isTurn(turn) ? [turn.event] : Object.fromEntries(Object.entries(turn).map(([name, { event }]) => [name, event])),
    ]),
  );
}

/** Each turn with the label that `explore` gives its event. */
function labelled(type: string, turn: Turns[string]): [label: string, turn: Turn][] {
  if (isTurn(turn)) return [[type, turn]];
  return Object.entries(turn).map(([name, each]) => [`${type} (${name})`, each]);
}

function isTurn(turn: Turn | Readonly<Record<string, Turn>>): turn is Turn {
  return typeof turn.play === 'function';
}

/** What the server says, wherever it may speak. */
export function said(xml: string, event: Turn['event']): Turn {
  return { event, where: hasStream, xml, play: (stage) => stage.peer.sends(xml) };
}

/** Whether the server answered the header of the client, and may speak. Of one that is asked whether it is there, any word is a sign. */
export function hasStream(state: string): boolean {
  return /^linked\.(?!connecting|securing\.handshaking|.*awaitingHeader|.*probing)/.test(state);
}

/** The state of a snapshot, as `where` knows it. */
export function stateOf({ value }: ClientSnapshot): string {
  return statePath(value);
}
