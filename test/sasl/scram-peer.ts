import type { ClientExchange, Credentials, ExchangeOptions, Mechanism, ScramCrypto } from '../../src/sasl/index.ts';
import { MECHANISMS, SaslError } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';

/** The example of RFC 7677 §3. */
export const EXAMPLE = {
  nonce: 'rOprNGfwEbeRWgbNEkqO',
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
} as const;

/** Those that take a password and nothing else. */
export const UNBOUND_PASSWORD_MECHANISMS: readonly Mechanism[] = MECHANISMS.filter(
  ({ credential, binds }) => credential === 'password' && binds === undefined,
);

/** Bytes from 0 on: what the vectors are bound to. */
export function bindingData(length = 32): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index);
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(bytes: Uint8Array | undefined): string {
  if (!bytes) throw new Error('expected a message');
  return new TextDecoder().decode(bytes);
}

/** Cryptography whose randomness makes exactly this nonce, and that counts the derivations of a key. */
export function cryptoWithNonce(nonce: string): ScramCrypto & { readonly derivations: number } {
  let derivations = 0;
  return {
    ...nodeScramCrypto,
    get derivations() {
      return derivations;
    },
    pbkdf2(...args) {
      derivations += 1;
      return nodeScramCrypto.pbkdf2(...args);
    },
    randomBytes: () => new Uint8Array(Buffer.from(nonce, 'base64')),
  };
}

export function exchange(name: string, credentials: Credentials, options: ExchangeOptions): ClientExchange {
  const mechanism = MECHANISMS.find((candidate) => candidate.name === name);
  if (!mechanism) throw new Error(`no mechanism ${name}`);
  return mechanism.createExchange(credentials, options);
}

/** A SCRAM-SHA-256 exchange of the example's user, already started. */
export async function startedExample(options: Partial<ExchangeOptions> = {}): Promise<ClientExchange> {
  const crypto = cryptoWithNonce(EXAMPLE.nonce);
  const client = exchange('SCRAM-SHA-256', { username: 'user', password: 'pencil' }, { crypto, ...options });
  await client.start();
  return client;
}

/** The condition of the SaslError that this fails with. */
export async function conditionOf(work: () => unknown): Promise<string> {
  return (await errorOf(work)).condition;
}

/** The SaslError that this fails with. */
export async function errorOf(work: () => unknown): Promise<SaslError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SaslError) return error;
    throw error;
  }
  throw new Error('expected a SaslError');
}
