import type { ActorLogic, AnyActorRef, AnyEventObject, AnyStateMachine, Snapshot } from 'xstate';

type PuppetEvent = AnyEventObject & { readonly output?: unknown; readonly error?: unknown };

/** What a puppet shows. */
type PuppetSnapshot = Snapshot<unknown> & { readonly isPuppet: true };

/** A child that does nothing until a walk says how it ends. */
export type PuppetLogic = ActorLogic<PuppetSnapshot, PuppetEvent>;

const DONE = 'puppet.done';
const FAIL = 'puppet.fail';

/**
 * Logic for an actor that does nothing and hears everything: it ends, or fails, when a walk says so. What it is given here is in its
 * snapshot, as far as its parent looks there.
 */
export function puppet(shows: object = {}): PuppetLogic {
  return {
    getInitialSnapshot: () => ({ ...shows, isPuppet: true, status: 'active', output: undefined, error: undefined }),
    transition(snapshot, { type, output, error }) {
      if (type === DONE) return { ...snapshot, status: 'done', output, error: undefined };
      if (type === FAIL) return { ...snapshot, status: 'error', output: undefined, error };
      return snapshot;
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  };
}

/** The machine with a puppet in every slot for an actor, but for those that are given. Logic that stands in the chart itself stays. */
export function withPuppets<M extends AnyStateMachine>(machine: M, actors: Readonly<Record<string, unknown>> = {}): M {
  const names = Object.keys(machine.implementations.actors);
  const puppets = Object.fromEntries(names.map((name) => [name, puppet()]));
  return machine.provide({ actors: { ...puppets, ...actors } }) as M;
}

/** Makes a puppet end as an event of a child says. Nothing is done where the event is none, or the child is no puppet. */
export function pull(children: Readonly<Record<string, AnyActorRef | undefined>>, event: PuppetEvent): boolean {
  const [, outcome, id = ''] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(event.type) ?? [];
  const child = children[id];
  if (child?.getSnapshot()?.isPuppet !== true) return false;
  child.send(outcome === 'done' ? { type: DONE, output: event.output } : { type: FAIL, error: event.error });
  return true;
}
