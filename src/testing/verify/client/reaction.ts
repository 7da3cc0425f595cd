import { describeReaction, NOTHING, type Reaction } from '../reaction.ts';

/** Everything that a client did about one move: on its connection, and by what its command says of it. */
export interface ClientReaction extends Reaction {
  /** The address after `online`, if it said that; empty where there was none. */
  readonly online: string | undefined;
  /** The address that it was given for its session in this move. */
  readonly given: string | undefined;
  /** Whether it said `offline`. */
  readonly offline: boolean;
  /** Whether its process is gone. */
  readonly exited: boolean;
  /** How many more connections it made. */
  readonly connections: number;
}

/** A reaction of which nothing is known yet. */
export const UNHEARD: ClientReaction = {
  ...NOTHING,
  online: undefined,
  given: undefined,
  offline: false,
  exited: false,
  connections: 0,
};

/** In words that are the same each time: not when its process ended, nor how soon it came back. */
export function describeClientReaction(reaction: ClientReaction): string {
  const { online, given = online, offline } = reaction;
  const onTheWire = describeReaction(reaction);
  const said = [
    ...(online === undefined ? [] : [online === given ? 'says online' : 'says online with another address']),
    ...(offline ? ['says offline'] : []),
  ];
  return onTheWire === 'nothing' && said.length > 0 ? said.join(', ') : [onTheWire, ...said].join(', ');
}
