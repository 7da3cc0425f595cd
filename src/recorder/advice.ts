import type { AnyMachineSnapshot } from 'xstate';
import type { ClientTag } from '../../machines/client.types.ts';
import { XmppError } from '../errors/index.ts';

/** What the user of a client can do about the state it is in, best first. Nothing is known of other machines. */
export function adviceFor(snapshot: AnyMachineSnapshot): string[] {
  if (snapshot.machine.id !== 'client') return [];
  const { error } = snapshot.context;
  const hint = error instanceof XmppError ? error.hint : undefined;
  const tag = ORDER.find((each) => snapshot.hasTag(each));
  const own = tag ? ADVICE[tag] : [];
  return [...(hint === undefined || tag === 'online' ? [] : [hint]), ...own];
}

const ORDER = [
  'failed',
  'waiting',
  'online',
  'closing',
  'offline',
  'connecting',
] as const satisfies readonly ClientTag[];

const ADVICE: Readonly<Record<(typeof ORDER)[number], readonly string[]>> = {
  failed: ['`start` tries again, where the password was wrong with another one.'],
  waiting: ['`reconnect.now` tries again at once; `stop` gives up.'],
  online: [],
  closing: [],
  offline: ['`start` connects.'],
  connecting: [],
};
