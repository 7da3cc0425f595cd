import { once } from 'node:events';
import { createInspector, createWebSocketInspector, type StatelyInspectionEvent } from '@statelyai/inspect';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createActor, fromCallback, setup, waitFor } from 'xstate';
import { type CreateClientOptions, clientInput, clientMachine, createClient } from '../../src/node.ts';
import type { FastToken } from '../../src/sasl/index.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { formsOf } from '../machines/witness.ts';

/*
 * The inspector of Stately as people have it: the real package, given to a client, and all that it sends to its page.
 */

/** Nothing else contains these words, in any of the forms in which SASL sends them. */
const PASSWORD = 'correct-horse-battery-staple';
const WRONG = 'wrong-mule-battery-staple';
const JID = 'juliet@capulet.example';
const PATIENCE = { timeout: 15_000 };

let undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.toReversed()) await step();
  undo = [];
});

describe('an inspector of Stately that is given to a client', () => {
  it('sees its chart, its actors, its events and its states', async () => {
    const events: StatelyInspectionEvent[] = [];
    const { inspect } = createInspector({ send: (event) => void events.push(event) });
    const { connect } = await serve({});
    await live({ memory: connect, inspect });
    await expect.poll(() => statesOf(events).at(-1), PATIENCE).toEqual('offline');
    const actors = events.flatMap((event) => (event.type === '@xstate.actor' ? [event] : []));
    const inSession = ['session', 'outbox', 'iq', 'router'];
    const inLogin = ['recall', 'resolve', 'transport', 'authentication', 'exchange'];
    expect(actors.map(({ name }) => name)).toEqual(['client', ...inSession, ...inLogin]);
    expect(JSON.parse(actors[0]?.definition ?? '')).toHaveProperty('states.linked.states.authenticating');
    expect(events.map((event) => 'event' in event && event.event.type)).toContain('sasl.authenticate');
    expect(statesOf(events)).toEqual(
      expect.arrayContaining([
        { linked: 'authenticating' },
        { linked: { online: { liveness: 'fresh', stability: 'settling' } } },
        { linked: 'closing' },
      ]),
    );
  });

  it('sees it also as a part of the application, whose machine it is invoked by', async () => {
    const { inspect, hasSeen, leaks } = await openPage();
    const { connect } = await serve({});
    const app = setup({ actors: { xmpp: clientMachine } }).createMachine({
      id: 'app',
      context: { account: clientInput({ jid: JID, password: PASSWORD, memory: connect }) },
      initial: 'away',
      invoke: { id: 'xmpp', src: 'xmpp', input: ({ context }) => context.account },
      states: { away: { on: { 'xmpp.online': 'here' } }, here: {} },
    });
    const actor = createActor(app, { inspect }).start();
    await waitFor(actor, (snapshot) => snapshot.matches('here'));
    actor.stop();
    await hasSeen('"name":"app"', '"name":"xmpp"', '"type":"sasl.authenticate"', '"value":"here"');
    expect(leaks(PASSWORD)).toEqual([]);
  });
});

describe('what it sends to its page', () => {
  const mechanisms = ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
  const logins = mechanisms.flatMap((mechanism) => [false, true].map((sasl2) => ({ mechanism, sasl2 })));

  it.each(logins)('has no password in it: $mechanism, SASL2 $sasl2', async ({ mechanism, sasl2 }) => {
    const { inspect, hasSeen, leaks } = await openPage();
    const { connect } = await serve({ sasl2 });
    await live({ memory: connect, mechanisms: [mechanism], inspect });
    await hasSeen('"type":"sasl.authenticate"', `"mechanism":"${mechanism}"`, '"value":{"linked":"closing"}');
    expect(leaks(PASSWORD)).toEqual([]);
  });

  it.each(mechanisms)('has no password in it that was refused: %s', async (mechanism) => {
    const { inspect, hasSeen, leaks } = await openPage();
    const { connect } = await serve({});
    await live({ memory: connect, mechanisms: [mechanism], password: WRONG, inspect });
    await hasSeen('"type":"sasl.authenticate"', '"condition":"not-authorized"', '"failed"');
    expect(leaks(WRONG)).toEqual([]);
  });

  it('has no token for fast logins in it (XEP-0484), when it is given and when it is used', async () => {
    const { websocketUrl, ca } = await serve({ sasl2: true, listen: true, websocket: true });
    const tokens = new Map<string, FastToken>();
    const found: string[] = [];
    for (const mechanism of ['SCRAM-SHA-512', 'HT-SHA-256-NONE']) {
      const { inspect, hasSeen, leaks } = await openPage();
      await live({ websocket: websocketUrl, tls: { ca }, tokens, inspect });
      await hasSeen(`"mechanism":"${mechanism}"`, '"value":{"linked":"closing"}');
      found.push(...leaks(PASSWORD, tokens.get(JID)?.token ?? 'no token was given'));
    }
    expect([tokens.size, found]).toEqual([1, []]);
  });

  it('would have a secret in it that is anywhere in an event or a context, in any of its forms', async () => {
    const bytes = new TextEncoder().encode(`\0juliet\0${PASSWORD}`);
    const base64 = Buffer.from(bytes).toString('base64');
    for (const secret of [PASSWORD, bytes, [...bytes], base64, { deep: { bytes } }]) {
      const { inspect, hasSeen, leaks } = await openPage();
      const listener = fromCallback<{ type: string; secret: unknown }>(() => {});
      const actor = createActor(listener, { inspect }).start();
      actor.send({ type: 'told', secret });
      actor.stop();
      await hasSeen('"type":"told"');
      expect([secret, leaks(PASSWORD).length > 0]).toEqual([secret, true]);
      expect(leaks(WRONG)).toEqual([]);
    }
  });
});

/** A page as that of Stately, which hears everything from a WebSocket. */
async function openPage() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const texts: string[] = [];
  server.on('connection', (socket) => socket.on('message', (data) => texts.push(String(data))));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The page got no port');
  const inspector = createWebSocketInspector({ url: `ws://127.0.0.1:${address.port}` });
  undo.push(async () => {
    inspector.stop();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    inspect: inspector.inspect,
    hasSeen: async (...parts: string[]) => {
      for (const part of parts) await expect.poll(() => texts.join('\n'), PATIENCE).toContain(part);
    },
    /** What it was sent that has one of these secrets in it. */
    leaks(...secrets: string[]): string[] {
      const forms = secrets.flatMap(formsOf);
      return texts.filter((text) => [text, bytesIn(text)].some((shown) => forms.some((form) => shown.includes(form))));
    },
  };
}

/** What the bytes in a JSON text say: an array of numbers, or an object with a number for each index. */
function bytesIn(json: string): string {
  const found: string[] = [];
  JSON.parse(json, (_, value: unknown) => {
    const numbers = Object.values(Object(value)).map(Number);
    if (typeof value === 'object' && numbers.every((number) => number < 256))
      found.push(String.fromCharCode(...numbers));
    return value;
  });
  return found.join('\n');
}

async function serve(options: Partial<ServerOptions>): Promise<Server> {
  const accounts = { juliet: PASSWORD };
  const server = await startServer({ domain: 'capulet.example', accounts, listen: false, ...options });
  undo.push(() => server.stop());
  return server;
}

/** The whole life of a client, also of one that is refused. */
async function live(options: Partial<CreateClientOptions>): Promise<void> {
  const client = createClient({ jid: JID, password: PASSWORD, ...options });
  client.start();
  await client.online().catch(() => {});
  await client.stop();
}

/** The states of the root actor, in order. */
function statesOf(events: readonly StatelyInspectionEvent[]): unknown[] {
  const root = events[0]?.sessionId;
  const snapshots = events.flatMap((event) => (event.type === '@xstate.snapshot' ? [event] : []));
  return snapshots.filter(({ sessionId }) => sessionId === root).map(({ snapshot }) => Reflect.get(snapshot, 'value'));
}
