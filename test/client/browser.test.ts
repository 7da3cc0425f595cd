import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as browser from '../../src/browser.ts';
import * as node from '../../src/node.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { factsOf, rejectionOf } from '../support/when.ts';

const { make } = stageClients(browser.clientMachine);

let server: Server;
let opened: WebSocket[];
beforeEach(async () => {
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' }, websocket: true });
  opened = [];
  // Whom to trust is the business of a browser, and of no interest here.
  vi.stubGlobal(
    'WebSocket',
    class extends WebSocket {
      constructor(url: string | URL, protocols: string) {
        super(url, protocols, { rejectUnauthorized: false });
        opened.push(this);
      }
    },
  );
  vi.stubGlobal('fetch', answerWith({ links: [{ rel: RELATION, href: server.websocketUrl }] }));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.stop();
});

const RELATION = 'urn:xmpp:alt-connections:websocket';

describe('a client for browsers', () => {
  it('has the door that a client for Node has, name by name, types too, but for files', () => {
    const files = ['fileSessionStore'];
    expect([...Object.keys(browser), ...files].toSorted()).toEqual(Object.keys(node).toSorted());
    expect([...namesIn('src/browser.ts'), ...files].toSorted()).toEqual(namesIn('src/node.ts').toSorted());
  });

  it('logs in through the WebSocket of the platform, and leaves it closed', async () => {
    const client = make({ websocket: server.websocketUrl });
    client.start();
    expect((await client.online()).bare).toBe('juliet@capulet.example');
    expect(await client.use(pingProtocol()).ping()).toBe(0);
    await client.stop();
    await expect.poll(() => opened.map(({ readyState }) => readyState)).toEqual([WebSocket.CLOSED]);
  });

  it('finds the WebSocket of a domain in its host-meta (XEP-0156), for a browser has no DNS', async () => {
    const client = make({});
    client.start();
    await client.online();
    expect(client.actor.getSnapshot().context.candidates).toMatchObject([
      { url: server.websocketUrl, reason: 'host-meta https://capulet.example/.well-known/host-meta.json' },
    ]);
  });

  it('does one thing and logs out', async () => {
    const options = { jid: 'juliet@capulet.example', password: 'secret', websocket: server.websocketUrl };
    expect(await browser.withClient(options, ({ jid }) => jid.bare)).toBe('juliet@capulet.example');
    expect(() => browser.createClient({ ...options, jid: '' })).toThrow(browser.JidError);
  });

  const websocket = 'wss://capulet.example/ws';
  it.each([
    ['memory', { memory: () => ({ write() {}, end() {} }) }],
    ['host', { host: '127.0.0.1' }],
    ['host', { host: '127.0.0.1', insecure: true }],
    ['port', { port: 5222 }],
    ['tls.ca', { websocket, tls: { ca: 'PEM' } }],
    ['tls.minVersion', { websocket, tls: { minVersion: 'TLSv1.3' } }],
    ['tls.clientCertificate', { websocket, tls: { clientCertificate: { certificate: 'PEM', key: 'PEM' } } }],
    ['tls.fingerprints', { websocket, tls: { fingerprints: ['0'.repeat(64)] } }],
    ['tls.fingerprints', { tls: { fingerprints: ['0'.repeat(64)] } }],
    ['tls.dangerouslyTrustAnyCertificate', { websocket, tls: { dangerouslyTrustAnyCertificate: true } }],
  ] as const)('refuses %s, over which a page has no power, instead of passing over it', async (option, options) => {
    const client = make(options);
    const online = rejectionOf(client.online());
    client.start();
    expect(factsOf(await online)).toEqual({
      name: 'OptionError',
      code: 'option/invalid',
      phase: 'linked.connecting',
      endpoint: expect.any(String),
      hint: 'Browsers have WebSockets only, and do TLS by themselves: name a `websocket`, or let host-meta of the domain name it.',
    });
    expect(await rejectionOf(client.online())).toHaveProperty(
      'message',
      `A page cannot do what the option \`${option}\` asks for`,
    );
    expect(stateOf(client)).toBe('failed.terminal');
    expect(opened).toEqual([]);
  });
});

/** All that a door lists. */
function namesIn(door: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../..', door), 'utf8');
  return [...text.matchAll(/export \{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.match(/\w+(?=,| )/g) ?? [])
    .toSorted();
}

/** A `fetch` that finds this document wherever it looks. */
function answerWith(document: object): typeof fetch {
  return async () => new Response(JSON.stringify(document));
}
