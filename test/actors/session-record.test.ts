import { describe, expect, it } from 'vitest';
import type { RecordedSession, SessionRecord } from '../../machines/index.ts';
import { formatSessionRecord, readSessionRecord, recordStanza } from '../../src/actors/session-record.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { SessionRecordError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { buildMessage } from '../../src/payloads/index.ts';
import { parseElement, serialize, XmlError } from '../../src/xml/index.ts';

const SETTINGS = clientInput({ jid: 'juliet@example.org', password: 'x' });
const SESSION: RecordedSession = {
  jid: 'juliet@example.org/balcony',
  id: 'm1',
  location: 'far.example.org',
  max: 300,
  enabled: ['urn:xmpp:carbons:2'],
  features: [],
  received: 4_294_967_295,
  acknowledged: 7,
  isLive: false,
};
const XML = "<message xmlns='jabber:client' to='romeo@example.org' id='1'><body>Hark</body></message>";
const RECORD: SessionRecord = {
  version: 1,
  account: 'juliet@example.org',
  session: SESSION,
  outgoing: [{ xml: XML }, null, { xml: XML, resend: true, expiresAt: 5000 }],
  written: 1,
};

const AFRESH = 'The client logs in afresh. What the record kept is lost; see what keeps it.';
const NOT_WRITTEN = '`written`, not more than `outgoing` has, got number';

describe('a session record', () => {
  it('is plain JSON, and comes back as it was', () => {
    const { jid: _, id, max, location, ...rest } = SESSION;
    expect(readSessionRecord(JSON.parse(JSON.stringify(RECORD)), SETTINGS, 3000)).toEqual({
      session: { ...rest, jid: parseJid('juliet@example.org/balcony'), management: { id, max, location } },
      outgoing: [
        { stanza: parseElement(XML), resend: false, expires: undefined },
        { stanza: undefined, resend: false, expires: undefined },
        { stanza: parseElement(XML), resend: true, expires: 2000 },
      ],
      written: 1,
    });
  });

  it('has no session where there is none to resume', () => {
    const record = formatSessionRecord('juliet@example.org', undefined, [], 0);
    expect(record).toEqual({ version: 1, account: 'juliet@example.org', outgoing: [], written: 0 });
    expect(readSessionRecord(record, SETTINGS, 0)).toEqual({ session: undefined, outgoing: [], written: 0 });
  });

  it('holds what is to be sent, and not what nobody would wait for or miss', () => {
    const message = parseElement(XML);
    expect(recordStanza(message, undefined, undefined)).toEqual({ xml: serialize(message) });
    expect(recordStanza(message, { resend: true }, 9)).toEqual({ xml: serialize(message), resend: true, expiresAt: 9 });
    expect(recordStanza(message, { resend: false }, undefined)).toEqual({ xml: serialize(message) });
    expect(recordStanza(message, { keep: false }, undefined)).toBe(null);
    expect(recordStanza(parseElement("<iq xmlns='jabber:client' id='1' type='get'/>"), undefined, undefined)).toBe(
      null,
    );
  });

  it('keeps a stanza as it is, whatever it holds', () => {
    const sent = buildMessage({ to: 'romeo@example.org', body: '<&>"\' \u{1F339}\n\t' });
    const kept = recordStanza(sent, undefined, undefined);
    const restored = readSessionRecord({ ...RECORD, outgoing: [kept], written: 0 }, SETTINGS, 0);
    expect(restored.outgoing).toEqual([{ stanza: sent, resend: false, expires: undefined }]);
  });

  it.each<[string, unknown, string]>([
    ['no object', 'x', 'an object, got string'],
    ['a list', [], 'an object, got object'],
    ['nothing', null, 'an object, got null'],
    ['of no account', { ...RECORD, account: 7 }, '`account`, a text, got number'],
    ['without a list of stanzas', { ...RECORD, outgoing: {} }, '`outgoing`, a list, got object'],
    ['without a number of those written', { ...RECORD, written: '1' }, NOT_WRITTEN.replace('number', 'string')],
    ['with more written than there is', { ...RECORD, written: 4 }, NOT_WRITTEN],
    ['with a session that is none', { ...RECORD, session: 7 }, '`session`, an object, got number'],
    ['with a stanza that is none', { ...RECORD, outgoing: [7, 7] }, 'a stanza in `outgoing`, or null, got number'],
    ['with a stanza without XML', { ...RECORD, outgoing: [{}] }, '`xml` of a stanza, a text, got undefined'],
    [
      'with a mark that is none',
      { ...RECORD, outgoing: [{ xml: XML, resend: 1 }] },
      '`resend` of a stanza, true or absent, got number',
    ],
    [
      'with a time that is none',
      { ...RECORD, outgoing: [{ xml: XML, expiresAt: '1' }] },
      '`expiresAt` of a stanza, a time, got string',
    ],
    ['with no address', withSession({ jid: 7 }), '`session.jid`, a full address, got number'],
    ['with a bare address', withSession({ jid: 'juliet@example.org' }), '`session.jid`, a full address, got string'],
    ['without an id', withSession({ id: undefined }), '`session.id`, a text, got undefined'],
    ['with an empty id', withSession({ id: '' }), '`session.id`, a text, got string'],
    ['with a place that is no text', withSession({ location: 1 }), '`session.location`, a text, got number'],
    ['with a time that is no number', withSession({ max: '1' }), '`session.max`, a count, got string'],
    ['with a time that is less than nothing', withSession({ max: -1 }), '`session.max`, a count, got number'],
    ['with a count beyond all', withSession({ received: 2 ** 32 }), '`session.received`, a count, got number'],
    ['with a count that is a text', withSession({ received: '1' }), '`session.received`, a count, got string'],
    ['with half a count', withSession({ acknowledged: 0.5 }), '`session.acknowledged`, a count, got number'],
    ['with features that are none', withSession({ features: 'x' }), '`session.features`, texts, got string'],
    ['with names that are none', withSession({ enabled: [1] }), '`session.enabled`, texts, got object'],
    ['with some that are', withSession({ enabled: ['x', 1] }), '`session.enabled`, texts, got object'],
    [
      'that knows nothing of its connection',
      withSession({ isLive: undefined }),
      '`session.isLive`, true or false, got undefined',
    ],
  ])('is refused as a whole when it is %s', (_title, value, expectation) => {
    expect(told(refusal(value))).toEqual({
      code: 'session-record/damaged',
      message: `The session record is damaged: expected ${expectation}`,
      hint: AFRESH,
    });
  });

  it('is refused with the cause where a stanza is no XML', () => {
    const error = refusal({ ...RECORD, outgoing: [{ xml: '<message>' }] });
    expect(told(error)).toEqual({
      code: 'session-record/damaged',
      message: 'A stanza of the session record is no XML',
      hint: AFRESH,
    });
    expect(error.cause).toBeInstanceOf(XmlError);
  });

  it.each([
    [2, 'version 2'],
    ['1', 'one of no known version'],
    [undefined, 'one of no known version'],
  ])('is refused when it is of the version %j', (version, got) => {
    expect(told(refusal({ ...RECORD, version }))).toEqual({
      code: 'session-record/other-version',
      message: `Expected a session record of version 1, got ${got}`,
      hint: AFRESH,
    });
  });

  it.each([
    ['the record', { ...RECORD, account: 'romeo@example.org' }],
    ['the session', withSession({ jid: 'romeo@example.org/x' })],
  ])('is refused where %s is of another account', (_title, value) => {
    expect(told(refusal(value))).toEqual({
      code: 'session-record/other-account',
      message: 'The session record is not of juliet@example.org',
      hint: `${AFRESH} Each account needs a record of its own.`,
    });
  });

  it('may have the least and the greatest counts, and need not say how long, nor where', () => {
    const least = withSession({ received: 0, acknowledged: 0, max: 0 });
    expect(readSessionRecord(least, SETTINGS, 0).session).toMatchObject({ received: 0, management: { max: 0 } });
    const { max: _max, location: _location, ...rest } = SESSION;
    expect(readSessionRecord({ ...RECORD, session: rest, written: 3 }, SETTINGS, 0)).toMatchObject({
      session: { management: { id: 'm1', max: undefined, location: undefined } },
      written: 3,
    });
  });

  it('has no time left of what expired while nobody was there', () => {
    const late = { ...RECORD, outgoing: [{ xml: XML, expiresAt: 5000 }], written: 0 };
    expect(readSessionRecord(late, SETTINGS, 5001).outgoing.map(({ expires }) => expires)).toEqual([0]);
  });

  it('is refused where the application wants another resource', () => {
    const settings = clientInput({ jid: 'juliet@example.org/garden', password: 'x' });
    expect(refusal(RECORD, settings).code).toBe('session-record/other-account');
    const same = clientInput({ jid: 'juliet@example.org/balcony', password: 'x' });
    expect(readSessionRecord(RECORD, same, 0).session?.received).toBe(4_294_967_295);
  });

  it('says nothing of the secret in it', () => {
    expect(refusal(withSession({ id: 7 })).message).not.toContain('7');
  });
});

function withSession(changes: object): unknown {
  return { ...RECORD, session: { ...SESSION, ...changes } };
}

function told({ code, message, hint }: SessionRecordError) {
  return { code, message, hint };
}

function refusal(value: unknown, settings = SETTINGS): SessionRecordError {
  try {
    readSessionRecord(value, settings, 0);
  } catch (error) {
    if (error instanceof SessionRecordError) return error;
  }
  throw new Error('Expected a refusal');
}
