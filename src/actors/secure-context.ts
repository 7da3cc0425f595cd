import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ClientCertificate, TlsSettings } from '../../machines/settings.ts';
import { OptionError } from '../errors/index.ts';

/** Settings that are remembered: those of one application, as a rule one or two. */
const MOST_CONTEXTS = 8;

const contexts = new Map<string, SecureContext>();
/** Those with a key of ours. Nothing about a key is in what they are found by, and they go when the application forgets it. */
const ownContexts = new WeakMap<ClientCertificate, { readonly key: string; readonly context: SecureContext }>();

/**
 * What TLS needs beside the connection: the authorities to trust, the oldest version, and the certificate to show. Reading
 * certificates takes half a millisecond, and every connection of a client wants the same, so contexts are shared.
 *
 * @throws OptionError where the certificates in the settings cannot be used
 */
export function secureContextFor(tls: TlsSettings): SecureContext {
  const key = JSON.stringify([tls.minVersion, tls.ca]);
  const own = ownCertificate(tls);
  const known = own ? ownContexts.get(own) : undefined;
  if (known?.key === key) return known.context;
  const shared = own ? undefined : contexts.get(key);
  if (shared) return shared;
  const made = makeContext(tls, own);
  if (own) ownContexts.set(own, { key, context: made });
  else remember(key, made);
  return made;
}

function remember(key: string, context: SecureContext): void {
  for (const oldest of contexts.keys()) {
    if (contexts.size < MOST_CONTEXTS) break;
    contexts.delete(oldest);
  }
  contexts.set(key, context);
}

function makeContext({ minVersion, ca }: TlsSettings, own: ClientCertificate | undefined): SecureContext {
  const options: SecureContextOptions = {
    minVersion,
    // Up to TLS 1.2 a server could go on with another certificate than the one that was checked.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(ca === undefined ? {} : { ca: authorities(ca) }),
  };
  if (!own) return createSecureContext(options);
  const { certificate: cert, key, passphrase } = own;
  return orUnusable('`tls.clientCertificate`', OWN_HINT, () =>
    createSecureContext({ ...options, cert, key, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
}

/** Node takes a text without any certificate for an empty list, and then no server can be trusted. */
function authorities(ca: string | readonly string[]): string[] {
  const texts = typeof ca === 'string' ? [ca] : [...ca];
  for (const text of texts) orUnusable('`tls.ca`', CA_HINT, () => new X509Certificate(text));
  return texts;
}

function ownCertificate({ clientCertificate }: TlsSettings): ClientCertificate | undefined {
  return clientCertificate && orUnusable('`tls.clientCertificate`', OWN_HINT, clientCertificate);
}

const CA_HINT = 'Give certificates as PEM texts, not the names of files.';
const OWN_HINT =
  'Give the certificate and its key as PEM texts that belong together, and the passphrase of the key if it has one.';

/** What was thrown may quote a key or a passphrase: only its code gets out. */
function orUnusable<T>(option: string, hint: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it throws';
    throw new OptionError(`${option} cannot be used: ${code}`, { hint });
  }
}
