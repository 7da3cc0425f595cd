import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { activeStates, innermostStates, machineSnapshot, runningDeadlines, type Timers } from './machine-state.ts';
import type { LiveActor } from './protocol.ts';

/** Actors that are listed: an application may spawn as many as it likes. */
const MOST_ACTORS = 500;

/** What a client is called among its actors. */
export const ROOT = 'client';

/** An actor of a client, as long as it is there, and a machine also after that. */
export interface Member {
  readonly actor: AnyActorRef;
  readonly name: string;
  readonly parent: Member | undefined;
  /** The innermost states it was in when it was last looked at. */
  states: readonly string[];
  /** When it entered the states it is in, as far as that is known. */
  readonly since: Map<string, number>;
}

/** The key of the chart of a machine. */
export type ChartOf = (snapshot: AnyMachineSnapshot) => string;

/** A client and all actors below it. */
export class Family {
  readonly #root: AnyActorRef;
  readonly #members = new Map<unknown, Member>();

  constructor(client: AnyActorRef) {
    this.#root = client;
    this.#meet();
  }

  /** The member that this actor is. */
  find(actor: unknown): Member | undefined {
    return this.#members.get(actor);
  }

  /** Whom a stanza goes by: the actor of the connection, or else the client. */
  get line(): Pick<Member, 'actor' | 'name'> {
    const transport: AnyActorRef | undefined = machineSnapshot(this.#root)?.children.transport;
    return transport ? { actor: transport, name: transport.id } : { actor: this.#root, name: ROOT };
  }

  /** An actor was made: it belongs here if its parent does. Returns whether it does. */
  born(actor: AnyActorRef): boolean {
    const parent = this.#members.get(actor._parent);
    // It cannot be looked at yet: it is in the middle of finding its first state.
    if (parent) this.#members.set(actor, { actor, name: actor.id, parent, states: [], since: new Map() });
    return parent !== undefined;
  }

  /** A machine took an event. Returns its innermost states, and whether they are others than before. */
  moved(member: Member, snapshot: AnyMachineSnapshot): { states: readonly string[]; moved: boolean } {
    const states = innermostStates(snapshot);
    if (isSameList(states, member.states)) return { states, moved: false };
    const now = Date.now();
    const active = new Set(activeStates(snapshot));
    for (const path of member.since.keys()) if (!active.has(path)) member.since.delete(path);
    const known = new Set(member.states.flatMap(pathsTo));
    for (const path of active) if (!known.has(path)) member.since.set(path, now);
    member.states = states;
    return { states, moved: true };
  }

  /** Completes when states were entered, from what is remembered elsewhere. */
  recall(since: ReadonlyMap<string, number>): void {
    const client = this.#members.get(this.#root);
    for (const [path, at] of since) if (client && !client.since.has(path)) client.since.set(path, at);
  }

  /** All actors that live now, parents first; machines that have ended, until another one of the same name takes their place. */
  list(chartOf: ChartOf): LiveActor[] {
    const living = this.#meet();
    this.#forget(living);
    const { _scheduledEvents: timers } = this.#root.system.getSnapshot();
    return [...this.#members.values()]
      .slice(0, MOST_ACTORS)
      .map((member) => (living.has(member) ? describeLiving(member, chartOf, timers) : describe(member, chartOf)));
  }

  /** Who has ended and is no machine, who was replaced, and who belonged to one of these. */
  #forget(living: ReadonlySet<Member>): void {
    const taken = new Set([...living].map(placeOf));
    for (const [actor, member] of [...this.#members].toReversed()) {
      if (living.has(member)) continue;
      if (taken.has(placeOf(member)) || !machineSnapshot(member.actor)) this.#members.delete(actor);
      else taken.add(placeOf(member));
    }
    for (const [actor, { parent }] of this.#members) {
      if (parent && !this.#members.has(parent.actor)) this.#members.delete(actor);
    }
  }

  /** Walks through the actors that live, and makes those members that are none yet. */
  #meet(): Set<Member> {
    const living = new Set([this.#members.get(this.#root) ?? this.#add(this.#root, undefined)]);
    // A set may grow while it is walked.
    for (const parent of living) {
      for (const child of childrenOf(parent.actor)) living.add(this.#members.get(child) ?? this.#add(child, parent));
    }
    return living;
  }

  #add(actor: AnyActorRef, parent: Member | undefined): Member {
    const name = parent ? actor.id : ROOT;
    const snapshot = machineSnapshot(actor);
    const member = { actor, name, parent, states: snapshot ? innermostStates(snapshot) : [], since: new Map() };
    this.#members.set(actor, member);
    return member;
  }
}

function describeLiving(member: Member, chartOf: ChartOf, timers: Timers): LiveActor {
  const snapshot = machineSnapshot(member.actor);
  const { status } = member.actor.getSnapshot();
  const description = { ...describe(member, chartOf), status };
  if (!snapshot) return description;
  const deadlines = runningDeadlines(member.actor, snapshot, timers);
  const since = new Map(member.since);
  // A state that was left and entered at once looks as if nothing had happened: its timer knows better.
  for (const { state, startedAt } of deadlines) since.set(state, startedAt);
  return {
    ...description,
    since: Object.fromEntries(since),
    deadlines: deadlines.map(({ state, name, at }) => ({ state, name, at })),
  };
}

function describe({ actor, name, parent, since }: Member, chartOf: ChartOf): LiveActor {
  const snapshot = machineSnapshot(actor);
  const { status } = actor.getSnapshot();
  return {
    id: actor.sessionId,
    name,
    parent: parent?.actor.sessionId,
    status: status === 'active' ? 'stopped' : status,
    chart: snapshot && chartOf(snapshot),
    states: snapshot ? innermostStates(snapshot) : [],
    since: Object.fromEntries(since),
    deadlines: [],
  };
}

function childrenOf(actor: AnyActorRef): AnyActorRef[] {
  const children: Readonly<Record<string, AnyActorRef | undefined>> = machineSnapshot(actor)?.children ?? {};
  return Object.values(children).filter((child) => child !== undefined);
}

function placeOf({ name, parent }: Member): string {
  return `${parent?.actor.sessionId}/${name}`;
}

/** The paths of a state and of all states around it. */
function pathsTo(path: string): string[] {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
