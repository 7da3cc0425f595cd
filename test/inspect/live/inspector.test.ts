import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { inspectClient } from '../../../src/inspect/live/index.ts';
import { clientFor, clientInput, clientMachine, element } from '../../../src/node.ts';
import type { startServer } from '../../../src/testing/index.ts';
import { factsOf, rejectionOf } from '../../support/when.ts';
import { ask, type Page } from './page.ts';
import { openStage, PASSWORD } from './stage.ts';

const { stage } = openStage();

describe('the port', () => {
  test('that is in use is named, with what to do', async () => {
    const { makeClient, inspect } = await stage();
    const client = makeClient();
    const { url } = await inspect(client);
    const port = Number(new URL(url).port);
    const error = await rejectionOf(inspectClient(client, { port }));
    expect(factsOf(error)).toEqual({
      name: 'OptionError',
      code: 'option/invalid',
      phase: undefined,
      endpoint: undefined,
      hint: 'Choose another one, or none: then a free one is taken.',
    });
    expect(error).toMatchObject({
      message: `Port ${port} of 127.0.0.1 is in use: another program listens there, or another inspector`,
    });
  });

  test('can be chosen, and is free again afterwards', async () => {
    const { makeClient, inspect } = await stage();
    const client = makeClient();
    const inspector = await inspect(client);
    const port = Number(new URL(inspector.url).port);
    await Promise.all([inspector.close(), inspector.close()]);
    const second = await inspect(client, { port });
    expect(new URL(second.url).port).toBe(String(port));
    await second.close();
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve, reject) => server.on('listening', resolve).on('error', reject));
    server.close();
  });

  test('must be one, as other options must be what they are', async () => {
    const { makeClient } = await stage();
    const client = makeClient();
    const wrong = [{ port: -1 }, { port: 65_536 }, { port: 1.5 }, { history: 0 }, { history: Number.NaN }];
    const errors = await Promise.all(wrong.map((options) => rejectionOf(inspectClient(client, options))));
    expect(errors.map((error) => (error instanceof Error ? error.message : error))).toEqual([
      'Expected `port`, an integer from 0 to 65535, got -1',
      'Expected `port`, an integer from 0 to 65535, got 65536',
      'Expected `port`, an integer from 0 to 65535, got 1.5',
      'Expected `history`, an integer from 1 to 1000000, got 0',
      'Expected `history`, an integer from 1 to 1000000, got NaN',
    ]);
  });
});

describe('an inspector that is closed', () => {
  test('ends its pages, answers nobody, and leaves the client alone', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const inspector = await inspect(client);
    const page = await openPage(inspector);
    client.start();
    await client.online();
    const ended = new Promise((resolve) => page.response.on('close', resolve));
    await inspector.close();
    await ended;
    expect(await rejectionOf(ask(inspector.url, '/'))).toMatchObject({ code: 'ECONNREFUSED' });
    expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
  });
});

describe('several clients', () => {
  test('come and go on one page, each with a name', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const juliet = makeClient();
    const romeo = makeClient({ jid: 'romeo@capulet.example' });
    const inspector = await inspect([juliet]);
    const page = await openPage(inspector);
    const remove = inspector.add(romeo, 'The lover');
    expect(inspector.add(romeo, 'Again')).toBeTypeOf('function');
    for (const client of [juliet, romeo]) client.start();
    await Promise.all([juliet.online(), romeo.online()]);
    const ids = [juliet, romeo].map(({ actor }) => actor.sessionId);
    const isOnline = ({ messages }: Page, id: string | undefined): boolean =>
      messages.some(
        (message) =>
          message.type === 'actors' && message.client === id && message.explanation.state === 'linked.online',
      );
    await page.until((p) => ids.every((id) => isOnline(p, id)) || undefined);
    remove();
    remove();
    await page.until(({ messages }) => messages.filter(({ type }) => type === 'clients').length > 2 || undefined);
    expect(page.messages.filter(({ type }) => type === 'clients')).toEqual([
      { type: 'clients', clients: [{ id: ids[0], name: 'juliet@capulet.example' }] },
      {
        type: 'clients',
        clients: [
          { id: ids[0], name: 'juliet@capulet.example' },
          { id: ids[1], name: 'The lover' },
        ],
      },
      { type: 'clients', clients: [{ id: ids[0], name: 'juliet@capulet.example' }] },
    ]);
    expect(new Set(page.entries().map(({ client }) => client))).toEqual(new Set(ids));
  });

  test('a single one can be given a name', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    const page = await openPage(await inspect(client, { name: 'The beloved' }));
    const first = await page.until(({ messages }) => messages[0]);
    expect(first).toEqual({ type: 'clients', clients: [{ id: client.actor.sessionId, name: 'The beloved' }] });
  });
});

describe('a client within a machine of an application', () => {
  test('is shown with what is below it, and nothing else of that machine', async () => {
    const { server, inspect, openPage } = await stage();
    const app = setup({ actors: { client: clientMachine } }).createMachine({
      id: 'app',
      initial: 'running',
      states: { running: { on: { 'xmpp.*': { actions: () => {} } } } },
      invoke: [
        { id: 'one', src: 'client', input: inputOf('juliet', server.connect) },
        { id: 'two', src: 'client', input: inputOf('romeo', server.connect) },
      ],
    });
    const actor = createActor(app).start();
    const { one } = actor.getSnapshot().children;
    if (!one) throw new Error('Expected a client');
    const client = clientFor(one);
    const page = await openPage(await inspect(client));
    client.start();
    await client.online();
    const actors = await page.until(({ messages }) =>
      messages.flatMap((m) => (m.type === 'actors' && m.explanation.state === 'linked.online' ? [m.actors] : [])).at(0),
    );
    expect(actors.map(({ name, parent }) => [name, parent])).toEqual([
      ['client', undefined],
      ...['session', 'outbox', 'iq', 'router', 'transport', 'authentication'].map((name) => [name, expect.any(String)]),
    ]);
    const known = new Set(page.messages.flatMap((m) => (m.type === 'actors' ? m.actors.map(({ id }) => id) : [])));
    expect(page.entries().filter(({ actorName }) => actorName === 'app' || actorName === 'two')).toEqual([]);
    expect(known.has(actor.sessionId)).toBe(false);
    actor.stop();
  });
});

describe('a client without a recorder', () => {
  test('is shown without its stanzas, and the log says why', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient({ recorder: false });
    const page = await openPage(await inspect(client));
    client.start();
    await client.online();
    await page.until(({ messages }) =>
      messages.find((m) => m.type === 'actors' && m.explanation.state === 'linked.online'),
    );
    const kinds = page.entries().map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['error', 'transition', 'event']));
    expect(page.entries()[0]).toMatchObject({
      kind: 'error',
      code: 'option/invalid',
      message:
        'Stanzas cannot be shown: option/invalid: Expected a client with a recorder, got one that was made with `recorder: false`',
    });
  });
});

describe('what fails', () => {
  test('has lines of its own, with what to do', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient({ password: 'wrong' });
    const page = await openPage(await inspect(client));
    client.start();
    const line = await page.until(({ entries }) => entries().find(({ kind }) => kind === 'error'));
    expect(line).toMatchObject({
      kind: 'error',
      actorName: 'client',
      code: 'sasl/not-authorized',
      message: 'The server refused the authentication with not-authorized: "invalid proof"',
      hint: 'Check the username and password of juliet@capulet.example.',
    });
  });

  test('says what became of a stanza, and points to its line', async () => {
    const { server, makeClient, inspect, openPage } = await stage({ streamManagement: true });
    const client = makeClient();
    const page = await openPage(await inspect(client));
    const message = element('{jabber:client}message', { to: 'romeo@capulet.example' }, element('body', {}, 'Anon!'));
    const delivery = client.send(message);
    client.start();
    await delivery.settled();
    expect(server.sessions()).toHaveLength(1);
    await page.until(({ entries }) => entries().find((e) => e.kind === 'delivery' && e.state === 'acknowledged'));
    const sent = page.entries().find((e) => e.kind === 'stanza' && e.xml.includes('Anon!'));
    const fate = page
      .entries()
      .flatMap((e) => (e.kind === 'delivery' && tellsOf(e.of, sent?.seq) ? [[e.state, e.of]] : []));
    expect(fate).toContainEqual(['written', sent?.seq]);
    expect(fate).toContainEqual(['acknowledged', sent?.seq]);
  });
});

function tellsOf(of: number | undefined, seq: number | undefined): boolean {
  return of === undefined || of === seq;
}

function inputOf(localpart: string, memory: Awaited<ReturnType<typeof startServer>>['connect']) {
  return () =>
    clientInput({ jid: `${localpart}@capulet.example/here`, password: PASSWORD, memory, startsAtOnce: false });
}
