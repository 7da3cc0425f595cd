// The scripted server's process: XMPP over TCP and over WebSocket on loopback, without TLS. Its own process, so that
// what it does is not counted. Commands come from the process that forked it: see `control.ts`.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import process from 'node:process';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Command, Report } from './control.ts';
import { createScript, type ScriptedWire } from './script.ts';
import { type StanzaKind, stanzaText, VARIANTS } from './stanzas.ts';

/** One logged-in peer, in the order of logging in. */
interface Session {
  readonly transport: 'tcp' | 'ws';
  readonly socket: Socket;
}

const BLOCK_BYTES = 16_384;
const sessions: Session[] = [];
const blocks = new Map<string, readonly Buffer[]>();
let expected = Number.POSITIVE_INFINITY;

process.on('message', (command: Command) => {
  if ('flood' in command) return flood(command.kind, command.flood, command.session);
  expected = command.expect;
  report({ counting: true });
  return undefined;
});
process.on('disconnect', () => process.exit());

const tcp = createServer({ noDelay: true }, acceptTcp).listen(0, '127.0.0.1');
const ws = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'xmpp' });
ws.on('connection', (socket, request) => acceptWebSocket(socket, request.socket));
await Promise.all([once(tcp, 'listening'), once(ws, 'listening')]);
report({ tcp: (tcp.address() as AddressInfo).port, ws: (ws.address() as AddressInfo).port });

function acceptTcp(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  const script = createScript({
    ...wireOf('tcp', socket),
    send: (texts) => socket.write(texts.join('')),
    closed: () => socket.end('</stream:stream>'),
  });
  socket.setEncoding('utf8').on('data', script);
}

function acceptWebSocket(webSocket: WebSocket, socket: Socket): void {
  webSocket.on('error', () => socket.destroy());
  const script = createScript({
    ...wireOf('ws', socket),
    send: (texts) => {
      for (const text of texts) webSocket.send(text);
    },
    closed: () => {
      webSocket.send('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
      webSocket.close();
    },
  });
  webSocket.on('message', (data) => script(String(data)));
}

function wireOf(transport: 'tcp' | 'ws', socket: Socket): Pick<ScriptedWire, 'transport' | 'online' | 'messages'> {
  return {
    transport,
    online: () => {
      sessions.push({ transport, socket });
    },
    messages: (count) => {
      expected -= count;
      if (expected > 0) return;
      expected = Number.POSITIVE_INFINITY;
      report({ counted: true });
    },
  };
}

/** Sends `count` stanzas as fast as the peer takes them, in blocks made beforehand. */
async function flood(kind: StanzaKind, count: number, session: number): Promise<void> {
  const target = sessions[session];
  if (!target) throw new Error(`nobody has logged in as number ${session}`);
  const stanzas = stanzasFor(kind, target.transport);
  for (let sent = 0; sent < count; ) {
    const first = sent % stanzas.length;
    const block = stanzas.slice(first, first + Math.min(stanzasPerBlock(kind), count - sent));
    sent += block.length;
    if (!target.socket.write(Buffer.concat(block))) await once(target.socket, 'drain');
  }
}

function stanzasPerBlock(kind: StanzaKind): number {
  return kind === 'small' ? Math.floor(BLOCK_BYTES / 250) : 1;
}

function stanzasFor(kind: StanzaKind, transport: 'tcp' | 'ws'): readonly Buffer[] {
  const key = `${kind} ${transport}`;
  const made = blocks.get(key);
  if (made) return made;
  const texts = Array.from({ length: VARIANTS[kind] }, (_, variant) => stanzaText(kind, variant, transport));
  const stanzas = texts.map((text) => (transport === 'ws' ? frame(text) : Buffer.from(text)));
  blocks.set(key, stanzas);
  return stanzas;
}

/** An unmasked text frame of less than 64 KiB (RFC 6455 §5.2). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = payload.length < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
  header[0] = 0x81;
  if (header.length === 2) header[1] = payload.length;
  else {
    header[1] = 126;
    header.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([header, payload]);
}

function report(message: Report): void {
  process.send?.(message);
}
