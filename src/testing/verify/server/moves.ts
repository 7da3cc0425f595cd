import { AUTHENTICATION_MOVES } from './moves.authentication.ts';
import { BINDING_MOVES } from './moves.binding.ts';
import { MANAGEMENT_MOVES } from './moves.management.ts';
import { STANZA_MOVES } from './moves.stanzas.ts';
import { STREAM_MOVES } from './moves.streams.ts';
import { XML_MOVES } from './moves.xml.ts';
import type { Move } from './scene.ts';

const ALL = {
  ...STREAM_MOVES,
  ...AUTHENTICATION_MOVES,
  ...BINDING_MOVES,
  ...STANZA_MOVES,
  ...XML_MOVES,
  ...MANAGEMENT_MOVES,
} as const;

/** The name of a move: an event of {@link serverMachine}. */
export type MoveName = keyof typeof ALL;

/** Every move: how it is made, and what the specifications say about it. */
export const MOVES: Readonly<Record<MoveName, Move>> = ALL;

/** Whether there is a move of this name. */
export function isMoveName(name: string): name is MoveName {
  return Object.hasOwn(ALL, name);
}
