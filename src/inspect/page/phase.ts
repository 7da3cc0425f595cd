import type { LiveActor } from '../live/protocol.ts';

/** What a state of the client means for whoever looks: each has a colour, a shape and a word. */
export type Phase = 'offline' | 'connecting' | 'online' | 'waiting' | 'failed' | 'unknown';

/** The phase that the innermost states of a client are in. */
export function phaseOf(states: readonly string[]): Phase {
  const [state] = states;
  if (state === undefined) return 'unknown';
  const [first = '', second] = state.split('.');
  if (second === 'online') return 'online';
  return PHASES[first] ?? 'connecting';
}

/** States as people read them: `linked.online: stability.stable, liveness.fresh`. */
export function describeStates(states: readonly string[]): string {
  const [only, ...others] = states;
  if (only === undefined) return 'not known';
  if (others.length === 0) return only === '' ? 'running' : only;
  const common = commonStart(states);
  const rest = states.map((state) => (common === '' ? state : state.slice(common.length + 1)));
  return common === '' ? rest.join(', ') : `${common}: ${rest.join(', ')}`;
}

/** What stands beside an actor: its states, or how it ended. Of one that is no machine there is nothing to say as long as it runs. */
export function describeActor({ status, states, chart }: LiveActor): string {
  if (status !== 'active') return ENDINGS[status];
  return chart === undefined ? '' : describeStates(states);
}

const PHASES: Readonly<Record<string, Phase>> = {
  beginning: 'offline',
  offline: 'offline',
  reconnecting: 'waiting',
  failing: 'failed',
  failed: 'failed',
  broken: 'failed',
};

const ENDINGS = { done: 'done', error: 'failed', stopped: 'stopped' } as const;

function commonStart(states: readonly string[]): string {
  const [first = '', ...others] = states.map((state) => state.split('.'));
  const length = first === '' ? 0 : first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return first === '' ? '' : first.slice(0, Math.max(0, length)).join('.');
}
