import { describe, expect, it } from 'vitest';
import type { RecordedSession, SessionRecord } from '../../machines/index.ts';
import { formatSessionRecord, readSessionRecord, recordStanza } from '../../src/actors/session-record.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { SessionRecordError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { buildMessage } from '../../src/payloads/index.ts';
import { parseElement } from '../../src/xml/index.ts';

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
    expect(recordStanza(message, undefined, undefined)).toEqual({ xml: expect.stringContaining('Hark') });
    expect(recordStanza(message, { resend: true }, 9)).toMatchObject({ resend: true, expiresAt: 9 });
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
    ['no object', 'x', 'session-record/damaged'],
    ['a list', [], 'session-record/damaged'],
    ['of another version', { ...RECORD, version: 2 }, 'session-record/other-version'],
    ['of no version', {}, 'session-record/other-version'],
    ['of another account', { ...RECORD, account: 'romeo@example.org' }, 'session-record/other-account'],
    ['of no account', { ...RECORD, account: 7 }, 'session-record/damaged'],
    ['without a list of stanzas', { ...RECORD, outgoing: {} }, 'session-record/damaged'],
    ['with more written than there is', { ...RECORD, written: 4 }, 'session-record/damaged'],
    ['with a session that is none', { ...RECORD, session: 7 }, 'session-record/damaged'],
    ['with a stanza that is none', { ...RECORD, outgoing: [7, 7] }, 'session-record/damaged'],
    ['with a stanza that is no XML', { ...RECORD, outgoing: [{ xml: '<message>' }] }, 'session-record/damaged'],
    ['with a stanza without XML', { ...RECORD, outgoing: [{}] }, 'session-record/damaged'],
    ['with a mark that is none', { ...RECORD, outgoing: [{ xml: XML, resend: 1 }] }, 'session-record/damaged'],
    ['with a time that is none', { ...RECORD, outgoing: [{ xml: XML, expiresAt: '1' }] }, 'session-record/damaged'],
    ['with a bare address', withSession({ jid: 'juliet@example.org' }), 'session-record/damaged'],
    ['with the session of another', withSession({ jid: 'romeo@example.org/x' }), 'session-record/other-account'],
    ['without an id', withSession({ id: '' }), 'session-record/damaged'],
    ['with a place that is no text', withSession({ location: 1 }), 'session-record/damaged'],
    ['with a time that is less than nothing', withSession({ max: -1 }), 'session-record/damaged'],
    ['with a count beyond all', withSession({ received: 2 ** 32 }), 'session-record/damaged'],
    ['with half a count', withSession({ acknowledged: 0.5 }), 'session-record/damaged'],
    ['with a count that is a text', withSession({ received: '1' }), 'session-record/damaged'],
    ['with features that are none', withSession({ features: 'x' }), 'session-record/damaged'],
    ['with names that are none', withSession({ enabled: [1] }), 'session-record/damaged'],
    ['that knows nothing of its connection', withSession({ isLive: undefined }), 'session-record/damaged'],
  ])('is refused as a whole when it is %s', (_title, value, code) => {
    const error = refusal(value);
    expect([error.code, error.hint]).toEqual([code, expect.stringContaining('logs in afresh')]);
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

function refusal(value: unknown, settings = SETTINGS): SessionRecordError {
  try {
    readSessionRecord(value, settings, 0);
  } catch (error) {
    if (error instanceof SessionRecordError) return error;
  }
  throw new Error('Expected a refusal');
}
