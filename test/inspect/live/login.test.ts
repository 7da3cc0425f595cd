import { describe, expect, test } from 'vitest';
import type { LiveActor, LogEntry } from '../../../src/inspect/live/protocol.ts';
import { element, type FastToken } from '../../../src/node.ts';
import { nextEvent } from '../../support/next-event.ts';
import { openStage, PASSWORD } from './stage.ts';
import { listenIn } from './wiretap.ts';

const { stage } = openStage();

describe('a page that is open during a login', () => {
  test('hears of the clients first, then of their actors, then of what happens', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const page = await openPage(await inspect(client));
    client.start();
    await page.until(({ entries }) => entries().find(isPublished('online')));
    const [first, second, ...others] = page.messages;
    const id = client.actor.sessionId;
    expect(first).toEqual({ type: 'clients', clients: [{ id, name: 'juliet@capulet.example' }] });
    expect(second).toMatchObject({ type: 'actors', client: id, explanation: { state: 'offline' } });
    expect(new Set(others.map(({ type }) => type))).toEqual(new Set(['entries', 'actors']));
    expect(page.dropped()).toBe(0);
    const numbers = page.entries().map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('sees each state of the client, and what goes over the wire between them, in the order of cause and effect', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const page = await openPage(await inspect(client));
    client.start();
    await page.until(({ entries }) => entries().find(isPublished('online')));
    const story = page.entries().filter(({ at }) => at >= (page.entries().find(isStart)?.at ?? 0));
    const told = story.flatMap(tell);
    expect(told.slice(0, told.indexOf('written') + 1)).toEqual([
      'start → resolving.recalling',
      'xstate.done.actor.recall → resolving.asking',
      'xstate.done.actor.resolve → linked.connecting',
      'transport.connected → linked.opening.awaitingHeader',
      'SEND <?xml',
      'RECV <stream:stream',
      'stream.opened → linked.opening.awaitingFeatures',
      'RECV <features',
      'features.received → linked.authenticating',
      'SEND <auth',
      'RECV <challenge',
      'SEND <response',
      'RECV <success',
      'xstate.done.actor.authentication → linked.restarting.awaitingHeader',
      'SEND <?xml',
      'RECV <stream:stream',
      'stream.opened → linked.restarting.awaitingFeatures',
      'RECV <features',
      'features.received → linked.binding',
      'SEND <iq',
      'RECV <iq',
      'stanza.received → linked.online.stability.settling + linked.online.liveness.fresh',
      'SEND <presence',
      'written',
    ]);
  });

  test('sees where every actor is, since when, and until when', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient({ timeouts: { stable: 40_000 } });
    const page = await openPage(await inspect(client));
    const before = Date.now();
    client.start();
    const actors = await page.until(({ messages }) =>
      messages
        .flatMap((message) => (message.type === 'actors' ? [message.actors] : []))
        .find(([root]) => root?.states.includes('linked.online.liveness.fresh')),
    );
    expect(actors.map(({ name, status, chart, states }) => ({ name, status, chart, states }))).toEqual([
      { name: 'client', status: 'active', chart: 'client', states: ONLINE },
      { name: 'session', status: 'active', chart: 'session', states: ['live'] },
      { name: 'outbox', status: 'active', chart: undefined, states: [] },
      { name: 'iq', status: 'active', chart: undefined, states: [] },
      { name: 'router', status: 'active', chart: undefined, states: [] },
      { name: 'transport', status: 'active', chart: undefined, states: [] },
      { name: 'authentication', status: 'done', chart: 'authentication', states: ['succeeded'] },
      { name: 'message', status: 'active', chart: undefined, states: [] },
      { name: 'presence', status: 'active', chart: undefined, states: [] },
    ]);
    const [root, session, ...others] = actors;
    expect(Object.keys(root?.since ?? {}).toSorted()).toEqual([
      'linked',
      'linked.online',
      'linked.online.liveness',
      'linked.online.liveness.fresh',
      'linked.online.stability',
      'linked.online.stability.settling',
    ]);
    const entered = root?.since['linked.online.stability.settling'] ?? 0;
    expect(entered).toBeGreaterThanOrEqual(before);
    expect(root?.deadlines).toEqual([
      { state: 'linked.online.stability.settling', name: 'stableSession', at: entered + 40_000 },
    ]);
    expect(session?.parent).toBe(root?.id);
    expect(others.map(parentName(actors))).toEqual([
      ...['session', 'session', 'session'],
      ...['client', 'client'],
      ...['session', 'session'],
    ]);
  });

  test('sees no secret: not the password, not in base64, and nothing of the proof', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const wiretap = listenIn(server.connect);
    const client = makeClient({ memory: wiretap.connect });
    const page = await openPage(await inspect(client));
    client.start();
    await page.until(({ entries }) => entries().find(isPublished('online')));
    const sent = [...wiretap.sent().matchAll(/<(?:auth|response)\b[^>]*>([^<]+)</g)].map(([, payload = '']) => payload);
    expect(sent).toHaveLength(2);
    const plain = sent.map((payload) => Buffer.from(payload, 'base64').toString('utf8'));
    const proof = /,p=(.+)$/.exec(plain[1] ?? '')?.[1] ?? '';
    expect(proof.length).toBeGreaterThan(20);
    const nonce = /r=([^,]+)/.exec(plain[0] ?? '')?.[1] ?? '';
    expect(nonce.length).toBeGreaterThan(10);
    const secrets = [
      PASSWORD,
      Buffer.from(PASSWORD).toString('base64').replace(/=+$/, ''),
      proof,
      nonce,
      ...sent,
      ...plain,
    ];
    expect(secrets.filter((secret) => page.raw().includes(secret))).toEqual([]);
    expect(page.raw()).toContain('[masked]');
  });

  test('sees no token for later logins either, and no proof made with one', async () => {
    const { server, makeClient, inspect, openPage } = await stage({ sasl2: true });
    const tokens = new Map<string, FastToken>();
    const wiretap = listenIn(server.connect);
    const client = makeClient({ memory: wiretap.connect, tokens, reconnect: () => 0 });
    const page = await openPage(await inspect(client));
    client.start();
    await client.online();
    const token = tokens.get('juliet@capulet.example')?.token ?? '';
    expect(token.length).toBeGreaterThan(10);
    const back = nextEvent(client, 'online');
    server.drop('juliet@capulet.example');
    await back;
    await client.stop();
    await page.until(({ entries }) => entries().find(isPublished('offline')));
    const sent = [...wiretap.sent().matchAll(/<(?:initial-response|response)\b[^>]*>([^<]+)</g)].map(
      ([, payload = '']) => payload,
    );
    const withToken = 'mechanism="HT-SHA-256-NONE"><initial-response>[masked]';
    expect(page.entries().filter((e) => e.kind === 'stanza' && e.xml.includes(withToken))).toHaveLength(1);
    expect(sent.length).toBeGreaterThan(2);
    const later = tokens.get('juliet@capulet.example')?.token ?? '';
    expect([PASSWORD, token, later, ...sent].filter((secret) => page.raw().includes(secret))).toEqual([]);
  });
});

describe('a page that is opened late', () => {
  test('gets what the client recorded, marked as the outline that it is, and then what happens', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const inspector = await inspect(client);
    client.start();
    await client.online();
    const page = await openPage(inspector);
    await page.until(({ entries }) =>
      entries().find((entry) => entry.kind === 'stanza' && entry.xml === '<presence/>'),
    );
    const states = page
      .entries()
      .flatMap((entry) => (entry.kind === 'transition' && entry.moved ? [entry.states] : []));
    expect(states.slice(0, 3)).toEqual([['resolving.recalling'], ['resolving.asking'], ['linked.connecting']]);
    expect(states.at(-1)).toEqual(ONLINE);
    expect(new Set(page.entries().flatMap((e) => (e.kind === 'stanza' ? [e.isSummary] : [])))).toEqual(new Set([true]));
    const actors = page.messages.find((message) => message.type === 'actors')?.actors[0];
    expect(Object.keys(actors?.since ?? {})).toContain('linked.online');
    server.send('juliet@capulet.example', element('{jabber:client}message', {}, element('body', {}, 'Hist!')));
    const live = await page.until(({ entries }) => entries().find((e) => e.kind === 'stanza' && !e.isSummary));
    expect(live).toMatchObject({
      direction: 'RECV',
      actorName: 'transport',
      xml: '<message><body>Hist!</body></message>',
    });
  });
});

const ONLINE = ['linked.online.stability.settling', 'linked.online.liveness.fresh'];

/** The client told its listeners. */
function isPublished(type: string) {
  return (entry: LogEntry): boolean =>
    entry.kind === 'event' && entry.event === 'publish' && entry.detail.includes(`type: "${type}"`);
}

function isStart(entry: LogEntry): boolean {
  return entry.kind === 'transition' && entry.event === 'start';
}

/** The client's own way, and the wire. */
function tell(entry: LogEntry): string[] {
  if (entry.kind === 'stanza') return [`${entry.direction} ${entry.xml.replace(/(?<!^)[ />].*/, '')}`];
  if (entry.kind === 'delivery') return [entry.state];
  if (entry.kind !== 'transition' || entry.actorName !== 'client' || !entry.moved) return [];
  return [`${entry.event} → ${entry.states.join(' + ')}`];
}

function parentName(actors: readonly LiveActor[]) {
  return ({ parent }: LiveActor): string | undefined => actors.find(({ id }) => id === parent)?.name;
}
