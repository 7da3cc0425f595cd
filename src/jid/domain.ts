import { createCache } from './cache.ts';
import { hasOnlyValidLabels, mapDomain } from './idna.ts';
import { JidError } from './jid-error.ts';
import { byteLength, MAX_PART_BYTES } from './precis.ts';
import { toUnicode } from './punycode.ts';

/**
 * Labels of letters, digits and hyphens, none at the edge of a label, 63 octets each (RFC 5890 §2.3.1). The underscore is
 * no host name character, but service names in local networks have it, and no harm comes from it.
 */
const LDH = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const ASCII_OUTSIDE_LDH = /[\0-,/:-@[-^`{-\x7f]/;
const NON_ASCII = /[^\0-\x7f]/;
const HYPHEN_AT_EDGE = /(?:^|\.)-|-(?:\.|$)/;
const HAS_A_LABEL = /(?:^|\.)xn--/;
/** What a URL parser takes for an IPv4 address, `1` and `0x7f.1` included (WHATWG URL §3.5, "ends in a number"). */
const ENDS_IN_NUMBER = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;
const IPV4 =
  /^(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}$/;
const BRACKETED_IPV6 = /^\[[0-9a-f:.]{2,45}\]$/i;

const CACHE_GENERATION = 100;
/** A name in its other spellings takes microseconds to prepare, and the same few domains come again with every account. */
const cache = createCache<string>(CACHE_GENERATION);
/** No host name is longer (RFC 1035 §2.3.4), so that nobody can make the cache large. */
const MAX_CACHED_LENGTH = 255;

const DOMAINPART = 'a domainpart: a domain name, an IPv4 address or an IPv6 address in brackets';

/**
 * A domainpart in the one form that comparison, display and the wire use (RFC 7622 §3.2): lower case, U-labels, no dot at
 * the end, IPv6 addresses compressed.
 *
 * Names beyond ASCII are mapped as RFC 5895 says, and valid as IDNA2008 says; the platform's URL parser (UTS #46,
 * non-transitional), which is wider, does what is left.
 *
 * @throws JidError
 */
export function prepareDomainpart(text: string): string {
  const ascii = NON_ASCII.test(text) ? undefined : withoutFinalDot(text.toLowerCase());
  if (ascii !== undefined && LDH.test(ascii) && !HAS_A_LABEL.test(ascii)) return checkedAscii(ascii, text);
  if (BRACKETED_IPV6.test(text)) return hostOf(text, text);
  return prepareInternationalized(text);
}

/**
 * The form of a JID's domainpart that DNS, TLS and certificates use: A-labels, and no brackets around an IPv6 address.
 *
 * @throws JidError where the text is no domainpart
 */
export function domainToAscii(domainpart: string): string {
  const prepared = prepareDomainpart(domainpart);
  if (prepared.startsWith('[')) return prepared.slice(1, -1);
  return NON_ASCII.test(prepared) ? hostOf(prepared, prepared) : prepared;
}

/** Whether a JID's domainpart is an address, so that nothing can be looked up in DNS for it: 4, 6, or `undefined`. */
export function addressFamilyOf(domainpart: string): 4 | 6 | undefined {
  if (domainpart.startsWith('[')) return 6;
  return IPV4.test(domainpart) ? 4 : undefined;
}

function prepareInternationalized(text: string): string {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const prepared = toULabels(text);
  if (text.length <= MAX_CACHED_LENGTH) cache.set(text, prepared);
  return prepared;
}

function toULabels(text: string): string {
  const mapped = mapDomain(text);
  // The URL parser would strip tabs, decode percent signs, and end the host at a slash, a colon or a question mark.
  if (mapped === undefined || ASCII_OUTSIDE_LDH.test(mapped)) throw invalid(text);
  const ascii = withoutFinalDot(hostOf(mapped, text));
  if (!LDH.test(ascii) || ENDS_IN_NUMBER.test(ascii)) throw invalid(text);
  const unicode = toUnicode(ascii);
  // A label such as `xn--xn---epa` decodes to something that does not encode to it again: two names for one domain.
  if (unicode === undefined || hostOf(unicode, text) !== ascii || HYPHEN_AT_EDGE.test(unicode)) throw invalid(text);
  if (!hasOnlyValidLabels(unicode) || byteLength(unicode) > MAX_PART_BYTES) throw invalid(text);
  return unicode;
}

function checkedAscii(ascii: string, text: string): string {
  if (ascii.length > MAX_PART_BYTES || (ENDS_IN_NUMBER.test(ascii) && !IPV4.test(ascii))) throw invalid(text);
  return ascii;
}

function hostOf(name: string, text: string): string {
  try {
    return new URL(`http://${name}`).hostname;
  } catch (cause) {
    throw new JidError('invalid-domainpart', DOMAINPART, text, cause);
  }
}

function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function invalid(text: string): JidError {
  return new JidError('invalid-domainpart', DOMAINPART, text);
}
