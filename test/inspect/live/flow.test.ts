import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../src/inspect/live/protocol.ts';
import { type Client, element } from '../../../src/node.ts';
import { ask, type Page } from './page.ts';
import { openStage, type Stage } from './stage.ts';

const { stage } = openStage();

const JULIET = 'juliet@capulet.example';

describe('as long as no page is open', () => {
  test('nobody observes the client, and afterwards nobody does', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const observers = countObservers(client);
    const inspector = await inspect(client);
    client.start();
    await client.online();
    expect([observers(), isWatched(client)]).toEqual([0, false]);
    const pages = [await openPage(inspector), await openPage(inspector)];
    expect([observers(), isWatched(client)]).toEqual([1, true]);
    pages[0]?.close();
    pages[1]?.close();
    await expect.poll(() => [observers(), isWatched(client)], { interval: 1 }).toEqual([0, false]);
    await openPage(inspector);
    expect([observers(), isWatched(client)]).toEqual([1, true]);
    await inspector.close();
    expect([observers(), isWatched(client)]).toEqual([0, false]);
  });

  test('what happens is found in the history of the page after it, once', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const inspector = await inspect(client);
    const first = await openPage(inspector);
    client.start();
    await first.until(enters('linked.online.liveness.fresh'));
    first.close();
    await expect.poll(() => isWatched(client), { interval: 1 }).toBe(false);
    await client.stop();
    const second = await openPage(inspector);
    await second.until(enters('offline'));
    const way = second.entries().flatMap(wayOfClient);
    expect(way).toEqual([
      ...['resolving.recalling', 'resolving.asking', 'linked.connecting'],
      ...['linked.opening.awaitingHeader', 'linked.opening.awaitingFeatures', 'linked.authenticating'],
      ...['linked.restarting.awaitingHeader', 'linked.restarting.awaitingFeatures', 'linked.binding'],
      'linked.online.stability.settling+linked.online.liveness.fresh',
      ...['linked.closing', 'offline'],
    ]);
  });
});

describe('a page that does not read', () => {
  test('costs the client nothing, and hears afterwards how much it missed', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const inspector = await inspect(client, { history: 100 });
    const page = await openPage(inspector, { reads: false });
    client.start();
    await client.online();
    await receive(5000, 'x'.repeat(3000), server, client);
    expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
    await client.stop();
    page.response.resume();
    await page.until(enters('offline'));
    expect(page.dropped()).toBeGreaterThan(1000);
    expect(page.entries().length + page.dropped()).toBeGreaterThanOrEqual(page.entries().at(-1)?.seq ?? 0);
  });

  test('may go away in the middle of it', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const inspector = await inspect(client);
    const page = await openPage(inspector, { reads: false });
    const other = await openPage(inspector);
    client.start();
    await client.online();
    await receive(1000, 'x'.repeat(3000), server, client);
    page.close();
    await receive(1000, 'x', server, client);
    expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
    await client.stop();
    await other.until(enters('offline'));
  });
});

describe('a flood', () => {
  test('is shown in part, its states all, and the rest is counted', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const page = await openPage(await inspect(client));
    client.start();
    await client.online();
    await receive(20_000, 'x', server, client);
    await client.stop();
    await page.until(enters('offline'));
    const numbers = page.entries().map(({ seq }) => seq);
    expect(numbers.length + page.dropped()).toBeGreaterThanOrEqual(numbers.at(-1) ?? 0);
    expect(page.dropped()).toBeGreaterThan(10_000);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    expect(page.entries().flatMap(wayOfClient).slice(-2)).toEqual(['linked.closing', 'offline']);
  });
});

describe('a large stanza', () => {
  test('is shown by its beginning, and is there whole for who asks for it', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const client = makeClient({ limits: { maxElementBytes: 2_000_000 } });
    const inspector = await inspect(client);
    const page = await openPage(inspector);
    client.start();
    await client.online();
    const body = '\u{1f339}'.repeat(250_000);
    server.send(JULIET, messageWith(body));
    const line = await page.until(({ entries }) => entries().find(says('\u{1f339}')));
    const whole = `<message><body>${body}</body></message>`;
    expect(line).toMatchObject({ kind: 'stanza', length: whole.length, isSummary: false });
    expect(line.kind === 'stanza' && line.xml).toBe(whole.slice(0, 1999));
    const { pathname } = new URL(inspector.url);
    const answer = await ask(inspector.url, `${pathname}entries/${line.seq}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body === whole).toBe(true);
    const short = page.entries().find(({ kind }) => kind === 'transition');
    expect((await ask(inspector.url, `${pathname}entries/${short?.seq}`)).status).toBe(404);
  });
});

describe('the history', () => {
  test('is as long as it was asked to be; a new page gets that much', async () => {
    const { server, makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const inspector = await inspect(client, { history: 20 });
    const first = await openPage(inspector);
    client.start();
    await client.online();
    for (let count = 1; count <= 30; count += 1) {
      server.send(JULIET, messageWith(`line ${count}.`));
      await first.until(({ entries }) => entries().find(says(`line ${count}.`)));
    }
    const second = await openPage(inspector);
    await second.until(({ entries }) => entries().find(says('line 30.')));
    const [oldest] = second.entries();
    expect(second.entries()).toHaveLength(20);
    expect(second.entries()).toEqual(first.entries().filter(({ seq }) => seq >= (oldest?.seq ?? 0)));
    expect(second.dropped()).toBe(0);
  });
});

/** Resolves when the client has heard so many messages. */
function receive(count: number, body: string, server: Stage['server'], client: Client): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0;
    const stop = client.on('message', () => {
      heard += 1;
      if (heard < count) return;
      stop();
      resolve();
    });
    const message = messageWith(body);
    for (let sent = 0; sent < count; sent += 1) server.send(JULIET, message);
  });
}

function messageWith(body: string) {
  return element('{jabber:client}message', {}, element('body', {}, body));
}

function says(text: string) {
  return (entry: LogEntry): boolean => entry.kind === 'stanza' && entry.xml.includes(text);
}

/** A look for the moment when the client enters a state. */
function enters(state: string) {
  return ({ entries }: Page): LogEntry | undefined =>
    entries().findLast((entry) => wayOfClient(entry).some((path) => path.split('+').includes(state)));
}

function wayOfClient(entry: LogEntry): string[] {
  return entry.kind === 'transition' && entry.actorName === 'client' && entry.moved ? [entry.states.join('+')] : [];
}

/** How many observe the actors of a client. */
function countObservers({ actor: { system } }: Client): () => number {
  let count = 0;
  const { inspect } = system;
  system.inspect = (observer) => {
    const subscription = inspect(observer);
    count += 1;
    return {
      unsubscribe() {
        count -= 1;
        subscription.unsubscribe();
      },
    };
  };
  return () => count;
}

function isWatched({ actor }: Client): boolean {
  return actor.getSnapshot().context.settings.recorder?.isWatched === true;
}
