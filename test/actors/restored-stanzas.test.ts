import { describe, expect, it } from 'vitest';
import type { PublishCommand } from '../../machines/contracts.ts';
import type { RestoredSession, RestoredStanza } from '../../machines/session-record.ts';
import type { Sender } from '../../src/actors/outgoing.ts';
import { restoreStanzas } from '../../src/actors/restored-stanzas.ts';
import { lengthOf } from '../../src/actors/stanza-length.ts';
import { clientStopped } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { element } from '../../src/xml/index.ts';
import { message } from './outbox-run.ts';

const NOW = 1000;
const SENDER: Sender = { wrote() {}, isTooLong() {}, couldNotWrite() {} };
const SESSION: NonNullable<RestoredSession['session']> = {
  jid: parseJid('juliet@example.org/balcony'),
  management: { id: 'm1', max: undefined, location: undefined },
  enabled: [],
  features: [],
  received: 0,
  acknowledged: 0,
  isLive: false,
};
const NOTHING: RestoredStanza = { stanza: undefined, resend: false, expires: undefined };

describe('what an earlier process was to send', () => {
  it.each<[string, RestoredSession['session'], number, string[], string[]]>([
    ['went out as far as it is known', SESSION, 2, ['1', '2'], ['3']],
    [
      'may have gone out where the process died while it was connected',
      { ...SESSION, isLive: true },
      2,
      ['1', '2', '3'],
      [],
    ],
    ['waits where nothing went out', SESSION, 0, [], ['1', '2', '3']],
    ['waits where there is no session', undefined, 2, [], ['1', '2', '3']],
  ])('%s', (_title, session, written, unacknowledged, waiting) => {
    const restored = restore(session, written, ...['1', '2', '3'].map((id) => kept(id)));
    expect(restored.unacknowledged.map(idOf)).toEqual(unacknowledged);
    expect(restored.waiting.map(idOf)).toEqual(waiting);
  });

  it('goes ahead of all that this process is given, in order', () => {
    const { unacknowledged, waiting } = restore(SESSION, 1, kept('1'), kept('2'), kept('3'));
    expect([...unacknowledged, ...waiting].map(({ order }) => order)).toEqual([-3, -2, -1]);
  });

  it('is as long as it will be written, and is sent as it was to be', () => {
    const { waiting } = restore(undefined, 0, kept('1'), kept('2', { resend: true, expires: 500 }));
    expect(waiting.map(({ stanza, length, options, expiresAt }) => ({ stanza, length, options, expiresAt }))).toEqual([
      { stanza: message('1'), length: lengthOf(message('1')), options: {}, expiresAt: undefined },
      {
        stanza: message('2'),
        length: lengthOf(message('2')),
        options: { resend: true, expires: 500 },
        expiresAt: 1500,
      },
    ]);
  });

  it('counts, and is not sent again, where it is not kept', () => {
    const { unacknowledged, waiting, published } = restore(SESSION, 1, NOTHING, NOTHING, kept('1'));
    expect(unacknowledged.map(({ stanza, options }) => ({ stanza, options }))).toEqual([
      { stanza: element('{jabber:client}message'), options: { keep: false } },
    ]);
    expect(waiting.map(idOf)).toEqual(['1']);
    unacknowledged[0]?.report.failed(clientStopped());
    unacknowledged[0]?.report.written(true);
    expect(published).toEqual([]);
  });

  it('is as good as nothing, and said so, where it expired meanwhile', () => {
    const { unacknowledged, waiting, published } = restore(
      SESSION,
      1,
      kept('1', { expires: 0 }),
      kept('2', { expires: 0 }),
    );
    expect(unacknowledged.map(({ stanza, options }) => ({ stanza, options }))).toEqual([
      { stanza: element('{jabber:client}message'), options: { keep: false } },
    ]);
    expect(waiting).toEqual([]);
    const error = expect.objectContaining({
      code: 'delivery/expired',
      message: 'The stanza could not be written in time',
    });
    expect(published).toEqual(
      ['1', '2'].map((id) => ({ type: 'publish', event: { type: 'delivery.failed', stanza: message(id), error } })),
    );
  });

  it('is published where it fails, since nobody holds its handle', () => {
    const { waiting, published } = restore(undefined, 0, kept('1'));
    waiting[0]?.report.written(false);
    waiting[0]?.report.failed(clientStopped());
    expect(published).toEqual([
      { type: 'publish', event: { type: 'delivery.failed', stanza: message('1'), error: clientStopped() } },
    ]);
  });
});

function restore(session: RestoredSession['session'], written: number, ...outgoing: readonly RestoredStanza[]) {
  const published: PublishCommand[] = [];
  const restored = restoreStanzas(
    { session, outgoing, written },
    NOW,
    SENDER,
    (command) => void published.push(command),
  );
  return { ...restored, published };
}

function kept(id: string, changes: Partial<RestoredStanza> = {}): RestoredStanza {
  return { stanza: message(id), resend: false, expires: undefined, ...changes };
}

function idOf({ stanza }: { readonly stanza: ReturnType<typeof message> }): string | undefined {
  return stanza.attributes.id;
}
