/**
 * A state machine as plain data, for pictures, pages and programs. It is its own JSON. States stand in the order of the
 * machine, each before those inside it.
 */
export interface ChartGraph {
  /** Id of the machine. */
  readonly id: string;
  /** The first is the machine itself, whose path is empty. */
  readonly states: readonly ChartState[];
  /** In the order in which XState tries those of one state and event. */
  readonly transitions: readonly ChartTransition[];
}

/** A state of a machine. */
export interface ChartState {
  /**
   * Names from the outside in, joined by dots, as in `linked.online`; empty for the machine itself. Where two states would have the
   * same path, because a name has a dot in it, that dot is written `\.` in the second.
   */
  readonly path: string;
  readonly name: string;
  /** What `#id` means in targets. */
  readonly id: string;
  readonly kind: StateKind;
  /** Path of the state around it; absent for the machine itself. */
  readonly parent?: string;
  /** Whether the state around it begins here. Regions of a parallel state begin all at once, and none is marked. */
  readonly isInitial: boolean;
  /** How far a history state remembers. */
  readonly history?: 'shallow' | 'deep';
  readonly description?: string;
  readonly tags: readonly string[];
  /** Names of actions. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly ChartInvoke[];
}

/** What kind of state it is, in the words of XState. */
export type StateKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

/** An actor that runs as long as its state lasts. */
export interface ChartInvoke {
  readonly id: string;
  /** Name of its logic; `inline actor` where it has none. */
  readonly src: string;
}

/** One way from a state, for one event and one guard. */
export interface ChartTransition {
  /** Path of the state that it belongs to. */
  readonly source: string;
  /** Paths. None: the state stays as it is, and where there are no actions either, the event is ignored. */
  readonly targets: readonly string[];
  readonly kind: TransitionKind;
  /** The event as XState writes it: `features.received`, `xstate.done.actor.resolve`, `mouse.*`; empty for `always`. */
  readonly event: string;
  /** The same for people: `resolve is done`, `after openDeadline`. */
  readonly label: string;
  readonly description?: string;
  readonly guard?: string;
  /** Names of actions. */
  readonly actions: readonly string[];
  /** Whether the source is left and entered again, although the target is inside it. */
  readonly reenter: boolean;
}

/**
 * What a transition waits for: an event, a time, the end of an actor or of the states inside, an error, or nothing. The way from a
 * history state that has nothing to remember is `always`.
 */
export type TransitionKind = 'event' | 'after' | 'done' | 'error' | 'always';
