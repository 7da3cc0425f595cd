import type { Reaction } from './reaction.ts';
import type { Clause } from './specification.ts';
import type { Step } from './steps.ts';

/** What every scene of a tour knows. */
export interface AnyScene {
  /** Path of the state that the model is in. */
  readonly state: string;
  /** Id of the stanza that this move sends: no other has it. */
  readonly id: string;
}

/** What was done, and what is known since. */
export interface OutcomeOf<S, R extends Reaction> {
  readonly reaction: R;
  readonly learnt?: Partial<S>;
  /** Why this says nothing about anybody, as where a feature is not used. */
  readonly unused?: string | undefined;
}

/** One move, legal or not. */
export interface MoveOf<S, R extends Reaction> {
  /** What is done, as in `asks for the same features again`. */
  readonly title: string;
  readonly make: (scene: S) => Promise<OutcomeOf<S, R>>;
  /** What the specifications say about the reaction. */
  readonly clauses: (scene: S) => readonly Clause<R>[];
  /** Whether a move that goes on got there; where absent, it is enough that the stream is open. */
  readonly arrives?: (reaction: R) => boolean;
  /** Why this cannot be asked, if it cannot. */
  readonly missing?: (scene: S) => string | undefined;
}

/** How somebody is walked through a model. */
export interface Course<S extends AnyScene, R extends Reaction> {
  readonly moves: Readonly<Record<string, MoveOf<S, R>>>;
  /** Who is walked, as in `the server`. */
  readonly who: string;
  /** Goes to where these steps begin. */
  readonly begin: (steps: readonly Step[]) => Promise<S>;
  /** Leaves nothing behind. */
  readonly end: (scene: S) => Promise<void> | void;
  /** Why an error is a reason to leave a move out; undefined where it is none, but the end of everything. */
  readonly refusal: (error: unknown) => string | undefined;
  /** A reaction in words that are the same each time. */
  readonly describe: (reaction: R) => string;
}
