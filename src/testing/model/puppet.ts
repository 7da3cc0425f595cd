import type { ActorLogic, AnyActorRef, AnyEventObject, AnyStateMachine, Snapshot } from 'xstate';
import { childEnd } from './child-event.ts';
import { allStates } from './transition-id.ts';

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

/** The machine with a puppet in every slot of an invoke that is empty, so that its child is there to end. */
export function withoutEmptySlots<M extends AnyStateMachine>(machine: M): M {
  const { actors } = machine.implementations;
  const sources = allStates(machine).flatMap(({ invoke }) => invoke.map(({ src }) => src));
  const empty = sources.filter((src) => typeof src === 'string').filter((src) => !isThere(src, actors));
  if (empty.length === 0) return machine;
  return machine.provide({ actors: Object.fromEntries(empty.map((name) => [name, puppet()])) }) as M;
}

/** Logic that stands in the chart itself has a name that XState made. */
function isThere(src: string, actors: object): boolean {
  return Object.hasOwn(actors, src) || src.startsWith('xstate.invoke.');
}

/** Makes a puppet end as an event of a child says. Nothing is done where the event is none, or the child is no puppet. */
export function pull(children: Readonly<Record<string, AnyActorRef | undefined>>, event: PuppetEvent): boolean {
  const end = childEnd(event.type);
  const child = end && children[end.id];
  if (child?.getSnapshot()?.isPuppet !== true) return false;
  child.send(end?.what === 'done' ? { type: DONE, output: event.output } : { type: FAIL, error: event.error });
  return true;
}
