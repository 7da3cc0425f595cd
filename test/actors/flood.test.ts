import { describe, expect, it, onTestFinished } from 'vitest';
import type { Client, CreateClientOptions } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, wayTo } from '../support/client-stage.ts';
import { logIn } from '../support/scripted-login.ts';

const MESSAGES = 100_000;
/** How many are written at once. */
const BLOCK = 1000;

const stage = stageClients();

const WAYS = ['memory', 'TCP', 'direct TLS', 'WebSocket'] as const;

describe.each(WAYS)('over %s, a peer that floods', (way) => {
  it('has all its messages heard, in order, and everybody else has a turn after each hundred of them', async () => {
    const server = await startServerFor(way);
    const client = stage.make(optionsFor(server, way));
    client.use(messageProtocol());
    const { peer } = await logIn(client, server);
    const flood = hear(client);
    let most = 0;
    let seen = 0;
    const work = (): void => {
      most = Math.max(most, flood.heard - seen);
      seen = flood.heard;
      if (flood.heard < MESSAGES) setImmediate(work);
    };
    setImmediate(work);
    void send(peer, way === 'WebSocket');
    await flood.over;
    expect({ strayed: flood.strayed, most }).toEqual({ strayed: [], most: 100 });
  });
});

async function startServerFor(way: (typeof WAYS)[number]): Promise<ScriptedServer> {
  const server = await startScriptedServer({
    domain: 'capulet.example',
    tls: way !== 'TCP',
    websocket: way === 'WebSocket',
  });
  onTestFinished(() => server.stop());
  return server;
}

function optionsFor(server: ScriptedServer, way: (typeof WAYS)[number]): Partial<CreateClientOptions> {
  if (way === 'TCP') return { host: '127.0.0.1', port: server.port, insecure: true, mechanisms: ['PLAIN'] };
  return way === 'WebSocket' ? { websocket: server.websocketUrl, tls: { ca: server.ca } } : wayTo(server, way);
}

/** Counts the messages, each of which has its number for an id. */
function hear(client: Client) {
  const flood = { heard: 0, strayed: [] as string[], over: Promise.resolve() };
  flood.over = new Promise((resolve) => {
    client.on('message', ({ message }) => {
      if (message.id !== String(flood.heard)) flood.strayed.push(String(message.id));
      flood.heard += 1;
      if (flood.heard === MESSAGES) resolve();
    });
  });
  return flood;
}

/** In blocks, so that the peer itself takes no turn for longer than it must. */
async function send(peer: { sends(text: string): PromiseLike<unknown> }, eachIsMessage: boolean): Promise<void> {
  for (let first = 0; first < MESSAGES; first += BLOCK) {
    const texts = Array.from({ length: BLOCK }, (_, index) => messageText(first + index));
    for (const text of eachIsMessage ? texts : [texts.join('')]) await peer.sends(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function messageText(number: number): string {
  return `<message xmlns='jabber:client' from='romeo@montague.example/orchard' type='chat' id='${number}'><body>Hark</body></message>`;
}
