// A peer that floods, in a process of its own: lets anyone in over TCP, TLS and WebSocket on loopback, and sends what it is told
// to as fast as it is taken. Says where it is, and ends with its parent.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
import { createServer as createTlsServer } from 'node:tls';
import { WebSocketServer } from 'ws';
import { createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import type { FloodPlace } from '../flood-report.ts';
import { createScript } from './script.ts';

/** Stanzas that are written at once. */
const BLOCK = 64;

/** Sends these texts in one piece; over WebSocket each is a message. */
type Send = (texts: readonly string[]) => void;

let flooded: { readonly socket: Socket; readonly send: Send; readonly namespace: string } | undefined;

process.on('message', (count: number) => void flood(count));
process.on('disconnect', () => process.exit());

const issued = await createSelfSignedCertificate({ domains: ['capulet.example'] });
const tls = { key: issued.key, cert: issued.certificate, ALPNProtocols: ['xmpp-client'] };
const ws = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'xmpp' });
ws.on('connection', (webSocket, { socket }) => {
  const send: Send = (texts) => {
    socket.cork();
    for (const text of texts) webSocket.send(text);
    socket.uncork();
  };
  const script = serve('ws', socket, send, () => webSocket.close());
  webSocket.on('message', (data) => script(String(data)));
});
await once(ws, 'listening');
const place: FloodPlace = {
  tcp: await listen(createServer({ noDelay: true }, acceptTcp)),
  tls: await listen(createTlsServer(tls, acceptTcp)),
  ws: (ws.address() as AddressInfo).port,
  ca: issued.certificate,
};
process.send?.(place);

function acceptTcp(socket: Socket): void {
  const script = serve(
    'tcp',
    socket,
    (texts) => socket.write(texts.join('')),
    () => socket.end('</stream:stream>'),
  );
  socket.setEncoding('utf8').on('data', script);
}

function serve(transport: 'tcp' | 'ws', socket: Socket, send: Send, closed: () => void): (text: string) => void {
  socket.on('error', () => socket.destroy());
  const namespace = transport === 'ws' ? ' xmlns="jabber:client"' : '';
  const online = () => {
    flooded = { socket, send, namespace };
  };
  return createScript({ transport, send, online, messages: () => {}, closed });
}

/** Each message has the next number for an id. */
async function flood(count: number): Promise<void> {
  if (!flooded) throw new Error('nobody has logged in');
  const { socket, send, namespace } = flooded;
  for (let sent = 0; sent < count; sent += BLOCK) {
    const size = Math.min(BLOCK, count - sent);
    send(Array.from({ length: size }, (_, index) => messageText(sent + index, namespace)));
    if (socket.writableNeedDrain) await once(socket, 'drain');
  }
}

function messageText(number: number, namespace: string): string {
  return (
    `<message${namespace} from="romeo@montague.example/orchard" to="juliet@capulet.example/balcony" type="chat" ` +
    `id="${number}"><body>But, soft! What light through yonder window breaks? It is the east, and Juliet is the sun.</body></message>`
  );
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
