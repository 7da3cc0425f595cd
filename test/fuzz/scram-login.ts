import { createHash, createHmac } from 'node:crypto';
import { type ClientExchange, MECHANISMS, type Offer, type ScramCrypto } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import type { Random } from './random.ts';
import { readServerFinal, readServerFirst } from './scram-rules.ts';

const HASHES = { 'SCRAM-SHA-1': 'sha1', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const;
const CREDENTIALS = { username: 'us,e=r', password: 'pencil' };
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An exchange that was started, and what its server knows of it. */
export class ScramLogin {
  /** How often a key was derived from the password. */
  derivations = 0;
  /** What the client said first. */
  clientFirst = '';
  readonly exchange: ClientExchange;
  readonly #hash: (typeof HASHES)[keyof typeof HASHES];
  readonly #offer: Offer | undefined;

  private constructor(random: Random) {
    const [name, hash] = random.pick(Object.entries(HASHES));
    const mechanism = MECHANISMS.find((candidate) => candidate.name === name);
    if (!mechanism) throw new Error(`no mechanism ${name}`);
    this.#hash = hash;
    this.#offer = random.chance(0.3) ? { mechanisms: ['SCRAM-SHA-256', name, 'PLAIN'] } : undefined;
    this.exchange = mechanism.createExchange(CREDENTIALS, { crypto: this.#crypto(random), offer: this.#offer });
  }

  static async start(random: Random): Promise<ScramLogin> {
    const login = new ScramLogin(random);
    login.clientFirst = Buffer.from((await login.exchange.start()) ?? []).toString();
    return login;
  }

  /** What a server answers that means well. */
  honestFirst(random: Random): string {
    const offerHash = this.#offer && random.chance(0.5) ? `,h=${this.#offerHash(this.#offer)}` : '';
    const more = random.chance(0.2) ? ',x=y=z' : '';
    const salt = toBase64(Uint8Array.from({ length: random.between(1, 17) }, () => random.below(256)));
    const iterations = random.pick([4096, 4096, 10_000, 10_000_000]);
    return `r=${this.#nonce}${random.pick(['3rfcNHYJY1ZVvWVs7j', 'x', '%+/='])},s=${salt},i=${iterations}${offerHash}${more}`;
  }

  /** The response, or the condition of the error. */
  expectedOfFirst(message: Uint8Array): string {
    const text = decode(message);
    if (text === undefined) return 'error malformed-challenge';
    if (text.startsWith('e=')) return conditionOfRefusal(readServerFinal(text)?.error);
    const first = readServerFirst(text);
    if (!first) return 'error malformed-challenge';
    if (!first.nonce.startsWith(this.#nonce) || first.nonce === this.#nonce) return 'error foreign-nonce';
    if (first.iterations < 4096n) return 'error weak-parameters';
    if (first.iterations > 10_000_000n) return 'error excessive-parameters';
    const [, offerHash] = /,h=([^,]*)/.exec(text) ?? [];
    if (this.#offer && offerHash !== undefined && offerHash !== this.#offerHash(this.#offer)) return 'error downgrade';
    const withoutProof = `c=biws,r=${first.nonce}`;
    const clientKey = this.#hmac(this.#salted(first.salt), 'Client Key');
    const signature = this.#hmac(createHash(this.#hash).update(clientKey).digest(), this.#signed(text, withoutProof));
    return `${withoutProof},p=${toBase64(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)))}`;
  }

  /** The signature of a server that knows the password, in base64. */
  verifierFor(first: string, withoutProof: string): string {
    const serverKey = this.#hmac(this.#salted(readServerFirst(first)?.salt ?? ''), 'Server Key');
    return toBase64(this.#hmac(serverKey, this.#signed(first, withoutProof)));
  }

  get #nonce(): string {
    return this.clientFirst.slice(this.clientFirst.indexOf(',r=') + 3);
  }

  #signed(first: string, withoutProof: string): string {
    return `${this.clientFirst.slice('n,,'.length)},${first},${withoutProof}`;
  }

  /** XEP-0474 §5.1. */
  #offerHash({ mechanisms }: Offer): string {
    return createHash(this.#hash)
      .update([...mechanisms].sort().join('\x1e'))
      .digest('base64');
  }

  #hmac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }

  /** A quick stand-in for PBKDF2: what is tried here is what becomes of its result. */
  #salted(salt: string): Buffer {
    return createHmac(this.#hash, CREDENTIALS.password).update(Buffer.from(salt, 'base64')).digest();
  }

  #crypto(random: Random): ScramCrypto {
    return {
      ...nodeScramCrypto,
      pbkdf2: async (_, password, salt) => {
        this.derivations++;
        return Uint8Array.from(createHmac(this.#hash, password).update(salt).digest());
      },
      randomBytes: (length) => Uint8Array.from({ length }, () => random.below(256)),
    };
  }
}

/** The outcome where a server reports this error: of those that RFC 5802 §7 names, no mutation makes one with another meaning. */
export function conditionOfRefusal(error: string | undefined): string {
  return error === undefined ? 'error malformed-challenge' : 'error not-authorized';
}

/** The text of a message; `undefined` if it is no UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** As messages have it. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
