import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerTicketsWithRequest } from '../../src/actors/tls-request.ts';
import { type CertificateWithKey, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { createTestClock } from '../support/clock.ts';
import { closeServers, listenTls } from './tcp-servers.ts';

const REQUEST = 'GET /xmpp-websocket HTTP/1.1\r\nHost: example.org\r\n\r\n';
const BEGINNING = REQUEST.slice(0, -2);

/** A connection whose server does what the test says. */
class ScriptedSocket extends EventEmitter {
  readonly written: string[] = [];
  readonly #protocol: string;

  constructor(protocol = 'TLSv1.3') {
    super();
    this.#protocol = protocol;
  }

  write(text: string): boolean {
    this.written.push(text);
    return true;
  }

  getProtocol(): string {
    return this.#protocol;
  }

  setNoDelay(): void {}

  async ticket(): Promise<void> {
    this.emit('session', Buffer.alloc(0));
    await setImmediate();
  }
}

interface Situation {
  readonly protocol?: string;
  /** Milliseconds that it takes to connect. */
  readonly distance?: number;
  readonly texts?: readonly string[];
}

/** Somebody who asks as soon as the connection is dialled; the handshake comes behind. */
function ask({ protocol = 'TLSv1.3', distance = 1, texts = [REQUEST] }: Situation = {}) {
  const clock = createTestClock();
  const socket = new ScriptedSocket(protocol);
  const asking = answerTicketsWithRequest(socket as unknown as TLSSocket, clock);
  for (const text of texts) asking.write(text);
  clock.increment(30);
  socket.emit('lookup');
  clock.increment(distance);
  socket.emit('connect');
  clock.increment(distance);
  expect(socket.written).toEqual([]);
  socket.emit('secureConnect');
  return { socket, clock };
}

describe('a request over TLS 1.3 to a server nearby', () => {
  it('answers each of two tickets with one of its last characters', async () => {
    const { socket, clock } = ask();
    expect(socket.written).toEqual([BEGINNING]);
    await socket.ticket();
    expect(socket.written).toEqual([BEGINNING, '\r']);
    await socket.ticket();
    expect(socket.written).toEqual([BEGINNING, '\r', '\n']);
    expect(clock.timers()).toEqual([]);
    expect(socket.eventNames().filter((name) => name === 'session' || name === 'close')).toEqual([]);
  });

  it.each([0, 1])('goes out whole after 5 ms where %i tickets come', async (tickets) => {
    const { socket, clock } = ask();
    for (let ticket = 0; ticket < tickets; ticket += 1) await socket.ticket();
    clock.increment(4);
    expect(socket.written.join('')).not.toBe(REQUEST);
    clock.increment(1);
    expect(socket.written.join('')).toBe(REQUEST);
    expect(clock.timers()).toEqual([]);
  });

  it('answers no third ticket', async () => {
    const { socket } = ask();
    for (let ticket = 0; ticket < 3; ticket += 1) await socket.ticket();
    expect(socket.written.join('')).toBe(REQUEST);
  });

  it('answers two tickets that came together at once', async () => {
    const { socket, clock } = ask();
    socket.emit('session', Buffer.alloc(0));
    await socket.ticket();
    expect([socket.written, clock.timers()]).toEqual([[BEGINNING, '\r\n'], []]);
  });

  it('is not gone on with when the connection is lost', async () => {
    const { socket, clock } = ask();
    socket.emit('session', Buffer.alloc(0));
    socket.emit('close');
    await setImmediate();
    expect([socket.written, clock.timers()]).toEqual([[BEGINNING], []]);
  });
});

describe('goes out whole, and at once,', () => {
  it.each<[string, Situation]>([
    ['over TLS 1.2', { protocol: 'TLSv1.2' }],
    ['to a server to which 20 ms lead', { distance: 20 }],
    ['what does not end as a request does', { texts: ['POST / HTTP/1.1\r\n\r\nO Romeo'] }],
    ['a request in several parts', { texts: ['POST / HTTP/1.1\r\n', '\r\n\r\n'] }],
  ])('%s', async (_, situation) => {
    const { socket, clock } = ask(situation);
    expect(socket.written).toEqual(situation.texts ?? [REQUEST]);
    await socket.ticket();
    expect(socket.written).toEqual(situation.texts ?? [REQUEST]);
    expect(clock.timers()).toEqual([]);
  });

  it('what is said later', async () => {
    const { socket } = ask({ texts: [] });
    socket.write(REQUEST);
    expect(socket.written).toEqual([REQUEST]);
  });
});

describe('over a real connection', () => {
  let shown: CertificateWithKey;

  beforeAll(async () => {
    shown = await createSelfSignedCertificate({ domains: ['example.org'] });
  });

  afterEach(closeServers);

  it.each<SecureVersion>(['TLSv1.2', 'TLSv1.3'])(
    'with %s the server gets the request, and no more',
    async (version) => {
      const clock = createTestClock();
      const port = await listenTls(shown, (peer) => {
        let heard = '';
        peer.on('data', (bytes) => {
          heard += String(bytes);
          if (heard.endsWith('\r\n\r\n')) peer.end(heard);
        });
      });
      const { certificate: ca } = shown;
      const options = { port, host: '127.0.0.1', servername: 'example.org', ca, maxVersion: version };
      const socket = answerTicketsWithRequest(connect(options), clock);
      socket.write(REQUEST);
      const [answer] = await once(socket, 'data');
      expect([String(answer), socket.getProtocol()]).toEqual([REQUEST, version]);
      socket.destroy();
    },
  );
});
