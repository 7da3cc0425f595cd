import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { XmppServer } from './server.ts';

/** What a test may choose of a connection. */
export interface RawOptions {
  /** Where to log in; the server's domain. */
  readonly domain?: string;
  /** For the TLS handshake: a client certificate, versions. */
  readonly tls?: Pick<ConnectionOptions, 'cert' | 'key' | 'minVersion' | 'maxVersion'>;
}

/** A connection without a client: texts go out and come in, and it is for the test to know what they mean. */
export interface RawStream {
  /** Undefined before TLS, and where a WebSocket hides it. */
  readonly tls: TLSSocket | undefined;
  write(text: string): void;
  /** Text up to the first match, the match included. Rejects when the connection ends first. */
  until(end: string | RegExp): Promise<string>;
  /** Says the stream header (again), and waits for the features. */
  open(): Promise<string>;
  /** The same stream, whose header goes out in one flight with what is written next. */
  flight(): RawStream;
  destroy(): void;
}

/** A stream on the plain port, before TLS. */
export async function openPlain(server: XmppServer, options: RawOptions = {}): Promise<RawStream> {
  const socket = connect(server.ports.startTls, server.host);
  await once(socket, 'connect');
  return fromSocket(socket, undefined, options.domain ?? server.domain);
}

/** A stream with STARTTLS behind it. */
export async function openStartTls(server: XmppServer, options: RawOptions = {}): Promise<RawStream> {
  const socket = connect(server.ports.startTls, server.host);
  const plain = fromSocket(socket, undefined, options.domain ?? server.domain);
  await plain.open();
  plain.write('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
  await plain.until(/<proceed[^>]*>/);
  socket.removeAllListeners();
  return handshake(server, options, { socket });
}

/** A stream on the port for TLS. */
export function openDirectTls(server: XmppServer, options: RawOptions = {}): Promise<RawStream> {
  return handshake(server, options, { host: server.host, port: server.ports.directTls });
}

/** A stream in a WebSocket (RFC 7395), over TLS or not. */
export async function openWebSocket(
  server: XmppServer,
  { domain = server.domain, tls = {}, secure }: RawOptions & { readonly secure: boolean },
): Promise<RawStream> {
  const url = secure ? `wss://${server.host}:${server.ports.https}` : `ws://${server.host}:${server.ports.http}`;
  const socket = new WebSocket(url + server.webSocketPath, 'xmpp', {
    createConnection: secure
      ? () =>
          connectTls({ host: server.host, port: server.ports.https, ca: server.authority, servername: domain, ...tls })
      : () => connect(server.ports.http, server.host),
  });
  const received = new Received();
  socket.on('message', (data) => received.add(data.toString()));
  socket.on('close', () => received.end());
  await once(socket, 'open');
  return rawStream(received, {
    tls: undefined,
    write: (text) => socket.send(text),
    header: `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="${domain}" version="1.0"/>`,
    destroy: () => socket.terminate(),
  });
}

/** The names in the first list of mechanisms, sorted. */
export function mechanismsIn(features: string): string[] {
  const list = /<mechanisms.*?<\/mechanisms>/s.exec(features)?.[0] ?? '';
  return [...list.matchAll(/<mechanism>(.*?)<\/mechanism>/g)].map(([, name = '']) => name).sort();
}

async function handshake(server: XmppServer, options: RawOptions, to: ConnectionOptions): Promise<RawStream> {
  const domain = options.domain ?? server.domain;
  const socket = connectTls({ ...to, ...options.tls, ca: server.authority, servername: domain });
  await once(socket, 'secureConnect');
  return fromSocket(socket, socket, domain);
}

function fromSocket(socket: Socket, tls: TLSSocket | undefined, domain: string): RawStream {
  const received = new Received();
  socket.setEncoding('utf8').on('data', (text: string) => received.add(text));
  socket.on('error', () => {});
  socket.on('close', () => received.end());
  return rawStream(received, {
    tls,
    write: (text) => socket.write(text),
    header: `<stream:stream to="${domain}" version="1.0" ${STREAM_NAMESPACES}>`,
    destroy: () => socket.destroy(),
  });
}

const STREAM_NAMESPACES = 'xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"';

interface Line {
  readonly tls: TLSSocket | undefined;
  readonly header: string;
  write(text: string): void;
  destroy(): void;
}

function rawStream(received: Received, line: Line): RawStream {
  const { tls, header, write, destroy } = line;
  return {
    tls,
    write,
    until: (end) => received.until(end),
    open: () => {
      write(header);
      return received.until(/<\/stream:features>|<stream:features[^>]*\/>/);
    },
    flight: () => {
      let before = header;
      const writeOnce = (text: string) => {
        write(before + text);
        before = '';
      };
      return rawStream(received, { ...line, write: writeOnce });
    },
    destroy,
  };
}

/** What came and was not asked for yet. */
class Received {
  #text = '';
  #ended = false;
  #arrived = () => {};

  add(text: string): void {
    this.#text += text;
    this.#arrived();
  }

  end(): void {
    this.#ended = true;
    this.#arrived();
  }

  async until(end: string | RegExp): Promise<string> {
    for (;;) {
      const length = this.#lengthUntil(end);
      if (length !== undefined) {
        const text = this.#text.slice(0, length);
        this.#text = this.#text.slice(length);
        return text;
      }
      if (this.#ended) throw new Error(`The connection ended before ${end}: ${this.#text}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  #lengthUntil(end: string | RegExp): number | undefined {
    if (typeof end === 'string') {
      const index = this.#text.indexOf(end);
      return index < 0 ? undefined : index + end.length;
    }
    const match = end.exec(this.#text);
    return match ? match.index + match[0].length : undefined;
  }
}
