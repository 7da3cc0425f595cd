import { connect, type Socket } from 'node:net';
import { connectTls } from '../../../actors/tls-options.ts';
import { TransportError } from '../../../errors/index.ts';
import { STREAM_FOOTER } from '../../../stream/index.ts';
import { createTokenizer, type StreamToken, type Tokenizer } from '../../../xml/index.ts';
import { Bell } from '../bell.ts';
import { isCounted } from '../counted.ts';

/** Where the server is, and whose certificate it has to show. */
export interface Target {
  /** Name or address that is connected to. */
  readonly host: string;
  readonly port: number;
  /** The domain of the account. */
  readonly domain: string;
  /** Certificates of the authorities to trust instead of the system's, PEM. */
  readonly ca: string | undefined;
}

/** What comes from a server: tokens of its stream, and the end of the connection. */
export type Arrival = StreamToken | { readonly type: 'disconnected' };

/** A connection without a client: whatever is asked goes out, also what no client would send. */
export class Connection {
  readonly #target: Target;
  #socket: Socket;
  #tokenizer: Tokenizer = createTokenizer();
  readonly #bell = new Bell();
  #isOver = false;
  #hasClosed = false;
  /** Stanzas that went out and came in since they are counted (XEP-0198 §4). */
  counts = { sent: 0, received: 0 };

  private constructor(target: Target, socket: Socket) {
    this.#target = target;
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Connects over TCP. Rejects with a {@link TransportError}, also when it takes longer than so many milliseconds. */
  static async open(target: Target, limit: number): Promise<Connection> {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    await settled(socket, 'connect', limit).catch((cause: unknown) => {
      throw notConnected(target, cause);
    });
    return new Connection(target, socket);
  }

  /** Goes on under TLS, whose certificate has to be right. Rejects with the error of the socket, or when it takes too long. */
  async secure(limit: number): Promise<void> {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {});
    const { ca, domain } = this.#target;
    const settings = {
      ca,
      minVersion: 'TLSv1.2',
      clientCertificate: undefined,
      fingerprints: [],
      trustsAnyCertificate: false,
    } as const;
    const socket = connectTls(settings, [domain], { socket: this.#socket });
    await settled(socket, 'secureConnect', limit);
    this.#socket = socket;
    this.#tokenizer = createTokenizer();
    this.#listen(socket);
  }

  write(data: string | Uint8Array): void {
    if (!this.#isOver) this.#socket.write(data);
  }

  /** Writes a stanza, and counts it. */
  writeStanza(data: string | Uint8Array): void {
    this.counts = { ...this.counts, sent: this.counts.sent + 1 };
    this.write(data);
  }

  /** Closes the stream, once (RFC 6120 §4.4). */
  close(): void {
    if (!this.#hasClosed) this.write(STREAM_FOOTER);
    this.#hasClosed = true;
  }

  /** The next stream header is that of a new stream (RFC 6120 §4.3.3). */
  restart(): void {
    this.#tokenizer.restart();
  }

  /** What comes next; `undefined` where nothing comes for so many milliseconds. After the end of the connection it is that again. */
  async next(limit: number): Promise<Arrival | undefined> {
    const token = this.#tokenizer.read();
    if (token !== undefined) return this.#counted(token);
    if (this.#isOver) return { type: 'disconnected' };
    const isTold = await this.#bell.rings(limit);
    return isTold ? this.next(limit) : undefined;
  }

  /** Ends the connection as a cut cable does, as far as the server can tell. */
  destroy(): void {
    this.#socket.destroy();
  }

  #counted(token: StreamToken): StreamToken {
    if (token.type === 'element' && isCounted(token.element)) {
      this.counts = { ...this.counts, received: this.counts.received + 1 };
    }
    return token;
  }

  #listen(socket: Socket): void {
    socket.on('data', (bytes: Uint8Array) => {
      this.#tokenizer.write(bytes);
      this.#bell.ring();
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#isOver = true;
      this.#bell.ring();
    });
  }
}

function notConnected({ host, port }: Target, cause: unknown): TransportError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TransportError(`A connection to ${host}:${port} could not be made: ${reason}`, {
    condition: 'connection-failed',
    cause,
    hint: 'A server may limit how many connections come from one address; each tour takes one of its own.',
  });
}

function settled(socket: Socket, event: 'connect' | 'secureConnect', limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`nothing within ${limit} ms`)), limit);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed'));
    });
  });
}
