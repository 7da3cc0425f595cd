import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RestoredSession, SessionIdentity, SessionRecord } from '../../machines/session-record.ts';
import { clientStopped } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { buildDelay } from '../../src/payloads/index.ts';
import { serialize } from '../../src/xml/index.ts';
import { iq, message, runOutbox } from './outbox-run.ts';
import { turn } from './recorder.ts';

const IDENTITY: SessionIdentity = {
  jid: parseJid('juliet@example.org/balcony'),
  management: { id: 'm1', max: 300, location: 'far.example.org' },
  enabled: ['urn:xmpp:carbons:2'],
  features: ['urn:xmpp:ping'],
};
const SESSION = {
  jid: 'juliet@example.org/balcony',
  id: 'm1',
  max: 300,
  location: 'far.example.org',
  enabled: ['urn:xmpp:carbons:2'],
  features: ['urn:xmpp:ping'],
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an outbox that keeps a record', () => {
  it('sends nothing before the record of an earlier process was read', async () => {
    const { actor, send, open, news } = keep();
    send(message('1'));
    open();
    await turn();
    expect(news()).toEqual([]);
    actor.send({ type: 'outbox.restore', restored: undefined });
    await turn();
    expect(news()).toEqual(['1']);
  });

  it('sends nothing before it is in a record that was saved, and says so of what it sent', async () => {
    const { begin, send, news, saved, answer } = keep({ isSlow: true });
    await begin();
    send(message('1'), message('2'));
    await turn();
    expect([news(), saved.at(-1)]).toEqual([[], record({ isLive: true }, ['1', '2'], 0)]);
    await answer();
    expect(news()).toEqual(['1', '2']);
    await answer();
    expect([news(), saved.length]).toEqual([[], 2]);
  });

  it('keeps what is not acknowledged, then what waits, and how many of them went out', async () => {
    const { actor, ack, begin, ledger, send, news, saved } = keep();
    await begin();
    send(message('1'), message('2'), message('3'));
    await turn();
    expect(news()).toEqual(['1', '2', '3']);
    ledger.countReceived();
    ack(1);
    await turn();
    expect(saved.at(-1)).toEqual(record({ received: 1, acknowledged: 1, isLive: true }, ['2', '3'], 2));
    actor.send({ type: 'outbox.pause' });
    send(message('4'), iq('5', 'get'));
    await turn();
    expect(saved.at(-1)).toEqual(record({ received: 1, acknowledged: 1, isLive: false }, ['2', '3', '4', null], 2));
  });

  it('keeps when something expires, by the calendar', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const { actor, clock, sendWith, saved } = keep();
    clock.increment(5);
    actor.send({ type: 'outbox.restore', restored: undefined });
    sendWith({ expires: 60_000, resend: true }, message('1'));
    sendWith({ resend: false }, message('2'));
    await turn();
    expect(saved.at(-1)).toEqual({
      version: 1,
      account: 'juliet@example.org',
      outgoing: [{ xml: xmlOf('1'), resend: true, expiresAt: 1_060_000 }, { xml: xmlOf('2') }],
      written: 0,
    });
  });

  it('keeps when something was sent that may be sent again in another session', async () => {
    const { begin, sendWith, saved } = keep();
    await begin();
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-23T10:00:00Z'));
    sendWith({ resend: true }, message('1'));
    await turn();
    sendWith({}, message('2'));
    await turn();
    const delay = buildDelay({ stamp: new Date('2026-11-23T10:00:00Z'), from: parseJid('juliet@example.org') });
    const [first, second] = saved.at(-1)?.outgoing ?? [];
    expect(first).toEqual({ xml: serialize({ ...message('1'), children: [delay] }), resend: true });
    expect(second).toEqual({ xml: xmlOf('2') });
  });

  it('tells the server of what came when that is in a record that was saved', async () => {
    const { actor, begin, ledger, news, answer } = keep({ isSlow: true });
    await begin();
    ledger.countReceived();
    actor.send({ type: 'ack.send' });
    await turn();
    ledger.countReceived();
    expect(news()).toEqual([]);
    await answer();
    expect(news()).toEqual(['<a 1/>']);
    actor.send({ type: 'ack.send' });
    await turn();
    await answer();
    expect(news()).toEqual(['<a 2/>']);
    actor.send({ type: 'ack.send' });
    expect(news()).toEqual(['<a 2/>']);
  });

  it('tells nobody when the session ended meanwhile', async () => {
    const { actor, begin, ledger, news, answer } = keep({ isSlow: true });
    await begin();
    ledger.countReceived();
    actor.send({ type: 'ack.send' });
    await turn();
    ledger.close();
    await answer();
    expect(news()).toEqual([]);
  });

  it('waits 10 s for a store that does not answer, and goes on without it', async () => {
    const { actor, begin, clock, ledger, send, news, published } = keep({ isSlow: true });
    await begin();
    send(message('1'));
    ledger.countReceived();
    actor.send({ type: 'ack.send' });
    await turn();
    clock.increment(9999);
    expect([news(), published()]).toEqual([[], []]);
    clock.increment(1);
    await turn();
    expect([news(), published()]).toEqual([['<a 1/>', '1'], ['error session-record/unsaved']]);
    send(message('2'), message('3'));
    ledger.countReceived();
    actor.send({ type: 'ack.send' });
    expect(news()).toEqual(['2', '3', '<a 2/>']);
  });

  it('goes on where a store fails', async () => {
    const { begin, send, news, published } = keep({ fails: true });
    await begin();
    send(message('1'));
    await turn();
    expect([news(), published()]).toEqual([['1'], ['error session-record/unsaved']]);
  });

  it('keeps nothing of a session that is over, or cannot be resumed', async () => {
    const { actor, begin, ledger, send, saved } = keep();
    await begin();
    actor.send({ type: 'outbox.close' });
    await turn();
    expect(saved.at(-1)).toBeUndefined();
    send(iq('1', 'get'));
    await turn();
    expect(saved.at(-1)).toBeUndefined();
    send(message('2'));
    await turn();
    expect(saved.at(-1)).toEqual(record(undefined, [null, '2'], 0));
    ledger.open();
    await begin({ ...IDENTITY, management: { id: undefined, max: 300, location: undefined } });
    expect(saved.at(-1)).toEqual(record(undefined, [null, '2'], 2));
  });

  it('leaves out what is not known of a session', async () => {
    const { begin, saved } = keep();
    await begin({ ...IDENTITY, management: { id: 'm1', max: undefined, location: undefined } });
    const { max: _max, location: _location, ...rest } = SESSION;
    expect(saved.at(-1)).toEqual({
      version: 1,
      account: 'juliet@example.org',
      session: { ...rest, received: 0, acknowledged: 0, isLive: true },
      outgoing: [],
      written: 0,
    });
  });

  it('changes the record as what waits is written in a session that is not managed', async () => {
    const { actor, open, send, news, saved } = keep();
    actor.send({ type: 'outbox.restore', restored: undefined });
    send(message('1'));
    await turn();
    expect(saved.at(-1)).toEqual(record(undefined, ['1'], 0));
    open();
    await turn();
    expect([news(), saved.at(-1)]).toEqual([['1'], undefined]);
  });

  it('forgets what is abandoned, and leaves no timer where nobody waits', async () => {
    const { actor, begin, clock, send, reports, saved, answer } = keep({ isSlow: true });
    await begin();
    expect(clock.timers()).toEqual([]);
    actor.send({ type: 'outbox.pause' });
    send(message('1'));
    await turn();
    expect(clock.timers()).toEqual([10_000]);
    actor.send({ type: 'outbox.abandon', reason: clientStopped() });
    expect([clock.timers(), reports]).toEqual([[], [`1 ${clientStopped().code}`]]);
    await answer();
    expect(saved.at(-1)).toEqual(record({ isLive: false }, [], 0));
    await begin();
    expect(clock.timers()).toEqual([]);
  });
});

describe('an outbox that goes on with a record', () => {
  const RESTORED: RestoredSession = {
    session: {
      jid: IDENTITY.jid,
      management: IDENTITY.management,
      enabled: IDENTITY.enabled,
      features: IDENTITY.features,
      received: 7,
      acknowledged: 3,
      isLive: false,
    },
    outgoing: ['1', '2', '3'].map((id) => ({ stanza: message(id), resend: false, expires: undefined })),
    written: 2,
  };

  it('counts on, and sends again what the server did not get', async () => {
    const { actor, resume, ledger, news, saved } = keep();
    actor.send({ type: 'outbox.restore', restored: RESTORED });
    await turn();
    const { received, sent, size } = ledger;
    expect([received, sent, size]).toEqual([7, 5, 2]);
    expect(saved.at(-1)).toEqual(record({ received: 7, acknowledged: 3, isLive: false }, ['1', '2', '3'], 2));
    resume(4);
    await turn();
    expect(news()).toEqual(['2', '3']);
  });

  it('reads it once', async () => {
    const { actor, ledger } = keep();
    actor.send({ type: 'outbox.restore', restored: undefined });
    actor.send({ type: 'outbox.restore', restored: RESTORED });
    await turn();
    expect([ledger.isOpen, ledger.size]).toEqual([false, 0]);
  });

  it('sends what waited where there is no session', async () => {
    const { actor, open, ledger, send, news } = keep();
    send(message('4'));
    actor.send({ type: 'outbox.restore', restored: { ...RESTORED, session: undefined, written: 0 } });
    open();
    await turn();
    expect([ledger.isOpen, news()]).toEqual([false, ['1', '2', '3', '4']]);
  });
});

/** An outbox whose application keeps records, in a store that answers at once, when `answer` is called, or never well. */
function keep({ isSlow = false, fails = false } = {}) {
  const saved: (SessionRecord | undefined)[] = [];
  const answers: (() => void)[] = [];
  const run = runOutbox({
    sessions: {
      load: () => undefined,
      save(_account, kept) {
        saved.push(kept);
        if (fails) throw new TypeError('disk');
        return isSlow ? new Promise<void>((resolve) => answers.push(resolve)) : undefined;
      },
    },
  });
  const answer = async () => {
    answers.shift()?.();
    await turn();
  };
  return {
    ...run,
    saved,
    answer,
    /** A managed session begins, and the record of that is saved. */
    begin: async (session = IDENTITY) => {
      run.ledger.open();
      run.actor.send({ type: 'outbox.restore', restored: undefined });
      run.actor.send({ type: 'outbox.open', transport: run.createTransport().actor, session });
      await turn();
      while (answers.length > 0) await answer();
    },
  };
}

function record(
  session: { received?: number; acknowledged?: number; isLive: boolean } | undefined,
  ids: readonly (string | null)[],
  written: number,
): unknown {
  return {
    version: 1,
    account: 'juliet@example.org',
    ...(session && { session: { ...SESSION, received: 0, acknowledged: 0, ...session } }),
    outgoing: ids.map((id) => id && { xml: xmlOf(id) }),
    written,
  };
}

function xmlOf(id: string): string {
  return serialize(message(id));
}
