import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsSettings } from '../../machines/settings.ts';

/** Settings that are remembered: those of one application, as a rule one or two. */
const MOST_CONTEXTS = 8;

const contexts = new Map<string, SecureContext>();

/**
 * What TLS needs beside the connection: the authorities to trust and the oldest version. Reading certificates takes half a
 * millisecond, and every connection of a client wants the same, so contexts are shared.
 */
export function secureContextFor({ ca, minVersion }: TlsSettings): SecureContext {
  const authorities = ca === undefined || typeof ca === 'string' ? ca : [...ca];
  const key = JSON.stringify([minVersion, authorities]);
  const known = contexts.get(key);
  if (known) return known;
  const made = createSecureContext({ minVersion, ...(authorities === undefined ? {} : { ca: authorities }) });
  for (const oldest of contexts.keys()) {
    if (contexts.size < MOST_CONTEXTS) break;
    contexts.delete(oldest);
  }
  contexts.set(key, made);
  return made;
}
