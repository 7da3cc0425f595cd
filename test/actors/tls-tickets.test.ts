import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerTickets } from '../../src/actors/tls-tickets.ts';
import { buildHeader } from '../../src/stream/index.ts';
import { type CertificateWithKey, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { closeServers, dial, listenTls } from './tcp-servers.ts';

const HEADER = buildHeader({ to: 'example.org', from: 'juliet@example.org', lang: 'en' });
const AUTH = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AGp1bGlldAByMG0zMA==</auth>';
/** Servers on OpenSSL send as many as that when the handshake is done, before anything else. */
const TICKETS = 2;

let shown: CertificateWithKey;

beforeAll(async () => {
  shown = await createSelfSignedCertificate({ domains: ['example.org'] });
});

afterEach(closeServers);

/** A connection without the transport, and what the server hears on it until it ends. */
async function connection() {
  const peers: TLSSocket[] = [];
  const port = await listenTls(shown, (peer) => void peers.push(peer));
  const socket = connect({ port, host: '127.0.0.1', servername: 'example.org', ca: shown.certificate });
  const note = answerTickets(socket);
  const tickets = collected(socket, TICKETS);
  await once(socket, 'secureConnect');
  while (peers.length === 0) await setImmediate();
  const [peer] = peers;
  if (!peer) throw new Error('Nobody came');
  let heard = '';
  peer.on('data', (bytes) => {
    heard += String(bytes);
  });
  return {
    socket,
    peer,
    tickets,
    say(text: string): void {
      note(text);
      socket.write(text);
    },
    async ended(): Promise<string> {
      // Whatever a ticket causes has been done by then.
      await setImmediate();
      socket.end();
      await once(peer, 'end');
      return heard;
    },
  };
}

describe('a session ticket', () => {
  it('is answered with a space while the server has our stream header and nothing else', async () => {
    const { say, tickets, ended } = await connection();
    say(HEADER);
    await tickets;
    // One, or two where the tickets came apart.
    expect((await ended()).replace(/ {1,2}$/, '[white space]')).toBe(`${HEADER}[white space]`);
  });

  it('is answered by the connection that a client dials', async () => {
    const port = await listenTls(shown, (peer) => {
      let heard = '';
      peer.on('data', (bytes) => {
        heard += String(bytes);
        if (heard.endsWith(`${HEADER} `)) peer.write('thanks');
      });
    });
    const { wire, until } = dial(port, {}, { tls: { ca: shown.certificate } });
    await until('secured');
    wire.write(HEADER);
    await until('received thanks');
  });

  it.each([
    ['with the header', [HEADER + AUTH]],
    ['after the header', [HEADER, AUTH]],
    ['without a header', [AUTH]],
  ])('is not answered while a login is on its way %s: no white space is allowed then', async (_title, texts) => {
    const { say, tickets, ended } = await connection();
    for (const text of texts) say(text);
    await tickets;
    expect(await ended()).toBe(texts.join(''));
  });

  it('is not answered by a client that has said nothing', async () => {
    const { tickets, ended } = await connection();
    await tickets;
    expect(await ended()).toBe('');
  });

  it('is not answered once the server has answered the header', async () => {
    const { say, socket, peer, tickets, ended } = await connection();
    await tickets;
    say(HEADER);
    peer.write('<stream:features/>');
    await once(socket, 'data');
    socket.emit('session', Buffer.alloc(0));
    expect(await ended()).toBe(HEADER);
  });

  it('is not answered on a connection that was ended', async () => {
    const { say, socket, tickets, ended } = await connection();
    await tickets;
    say(HEADER);
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    socket.emit('session', Buffer.alloc(0));
    socket.end();
    expect([await ended(), errors]).toEqual([HEADER, []]);
  });
});

/** Resolves when so many tickets have come, and what they cause has been done. */
async function collected(socket: TLSSocket, count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    let left = count;
    socket.on('session', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  await setImmediate();
}
