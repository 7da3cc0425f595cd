import { decodeBase64, decodeUtf8 } from './bytes.ts';
import { type Gs2Header, parseGs2Header, unescapeSaslName } from './gs2.ts';

/** A SCRAM message that the grammar of RFC 5802 §7 does not allow; the message names what was expected. */
export class ScramSyntaxError extends Error {
  override readonly name = 'ScramSyntaxError';
}

/** What a server answers first: `r=…,s=…,i=…`. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  /** Possibly too large to be computed, but always a whole number from 1 on, or infinity. */
  readonly iterations: number;
  /** What the server says it offered: the attribute `h` of XEP-0474. */
  readonly offerHash: string | undefined;
}

/** What a server says last: its signature, or why it refuses (`e=…`). */
export type ServerFinal =
  | { readonly type: 'verifier'; readonly signature: Uint8Array }
  | { readonly type: 'error'; readonly value: string };

/** What a client says first. */
export interface ClientFirst {
  readonly gs2: Gs2Header;
  /** The header as it came, which the client has to repeat in its final message. */
  readonly gs2Text: string;
  /** The rest of the message: the first part of the AuthMessage. */
  readonly bare: string;
  readonly username: string;
  readonly nonce: string;
}

/** What a client says last. */
export interface ClientFinal {
  /** The GS2 header, and channel binding data after it. */
  readonly channelBinding: Uint8Array;
  readonly nonce: string;
  readonly proof: Uint8Array;
  /** The message without its proof: the last part of the AuthMessage. */
  readonly withoutProof: string;
}

/** The text of a message. Throws {@link ScramSyntaxError} unless it is UTF-8. */
export function readMessage(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new ScramSyntaxError('expected UTF-8');
  return text;
}

/** Reads `server-first-message`. Throws {@link ScramSyntaxError}. */
export function parseServerFirst(message: string): ServerFirst {
  const [nonce, salt, iterations] = readAttributes(message, ['r', 's', 'i']);
  if (!/^[1-9][0-9]*$/.test(iterations)) throw new ScramSyntaxError('expected a positive number in i=');
  // Attributes cannot come twice any more: what follows the first three are extensions.
  const offerHash = message.split(',').find((part) => part.startsWith('h='));
  return {
    nonce: readNonce(nonce),
    salt: readBase64(salt, 's'),
    iterations: Number(iterations),
    offerHash: offerHash?.slice('h='.length),
  };
}

/** Reads `server-final-message`. Throws {@link ScramSyntaxError}. */
export function parseServerFinal(message: string): ServerFinal {
  if (message.startsWith('e=')) {
    const [value] = readAttributes(message, ['e']);
    return { type: 'error', value };
  }
  const [signature] = readAttributes(message, ['v']);
  return { type: 'verifier', signature: readBase64(signature, 'v') };
}

/** Reads `client-first-message`. Throws {@link ScramSyntaxError}. */
export function parseClientFirst(message: string): ClientFirst {
  const gs2 = parseGs2Header(message);
  if (!gs2) throw new ScramSyntaxError('expected a GS2 header');
  const bare = message.slice(gs2.length);
  const [name, nonce] = readAttributes(bare, ['n', 'r']);
  const username = unescapeSaslName(name);
  if (username === undefined) throw new ScramSyntaxError('expected , and = to be escaped in n=');
  const { flag, authzid } = gs2;
  return { gs2: { flag, authzid }, gs2Text: message.slice(0, gs2.length), bare, username, nonce: readNonce(nonce) };
}

/** Reads `client-final-message`. Throws {@link ScramSyntaxError}. */
export function parseClientFinal(message: string): ClientFinal {
  const end = message.lastIndexOf(',p=');
  if (end < 0) throw new ScramSyntaxError('expected p= at the end');
  const withoutProof = message.slice(0, end);
  if (withoutProof.includes(',p=')) throw new ScramSyntaxError('expected p= only once');
  const [binding, nonce] = readAttributes(withoutProof, ['c', 'r']);
  return {
    channelBinding: readBase64(binding, 'c'),
    nonce: readNonce(nonce),
    proof: readBase64(message.slice(end + ',p='.length), 'p'),
    withoutProof,
  };
}

/**
 * The values of the attributes a message starts with, in this order. Unknown ones may follow (RFC 5802 §5.1), none may come
 * twice, and `m=` stands for an extension that nobody may ignore.
 */
function readAttributes<const Names extends readonly string[]>(message: string, names: Names): Values<Names> {
  const seen = new Set<string>();
  const values: string[] = [];
  for (const part of message.split(',')) {
    if (!/^[A-Za-z]=[^\0]/.test(part) || part.includes('\0'))
      throw new ScramSyntaxError('expected attributes like a=b');
    const name = part.charAt(0);
    if (name === 'm') throw new ScramSyntaxError('expected no m=, an extension this side does not know');
    if (seen.has(name)) throw new ScramSyntaxError(`expected ${name}= only once`);
    seen.add(name);
    const expected = names[values.length];
    if (expected === undefined) continue;
    if (name !== expected) throw new ScramSyntaxError(`expected ${expected}=, got ${name}=`);
    values.push(part.slice(2));
  }
  if (!isComplete(values, names)) throw new ScramSyntaxError(`expected ${names[values.length]}= at the end`);
  return values;
}

type Values<Names extends readonly string[]> = { readonly [Index in keyof Names]: string };

function isComplete<const Names extends readonly string[]>(
  values: readonly string[],
  names: Names,
): values is Values<Names> {
  return values.length === names.length;
}

function readNonce(value: string): string {
  if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(value)) throw new ScramSyntaxError('expected printable ASCII in r=');
  return value;
}

function readBase64(value: string, name: string): Uint8Array {
  const bytes = decodeBase64(value);
  if (!bytes) throw new ScramSyntaxError(`expected base64 in ${name}=`);
  return bytes;
}
