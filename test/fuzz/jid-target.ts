import { isIPv4, isIPv6 } from 'node:net';
import punycode from 'punycode/punycode.js';
import { domainToAscii, formatXmppUri, type Jid, JidError, parseJid, parseXmppUri } from '../../src/jid/index.ts';
import { addressText } from './jid-words.ts';
import { show, type Target } from './target.ts';
import { mutateText } from './text-mutations.ts';

/** An address is refused with its own error or brought into a form that is stable; of ASCII we know what it should be. */
export const jidTarget: Target = {
  name: 'addresses',
  attempt(random) {
    const text = addressText(random);
    const jid = attempt(() => parseJid(text));
    const expected = ASCII.test(text) ? expectedOfAscii(text) : undefined;
    if (expected !== undefined && expected !== (jid?.full ?? null)) {
      return `expected ${show(expected)}, got ${show(jid?.full)} for ${show(text)}`;
    }
    return jid && unstable(jid, text);
  },
};

/** A URI is refused with the same error, or says the same when it was written and read again. */
export const uriTarget: Target = {
  name: 'URIs of addresses',
  attempt(random) {
    const seed = random.chance(0.5) ? random.pick(URIS) : `xmpp:${encodeURI(wellFormed(addressText(random)))}`;
    const text = random.chance(0.3)
      ? seed
      : mutateText(seed, random, ['%', '%2', '%40', '%00', '%ff', '//', '?', ';', '=', '#', '@', '/']);
    const uri = attempt(() => parseXmppUri(text));
    if (uri === undefined) return undefined;
    for (const iri of [false, true]) {
      const written = formatXmppUri(uri, { iri });
      const again = show(comparable(parseXmppUri(written)));
      if (again !== show(comparable(uri))) return `${show(text)} was written as ${show(written)}, which is ${again}`;
      if (!iri && !/^[!-~]*$/.test(written)) return `${show(written)} is no URI`;
    }
    return undefined;
  },
};

const ASCII = /^[\0-\x7f]*$/;
const URIS: readonly string[] = [
  ...['xmpp:a@b', 'xmpp://a@b/c@d?message;body=x%20y;subject=a%3Db', 'xmpp:b?join', 'XMPP:a%27b@c/d%2Fe?;x=y#z'],
  ...['xmpp://a@b', 'xmpp:a@%C3%A9.example/%F0%9F%98%80?k=v;k=w;=x;y', 'xmpp:[::1]?a=b'],
];
/** RFC 7622 §3.3.1, and what RFC 8264 §9.11 leaves of ASCII. */
const LOCALPART = /^(?!.*["&'/:<>@])[!-~]{1,1023}$/;
const RESOURCEPART = /^[ -~]{1,1023}$/;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** The normal form of an address in ASCII (RFC 7622 §3), null for none, `undefined` where that takes Unicode's tables. */
function expectedOfAscii(text: string): string | null | undefined {
  const [, local, domain = '', resource] = /^(?:([^@/]*)@)?([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  const prepared = expectedDomain(domain.toLowerCase());
  if (prepared === undefined) return undefined;
  if (prepared === null || (local !== undefined && !LOCALPART.test(local))) return null;
  if (resource !== undefined && !RESOURCEPART.test(resource)) return null;
  return `${local === undefined ? '' : `${local.toLowerCase()}@`}${prepared}${resource === undefined ? '' : `/${resource}`}`;
}

function expectedDomain(domain: string): string | null | undefined {
  // How IPv6 addresses are compressed is the platform's affair; whether one is an address is not.
  if (domain.startsWith('[')) return domain.endsWith(']') && isIPv6(domain.slice(1, -1)) ? undefined : null;
  const name = domain.endsWith('.') ? domain.slice(0, -1) : domain;
  const labels = name.split('.');
  if (labels.some((label) => label.startsWith('xn--'))) return undefined;
  if (!labels.every((label) => LABEL.test(label)) || name.length > 1023) return null;
  return /^(?:\d+|0x[\da-f]*)$/.test(labels.at(-1) ?? '') && !isIPv4(name) ? null : name;
}

function unstable(jid: Jid, text: string): string | undefined {
  const again = parseJid(jid.full);
  if (show({ ...again }) !== show({ ...jid })) return `${show(text)} is ${show(jid)}, then ${show(again)}`;
  for (const value of [jid.localpart, jid.domainpart, jid.resourcepart]) {
    const bytes = Buffer.byteLength(value ?? 'a');
    if (bytes < 1 || bytes > 1023 || /[\p{Cc}\p{Cs}]/u.test(value ?? ''))
      return `${show(text)} has a part ${show(value)}`;
  }
  const ascii = domainToAscii(jid.domainpart);
  if (parseJid(ascii.includes(':') ? `[${ascii}]` : ascii).full !== jid.domainpart)
    return `${show(text)} is at ${show(ascii)}`;
  const label = ascii.includes(':') ? jid.domainpart.slice(1, -1) : punycode.toASCII(jid.domainpart);
  return label === ascii ? undefined : `${show(jid.domainpart)} is ${show(ascii)}, not ${show(label)}`;
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof JidError) return undefined;
    throw error;
  }
}

function comparable({ jid, account, queryType, parameters }: ReturnType<typeof parseXmppUri>) {
  return [jid?.full, account?.bare, queryType, [...(parameters ?? [])]];
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '');
}
