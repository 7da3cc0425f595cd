import { connect as connectTcp, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import { documentFraming, messageFraming } from '../../src/stream/index.ts';
import { type Expected, readExpected } from '../../src/testing/expectation.ts';
import { Inbox } from '../../src/testing/inbox.ts';
import type { Element } from '../../src/xml/index.ts';

const TIMEOUT = 5000;

/** Where a client can connect to: a server, or a scripted one. */
export interface Target {
  readonly domain: string;
  readonly ca: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly websocketUrl: string;
  readonly connect: MemoryConnect;
}

interface Wire {
  /** What lies below a WebSocket. */
  readonly socket?: () => Socket | undefined;
  write(data: string | Uint8Array): void;
  end(): void;
}

/** A client that sends what a test says, character by character, and shows what comes. */
export class RawClient {
  readonly target: Target;
  readonly #framing: typeof documentFraming;
  readonly #inbox: Inbox;
  #wire: Wire;

  private constructor(target: Target, dial: (inbox: Inbox) => Wire, framing = documentFraming) {
    this.target = target;
    this.#framing = framing;
    this.#inbox = new Inbox(framing);
    this.#wire = dial(this.#inbox);
  }

  static memory(target: Target): RawClient {
    return new RawClient(target, (inbox) => {
      const pipe = target.connect({ write: (bytes) => inbox.put(bytes), end: () => inbox.end('closed') });
      return {
        write: (data) => pipe.write(typeof data === 'string' ? new TextEncoder().encode(data) : data),
        end: () => pipe.end(),
      };
    });
  }

  static tcp(target: Target): RawClient {
    return new RawClient(target, (inbox) => listen(connectTcp(target.port, '127.0.0.1'), inbox));
  }

  static directTls(target: Target, options: ConnectionOptions = {}): RawClient {
    const { tlsPort: port, ca, domain: servername } = target;
    const all = { host: '127.0.0.1', port, ca, servername, ALPNProtocols: ['xmpp-client'], ...options };
    return new RawClient(target, (inbox) => listen(connectTls(all), inbox));
  }

  /** Over a WebSocket; each text is a message, and stanzas declare their namespace without being told. */
  static webSocket(target: Target, options: ConnectionOptions = {}): RawClient {
    const { websocketUrl, ca, domain: servername } = target;
    const dial = (inbox: Inbox): Wire => {
      const webSocket = new WebSocket(websocketUrl, 'xmpp', { ca, servername, ...options });
      const opened = new Promise((resolve) => webSocket.once('open', resolve));
      webSocket.on('message', (data) => inbox.put(data as Buffer));
      webSocket.on('error', () => {});
      webSocket.on('close', () => inbox.end('closed'));
      let socket: Socket | undefined;
      webSocket.on('upgrade', (response) => {
        socket = response.socket;
      });
      return {
        socket: () => socket,
        write: (data) => void opened.then(() => webSocket.send(declared(data))),
        end: () => void opened.then(() => webSocket.close()),
      };
    };
    return new RawClient(target, dial, messageFraming);
  }

  /** What TLS is made of; there must be some. */
  get tls(): TLSSocket {
    const socket = this.#wire instanceof Socket ? this.#wire : this.#wire.socket?.();
    if (socket instanceof TLSSocket) return socket;
    throw new Error('There is no TLS');
  }

  /** The client's side of the handshake. */
  secure(options: ConnectionOptions = {}): this {
    const { ca, domain: servername } = this.target;
    const socket = this.#wire;
    if (!(socket instanceof Socket)) throw new Error('There is no TLS in memory');
    socket.removeAllListeners();
    this.#inbox.renew();
    this.#wire = listen(connectTls({ socket, ca, servername, ...options }), this.#inbox);
    return this;
  }

  sends(xml: string | Uint8Array): this {
    this.#wire.write(xml);
    return this;
  }

  header(to = this.target.domain, from?: string): this {
    return this.sends(this.#framing.buildHeader({ to, from }));
  }

  end(): void {
    this.#wire.end();
  }

  pause(): void {
    const socket = this.#wire instanceof Socket ? this.#wire : this.#wire.socket?.();
    socket?.pause();
  }

  resume(): void {
    if (this.#wire instanceof Socket) this.#wire.resume();
  }

  /** The next thing that comes. */
  async receives(expected: Expected): Promise<Element> {
    const expectation = readExpected(expected);
    const arrival = await this.#inbox.take(expectation.isHeader, TIMEOUT);
    if (typeof arrival !== 'object' || !expectation.accepts(arrival)) {
      throw new Error(`Expected from the server: ${expectation.description}\nInstead: ${textOf(arrival)}`);
    }
    return arrival.element ?? { name: 'end', namespace: '', attributes: {}, children: [] };
  }

  /** This comes sooner or later. */
  async awaits(expected: Expected): Promise<void> {
    const expectation = readExpected(expected);
    for (;;) {
      const arrival = await this.#inbox.take(false, TIMEOUT);
      if (typeof arrival !== 'object') throw new Error(`Expected ${expectation.description}, ${textOf(arrival)}`);
      if (expectation.accepts(arrival)) return;
    }
  }

  /** All that comes until the connection is gone. */
  async closed(): Promise<string[]> {
    const came: string[] = [];
    for (;;) {
      const arrival = await this.#inbox.take(false, TIMEOUT);
      if (arrival === undefined) throw new Error('The connection stayed open');
      if (typeof arrival === 'string') return came;
      came.push(arrival.text);
    }
  }

  /** Opens the stream, and again under TLS where the server offers it; receives the mechanisms. */
  async opens(options: ConnectionOptions = {}): Promise<this> {
    await this.header().receives('<stream:stream>');
    const features = await this.receives('<stream:features/>');
    if (!features.children.some((child) => typeof child !== 'string' && child.name === 'starttls')) return this;
    await this.sends('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>').receives(
      '<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>',
    );
    await this.secure(options).header().receives('<stream:stream>');
    await this.receives('<stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/></stream:features>');
    return this;
  }

  auth(username: string, password: string): this {
    const payload = btoa(`\0${username}\0${password}`);
    return this.sends(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${payload}</auth>`);
  }

  /** Logs in with PLAIN and binds a resource. */
  async login(username: string, password: string, resource: string): Promise<this> {
    await this.opens();
    await this.auth(username, password).receives('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
    await this.header().receives('<stream:stream>');
    await this.receives('<stream:features/>');
    await this.sends(
      `<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>${resource}</resource></bind></iq>`,
    ).receives('<iq type="result" id="bind"/>');
    return this;
  }

  /** Becomes available; receives its own presence, and passes over that of others. */
  async available(priority = 0): Promise<this> {
    await this.sends(`<presence id="own"><priority>${priority}</priority></presence>`).receives('<presence id="own"/>');
    return this;
  }

  /** Waits until the server handled all that was sent before; what it sends meanwhile must be this. */
  async syncs(...expected: readonly Expected[]): Promise<void> {
    this.sends('<iq type="get" id="sync" to="capulet.example"><ping xmlns="urn:xmpp:ping"/></iq>');
    for (const each of expected) await this.receives(each);
    await this.receives('<iq type="result" id="sync"/>');
  }
}

function declared(data: string | Uint8Array): string | Uint8Array {
  if (typeof data !== 'string' || / xmlns=/.test(data.replace(/>.*/s, ''))) return data;
  return data.replace(/^<(iq|message|presence)/, '<$1 xmlns="jabber:client"');
}

function listen(socket: Socket, inbox: Inbox): Socket {
  socket.on('data', (bytes) => inbox.put(bytes));
  socket.on('error', () => {});
  socket.on('close', () => inbox.end('closed'));
  return socket;
}

function textOf(arrival: { readonly text: string } | string | undefined): string {
  if (arrival === undefined) return 'nothing came';
  return typeof arrival === 'string' ? `the connection was ${arrival}` : arrival.text;
}
