import type { SendOptions } from '../../machines/delivery.ts';
import type {
  RecordedSession,
  RecordedStanza,
  RestoredSession,
  RestoredStanza,
  SessionRecord,
} from '../../machines/session-record.ts';
import type { ClientInput } from '../../machines/settings.ts';
import { SessionRecordError } from '../errors/index.ts';
import { type Jid, tryParseJid } from '../jid/index.ts';
import { type Element, parseElement, serialize } from '../xml/index.ts';

/*
 * Session records to text and back. What is read may come from another version of this library, from another account, or from a
 * disk that failed: it is checked value by value, and refused as a whole.
 */

/** The version that is written, and the only one that is read. */
const RECORD_VERSION = 1;

/**
 * Reads what a store gave back.
 *
 * @throws SessionRecordError
 */
export function readSessionRecord(value: unknown, { jid: wanted }: ClientInput, now: number): RestoredSession {
  if (!isObject(value)) throw damaged('an object', value);
  const { version, account, session, outgoing, written } = value;
  if (version !== RECORD_VERSION) throw otherVersion(version);
  if (typeof account !== 'string') throw damaged('`account`, a text', account);
  if (account !== wanted.bare) throw otherAccount(wanted);
  if (!Array.isArray(outgoing)) throw damaged('`outgoing`, a list', outgoing);
  if (!isCount(written) || written > outgoing.length) throw damaged('`written`, not more than `outgoing` has', written);
  return {
    session: session === undefined ? undefined : readSession(session, wanted),
    outgoing: outgoing.map((each: unknown) => readStanza(each, now)),
    written,
  };
}

/** What is kept of a stanza that is to be sent: nothing of a request, for nobody waits for its answer in another process. */
export function recordStanza(
  stanza: Element,
  options: SendOptions | undefined,
  expiresAt: number | undefined,
): RecordedStanza | null {
  if (options?.keep === false || stanza.name === 'iq') return null;
  return {
    xml: serialize(stanza),
    ...(options?.resend ? { resend: true } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** A record; what is not known is left out. */
export function formatSessionRecord(
  account: string,
  session: RecordedSession | undefined,
  outgoing: SessionRecord['outgoing'],
  written: number,
): SessionRecord {
  return { version: RECORD_VERSION, account, ...(session ? { session } : {}), outgoing, written };
}

function readSession(value: unknown, wanted: Jid): RestoredSession['session'] {
  if (!isObject(value)) throw damaged('`session`, an object', value);
  const { jid: address, id, location, max, enabled, features, received, acknowledged, isLive } = value;
  const jid = typeof address === 'string' ? tryParseJid(address) : undefined;
  if (jid?.resourcepart === undefined) throw damaged('`session.jid`, a full address', address);
  if (jid.bare !== wanted.bare) throw otherAccount(wanted);
  if (wanted.resourcepart !== undefined && wanted.full !== jid.full) throw otherAccount(wanted);
  if (typeof id !== 'string' || id === '') throw damaged('`session.id`, a text', id);
  if (location !== undefined && typeof location !== 'string') throw damaged('`session.location`, a text', location);
  if (max !== undefined && !isCount(max)) throw damaged('`session.max`, a count', max);
  if (!isTexts(enabled)) throw damaged('`session.enabled`, texts', enabled);
  if (!isTexts(features)) throw damaged('`session.features`, texts', features);
  if (!isCount(received)) throw damaged('`session.received`, a count', received);
  if (!isCount(acknowledged)) throw damaged('`session.acknowledged`, a count', acknowledged);
  if (typeof isLive !== 'boolean') throw damaged('`session.isLive`, true or false', isLive);
  return { jid, management: { id, location, max }, enabled, features, received, acknowledged, isLive };
}

function readStanza(value: unknown, now: number): RestoredStanza {
  if (value === null) return { stanza: undefined, resend: false, expires: undefined };
  if (!isObject(value)) throw damaged('a stanza in `outgoing`, or null', value);
  const { xml, resend, expiresAt } = value;
  if (typeof xml !== 'string') throw damaged('`xml` of a stanza, a text', xml);
  if (resend !== undefined && resend !== true) throw damaged('`resend` of a stanza, true or absent', resend);
  if (expiresAt !== undefined && typeof expiresAt !== 'number')
    throw damaged('`expiresAt` of a stanza, a time', expiresAt);
  return {
    stanza: readXml(xml),
    resend: resend === true,
    expires: expiresAt === undefined ? undefined : Math.max(0, expiresAt - now),
  };
}

function readXml(xml: string): Element {
  try {
    return parseElement(xml);
  } catch (cause) {
    throw new SessionRecordError('A stanza of the session record is no XML', {
      condition: 'damaged',
      cause,
      hint: AFRESH,
    });
  }
}

const AFRESH = 'The client logs in afresh. What the record kept is lost; see what keeps it.';

function damaged(expected: string, got: unknown): SessionRecordError {
  const kind = got === null ? 'null' : typeof got;
  return new SessionRecordError(`The session record is damaged: expected ${expected}, got ${kind}`, {
    condition: 'damaged',
    hint: AFRESH,
  });
}

function otherVersion(got: unknown): SessionRecordError {
  const version = typeof got === 'number' ? `version ${got}` : 'one of no known version';
  return new SessionRecordError(`Expected a session record of version ${RECORD_VERSION}, got ${version}`, {
    condition: 'other-version',
    hint: AFRESH,
  });
}

function otherAccount(wanted: Jid): SessionRecordError {
  return new SessionRecordError(`The session record is not of ${wanted.full}`, {
    condition: 'other-account',
    hint: `${AFRESH} Each account needs a record of its own.`,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** From 0 to 2^32-1, as XEP-0198 §4 counts. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
