import type { HashName } from './crypto.ts';
import type { Mechanism } from './mechanism.ts';
import { mechanismOf } from './mechanisms.ts';

/**
 * Whether a mechanism protects less than the one that worked before, and so may be somebody's trick: one without channel
 * binding after one with it, one that shows the secret after one that does not, SCRAM with a weaker hash function and no more
 * binding than before, a guest's login after any other. A name that this client does not know is stronger than all.
 */
export function isWeaker(mechanism: Mechanism, before: string): boolean {
  const pinned = mechanismOf(before);
  if (!pinned) return true;
  if (proves(mechanism) < proves(pinned) || hides(mechanism) < hides(pinned)) return true;
  if (binds(mechanism) && !binds(pinned)) return false;
  if (demandsBinding(pinned) && !binds(mechanism)) return true;
  const hash = mechanism.scramHash && HASH_GRADES[mechanism.scramHash];
  const pinnedHash = pinned.scramHash && HASH_GRADES[pinned.scramHash];
  return hash !== undefined && pinnedHash !== undefined && hash < pinnedHash;
}

/**
 * The mechanism to remember after a login: the new one where it says more than the old one about what this server can do,
 * never one that says less. To forget it is up to the user.
 */
export function pinAfter(used: string, before: string | undefined): string {
  if (before === undefined) return used;
  const [mechanism, pinned] = [mechanismOf(used), mechanismOf(before)];
  if (!mechanism || !pinned || isWeaker(mechanism, before)) return before;
  return isWeaker(pinned, used) || mechanism.scramHash ? used : before;
}

/** The part of a pin that counts on a connection that nothing can be bound to, such as a WebSocket. */
export function pinWithoutBinding(pin: string): string {
  return pin.replace(/-PLUS$/, '');
}

function proves({ credential }: Mechanism): number {
  return credential === 'none' ? 0 : 1;
}

function hides({ showsSecret }: Mechanism): number {
  return showsSecret ? 0 : 1;
}

function binds(mechanism: Mechanism): boolean {
  return mechanism.binds !== undefined;
}

/** A login with a certificate tells nothing about what the server does with passwords and tokens. */
function demandsBinding(pinned: Mechanism): boolean {
  return binds(pinned) && pinned.binds !== 'inherent';
}

const HASH_GRADES: Readonly<Record<HashName, number>> = { 'SHA-1': 1, 'SHA-256': 2, 'SHA-512': 3 };
