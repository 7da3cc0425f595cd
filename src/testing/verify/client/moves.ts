import { AUTHENTICATION_MOVES } from './moves.authentication.ts';
import { BINDING_MOVES } from './moves.binding.ts';
import { MANAGEMENT_MOVES } from './moves.management.ts';
import { STANZA_MOVES } from './moves.stanzas.ts';
import { STREAM_MOVES } from './moves.streams.ts';
import { TLS_MOVES } from './moves.tls.ts';
import { XML_MOVES } from './moves.xml.ts';
import type { ClientMove } from './scene.ts';

const ALL = {
  ...STREAM_MOVES,
  ...TLS_MOVES,
  ...AUTHENTICATION_MOVES,
  ...BINDING_MOVES,
  ...STANZA_MOVES,
  ...XML_MOVES,
  ...MANAGEMENT_MOVES,
} as const;

/** The name of a move: an event of the model of a client. */
export type ClientMoveName = keyof typeof ALL;

/** Every move: how it is made, and what the specifications say about it. */
export const CLIENT_MOVES: Readonly<Record<ClientMoveName, ClientMove>> = ALL;

/** Whether there is a move of this name. */
export function isClientMoveName(name: string): name is ClientMoveName {
  return Object.hasOwn(ALL, name);
}
