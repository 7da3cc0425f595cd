import { encodeBase64, encodeUtf8 } from './bytes.ts';
import type { HashName, ScramCrypto } from './crypto.ts';

/** What a server offered for an authentication, exactly as it came: in one list of SASL or SASL2, never of both. */
export interface Offer {
  /** Names of the mechanisms. */
  readonly mechanisms: readonly string[];
  /** The types of channel binding; `undefined` if the server sent no list (XEP-0440), which differs from an empty one. */
  readonly channelBindings?: readonly string[] | undefined;
}

/** Whether any of these mechanisms binds to the channel by the convention of names (RFC 5801 §3.1). */
export function offersPlus(mechanisms: readonly string[]): boolean {
  return mechanisms.some((name) => name.endsWith('-PLUS'));
}

/** The hash of an offer, in base64: the value of the SCRAM attribute `h` (XEP-0474 §5.1). */
export async function hashOffer(name: HashName, offer: Offer, crypto: ScramCrypto): Promise<string> {
  const lists = [offer.mechanisms, offer.channelBindings].filter((list) => list !== undefined);
  const text = lists.map((list) => sortByBytes(list).join('\x1e')).join('\x1f');
  return encodeBase64(await crypto.hash(name, encodeUtf8(text)));
}

/** The collation `i;octet` (RFC 4790 §9.3); comparing code points gives the order of their UTF-8 bytes. */
function sortByBytes(names: readonly string[]): readonly string[] {
  return names
    .map((name) => Array.from(name, (character) => character.codePointAt(0) ?? 0))
    .sort(compare)
    .map((points) => String.fromCodePoint(...points));
}

function compare(left: readonly number[], right: readonly number[]): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
