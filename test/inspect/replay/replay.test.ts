import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Recording } from '../../../src/errors/index.ts';
import { parseRecording, replay } from '../../../src/inspect/replay/index.ts';
import { type Server, startServer } from '../../../src/testing/index.ts';
import { stageClients } from '../../support/client-stage.ts';
import { ONLINE, whenIn } from '../../support/when.ts';

const JULIET = 'juliet@capulet.example';

const stage = stageClients();
let server: Server;
beforeEach(async () => {
  const accounts = { juliet: 'secret' };
  server = await startServer({ domain: 'capulet.example', accounts, listen: false, streamManagement: true });
});
afterEach(() => server.stop());

describe('a replay', () => {
  it('leads through the states of a whole life: login, loss, way back, resumption, logout', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 5000 });
    client.start();
    await client.online();
    stage.clock.increment(40_000);
    server.drop(JULIET);
    await whenIn(client, 'reconnecting');
    stage.clock.increment(5000);
    await client.online();
    await client.stop();
    const recording = copyOf(client.recording());
    const { steps, divergence } = replay(recording);
    expect(divergence).toBeUndefined();
    const states = recording.entries.flatMap((entry) => (entry.kind === 'event' ? entry.state : []));
    expect(steps.map(({ replayed }) => replayed)).toEqual(states);
    expect(states).toEqual(expect.arrayContaining([ONLINE, 'reconnecting.backingOff', 'linked.resuming', 'offline']));
  });

  it('begins in the middle of a life where the beginning was not kept', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 10 });
    client.start();
    await client.online();
    for (let round = 0; round < 12; round += 1) {
      server.drop(JULIET);
      await whenIn(client, 'reconnecting');
      stage.clock.increment(10);
      await client.online();
    }
    const recording = copyOf(client.recording());
    expect(recording.dropped).toBeGreaterThanOrEqual(64);
    expect(replay(recording).divergence).toBeUndefined();
  });

  it('tells the first place where the chart does otherwise, and ends there', async () => {
    const client = stage.make({ memory: server.connect });
    client.start();
    await client.online();
    const recording = copyOf(client.recording());
    const index = recording.entries.findIndex((entry) => entry.kind === 'event' && entry.event === 'stream.opened');
    const entries = recording.entries.map((entry, each) => (each === index ? { ...entry, state: 'elsewhere' } : entry));
    const { steps, divergence } = replay({ ...recording, entries });
    expect(divergence).toEqual({
      index,
      at: 0,
      event: 'stream.opened',
      from: 'linked.opening.awaitingHeader',
      recorded: 'elsewhere',
      replayed: 'linked.opening.awaitingFeatures',
    });
    expect(steps.at(-1)).toBe(divergence);
  });

  it('tells an event that the chart cannot take at all', async () => {
    const client = stage.make({ memory: server.connect });
    client.start();
    await client.online();
    const recording = copyOf(client.recording());
    const entries = recording.entries.map((entry) =>
      entry.kind === 'event' && entry.event === 'features.received' ? { ...entry, data: { type: entry.event } } : entry,
    );
    expect(replay({ ...recording, entries }).divergence).toMatchObject({
      event: 'features.received',
      replayed: expect.stringContaining('Error'),
    });
  });

  it('refuses a recording that begins in a state which this chart does not have', () => {
    const recording = copyOf(stage.make({ memory: server.connect }).recording());
    const base = { ...recording.base, state: 'nowhere', value: 'nowhere' };
    expect(() => replay({ ...recording, base })).toThrow(
      expect.objectContaining({
        code: 'recording/version',
        message: 'The recording begins in nowhere, which this chart does not have',
      }),
    );
  });
});

describe('a recording that is read', () => {
  const GOOD: Recording = {
    format: 'xstate-xmpp/recording',
    version: 1,
    account: JULIET,
    startedAt: 0,
    dropped: 0,
    base: { state: 'offline', value: 'offline', clock: 0, since: {}, context: { settings: {} } },
    entries: [{ kind: 'event', at: 1, event: 'start', state: 'resolving.recalling', data: { type: 'start' } }],
  };

  it('is what was written', () => {
    expect(parseRecording(JSON.stringify(GOOD))).toEqual(GOOD);
  });

  it.each([
    ['no JSON', '<xml/>', 'damaged', 'Expected a recording, got no JSON, or JSON that was cut short'],
    [
      'cut short',
      JSON.stringify(GOOD).slice(0, -10),
      'damaged',
      'Expected a recording, got no JSON, or JSON that was cut short',
    ],
    ['empty', '', 'damaged', 'Expected a recording, got no JSON, or JSON that was cut short'],
    ['something else', '{"a":1}', 'foreign', 'Expected a recording of xstate-xmpp, got something else'],
    ['a list', '[]', 'foreign', 'Expected a recording of xstate-xmpp, got something else'],
    ['null', 'null', 'foreign', 'Expected a recording of xstate-xmpp, got something else'],
    ['of another version', textWith({ version: 2 }), 'version', 'Expected a recording of version 1, got version 2'],
    ['without an account', textWith({ account: 1 }), 'damaged', 'The recording is damaged: it names no account'],
    [
      'without a time',
      textWith({ startedAt: null }),
      'damaged',
      'The recording is damaged: it does not say when it began',
    ],
    ['without a beginning', textWith({ base: {} }), 'damaged', 'The recording is damaged: its beginning is missing'],
    [
      'without what was known',
      textWith({ base: { ...GOOD.base, context: {} } }),
      'damaged',
      'The recording is damaged: its beginning is not whole',
    ],
    ['without entries', textWith({ entries: {} }), 'damaged', 'The recording is damaged: it has no entries'],
    [
      'with an entry of no kind',
      textWith({ entries: [...GOOD.entries, { at: 1 }] }),
      'damaged',
      'The recording is damaged: entry 2 cannot be read',
    ],
  ])('is refused where it is %s', (_title, text, condition, message) => {
    expect(() => parseRecording(text)).toThrow(expect.objectContaining({ code: `recording/${condition}`, message }));
  });

  function textWith(change: object): string {
    return JSON.stringify({ ...GOOD, ...change });
  }
});

/** As it comes out of a file. */
function copyOf(recording: Recording | undefined): Recording {
  return parseRecording(JSON.stringify(recording));
}
