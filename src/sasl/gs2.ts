import { type Offer, offersPlus } from './offer.ts';

/**
 * What the client says about channel binding (RFC 5802 §6): `n` it does not support it, `y` it does but believes that the
 * server does not, `p=…` it uses this type.
 */
export type Gs2Flag = 'n' | 'y' | `p=${string}`;

/** The GS2 header in front of a client's first message: the flag and whom to act as. */
export interface Gs2Header {
  readonly flag: Gs2Flag;
  readonly authzid: string | undefined;
}

/**
 * The flag to send without channel binding. `y` says that this client could bind but was not offered to, which fails the
 * login if the offer was taken out on its way (RFC 5802 §6): only where nothing with -PLUS arrived, or a server that did
 * offer it would take us for the victim of an attack. Else `n`; what it leaves open, XEP-0474 closes.
 */
export function unboundGs2Flag(canBind: boolean, offer: Offer | undefined): Gs2Flag {
  return canBind && offer && !offersPlus(offer.mechanisms) ? 'y' : 'n';
}

/** The text of a GS2 header, with both its commas. */
export function formatGs2Header(header: Gs2Header): string {
  const identity = header.authzid === undefined ? '' : `a=${escapeSaslName(header.authzid)}`;
  return `${header.flag},${identity},`;
}

/**
 * Reads the GS2 header at the start of a client's first message; `undefined` if it is malformed. `length` is the number of
 * UTF-16 units it takes.
 */
export function parseGs2Header(message: string): (Gs2Header & { readonly length: number }) | undefined {
  const match = GS2_HEADER.exec(message);
  if (!match) return undefined;
  const [whole, flag = '', name] = match;
  if (!isFlag(flag)) return undefined;
  if (name === undefined) return { flag, authzid: undefined, length: whole.length };
  const authzid = unescapeSaslName(name);
  return authzid === undefined ? undefined : { flag, authzid, length: whole.length };
}

/** A name as it stands in a message: `,` and `=` have another meaning there (RFC 5802 §5.1). */
export function escapeSaslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

/** The name that was escaped so, or `undefined` if it is empty or holds any other `=` (RFC 5802 §5.1). */
export function unescapeSaslName(escaped: string): string | undefined {
  if (!/^(?:[^=,\0]|=2C|=3D)+$/.test(escaped)) return undefined;
  return escaped.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

const GS2_HEADER = /^([ny]|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,/;

function isFlag(text: string): text is Gs2Flag {
  return text === 'n' || text === 'y' || text.startsWith('p=');
}
