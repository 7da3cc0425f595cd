import { OptionError, shown } from '../errors/index.ts';
import { createCache } from './cache.ts';
import { prepareDomainpart } from './domain.ts';
import { JidError } from './jid-error.ts';
import { MAX_PART_BYTES, prepareLocalpart, prepareResourcepart } from './precis.ts';

/**
 * An XMPP address (RFC 7622), in normal form: two addresses are the same exactly if their `full` texts are the same.
 * Objects are frozen and may be shared.
 */
export interface Jid {
  /** The account at the domain, or `undefined` for the address of a domain. */
  readonly localpart: string | undefined;
  /** With U-labels; see `domainToAscii` for DNS and TLS. */
  readonly domainpart: string;
  readonly resourcepart: string | undefined;
  /** `localpart@domainpart`, or the domainpart alone. */
  readonly bare: string;
  /** The whole address, with the resourcepart if there is one. */
  readonly full: string;
  /** The same text as {@link Jid.full}. */
  toString(): string;
}

/** What an address is made of. */
export interface JidParts {
  readonly localpart?: string | undefined;
  readonly domainpart: string;
  readonly resourcepart?: string | undefined;
}

/** Three parts and two separators. Longer text is no JID, and nobody should have to normalise it to find out. */
const MAX_LENGTH = 3 * MAX_PART_BYTES + 2;
const CACHE_GENERATION = 500;
/** An address beyond this many UTF-16 units is parsed anew each time, so that nobody can make the cache large. */
const MAX_CACHED_LENGTH = 512;

const cache = createCache<Jid>(CACHE_GENERATION);

/**
 * Reads an address and brings it into normal form (RFC 7622 §3). Addresses seen lately are remembered.
 *
 * @throws JidError with what was expected and what came
 */
export function parseJid(text: string): Jid {
  return cache.get(text) ?? parseUnknown(text);
}

/** Like {@link parseJid}, but `undefined` where there is no text, or the text is no JID. */
export function tryParseJid(text: string | undefined): Jid | undefined {
  if (text === undefined) return undefined;
  try {
    return parseJid(text);
  } catch (error) {
    if (error instanceof JidError) return undefined;
    throw error;
  }
}

/**
 * Makes an address from its parts, each of which is brought into normal form.
 *
 * @throws JidError with what was expected and what came
 */
export function createJid(parts: JidParts): Jid {
  const { localpart, domainpart, resourcepart } = parts;
  return new Address(
    localpart === undefined ? undefined : prepareLocalpart(localpart),
    prepareDomainpart(domainpart),
    resourcepart === undefined ? undefined : prepareResourcepart(resourcepart),
  );
}

/** The text of an address with these parts, which are taken as they are (RFC 7622 §3.1). */
export function formatJid(parts: JidParts): string {
  const { localpart, domainpart, resourcepart } = parts;
  const bare = localpart === undefined ? domainpart : `${localpart}@${domainpart}`;
  return resourcepart === undefined ? bare : `${bare}/${resourcepart}`;
}

/** The address without its resourcepart: that of the account, the room or the service. */
export function bareJid(jid: Jid): Jid {
  return jid.resourcepart === undefined ? jid : parseJid(jid.bare);
}

/**
 * The address with this resourcepart instead of the one it has.
 *
 * @throws JidError where the resourcepart is none
 */
export function withResource(jid: Jid, resourcepart: string): Jid {
  return new Address(jid.localpart, jid.domainpart, prepareResourcepart(resourcepart));
}

/** Whether both are the same address, resourcepart included. */
export function equalJids(a: Jid, b: Jid): boolean {
  return a.full === b.full;
}

function parseUnknown(text: string): Jid {
  if (typeof text !== 'string') throw new OptionError(`Expected an address as text, got ${shown(text)}`);
  if (text.length > MAX_LENGTH) {
    throw new JidError('invalid-domainpart', `an address of at most ${MAX_LENGTH} characters`, text);
  }
  const own = copy(text);
  // The first slash ends the bare JID and the first "@" before it the localpart, before anything is mapped: RFC 7622 §3.2
  const slash = own.indexOf('/');
  const bare = slash < 0 ? own : own.slice(0, slash);
  const at = bare.indexOf('@');
  const jid = createJid({
    localpart: at < 0 ? undefined : bare.slice(0, at),
    domainpart: bare.slice(at + 1),
    resourcepart: slash < 0 ? undefined : own.slice(slash + 1),
  });
  if (own.length <= MAX_CACHED_LENGTH) cache.set(own, jid);
  return jid;
}

/** An attribute's value may be a window on a whole chunk of the stream, which a remembered address would keep alive. */
function copy(text: string): string {
  return ` ${text}`.slice(1);
}

class Address implements Jid {
  readonly localpart: string | undefined;
  readonly domainpart: string;
  readonly resourcepart: string | undefined;
  readonly bare: string;
  readonly full: string;

  /** The parts are in normal form already. */
  constructor(localpart: string | undefined, domainpart: string, resourcepart: string | undefined) {
    this.localpart = localpart;
    this.domainpart = domainpart;
    this.resourcepart = resourcepart;
    this.bare = formatJid({ localpart, domainpart });
    this.full = resourcepart === undefined ? this.bare : `${this.bare}/${resourcepart}`;
    Object.freeze(this);
  }

  toString(): string {
    return this.full;
  }
}
