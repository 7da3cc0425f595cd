import { connect as connectTcp, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import { documentFraming, messageFraming } from '../../src/stream/index.ts';
import type { Expected } from '../../src/testing/expectation.ts';
import { type Link, type LinkListener, NO_SECURITY } from '../../src/testing/link.ts';
import { ScriptedLine } from '../../src/testing/scripted-line.ts';
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

/**
 * A client that sends what a test says, character by character, and shows what comes. A test of TLS itself may choose all of it,
 * and see all of it: else {@link connectScriptedClient} is the better one.
 */
export class RawClient {
  readonly target: Target;
  /** For the steps of a scripted client. */
  readonly line: ScriptedLine;
  #wire: Wire;
  #tlsOptions: ConnectionOptions = {};

  private constructor(target: Target, dial: (line: LinkListener) => Wire, framing = documentFraming) {
    this.target = target;
    this.line = new ScriptedLine(this.#linkWith(framing), { side: 'client', domain: target.domain, timeout: TIMEOUT });
    this.#wire = dial(this.line);
  }

  static memory(target: Target): RawClient {
    return new RawClient(target, (line) => {
      const pipe = target.connect({ write: (bytes) => line.received(bytes), end: () => line.closed() });
      return {
        write: (data) => pipe.write(typeof data === 'string' ? new TextEncoder().encode(data) : data),
        end: () => pipe.end(),
      };
    });
  }

  static tcp(target: Target): RawClient {
    return new RawClient(target, (line) => listen(connectTcp(target.port, '127.0.0.1'), line));
  }

  static directTls(target: Target, options: ConnectionOptions = {}): RawClient {
    const { tlsPort: port, ca, domain: servername } = target;
    const all = { host: '127.0.0.1', port, ca, servername, ALPNProtocols: ['xmpp-client'], ...options };
    return new RawClient(target, (line) => listen(connectTls(all), line));
  }

  /** Over a WebSocket; each text is a message, and stanzas declare their namespace without being told. */
  static webSocket(target: Target, options: ConnectionOptions = {}): RawClient {
    const { websocketUrl, ca, domain: servername } = target;
    const dial = (line: LinkListener): Wire => {
      const webSocket = new WebSocket(websocketUrl, 'xmpp', { ca, servername, ...options });
      const opened = new Promise((resolve) => webSocket.once('open', resolve));
      webSocket.on('message', (data) => line.received(data as Buffer));
      webSocket.on('error', () => {});
      webSocket.on('close', () => line.closed());
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
    const socket = this.#socket;
    if (socket instanceof TLSSocket) return socket;
    throw new Error('There is no TLS');
  }

  /** The client's side of the handshake. */
  secure(options: ConnectionOptions = {}): this {
    this.#tlsOptions = options;
    // What is sent meanwhile waits for it, and its failure is the end of the connection.
    this.line.secure().catch(() => {});
    return this;
  }

  sends(xml: string | Uint8Array): this {
    this.line.send(xml);
    return this;
  }

  header(to = this.target.domain, from?: string): this {
    return this.sends(this.line.link.framing.buildHeader({ to, from }));
  }

  end(): void {
    this.#wire.end();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** The next thing that comes. */
  receives(expected: Expected): Promise<Element> {
    return this.line.receive(expected);
  }

  /** This comes sooner or later. */
  async awaits(expected: Expected): Promise<void> {
    await this.line.await(expected);
  }

  /** All that comes until the connection is gone. */
  closed(): Promise<string[]> {
    return this.line.rest();
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

  get #socket(): Socket | undefined {
    return this.#wire instanceof Socket ? this.#wire : this.#wire.socket?.();
  }

  #linkWith(framing: typeof documentFraming): Link {
    return {
      framing,
      isSecure: false,
      canStartTls: false,
      security: NO_SECURITY,
      write: (data) => this.#wire.write(data),
      startTls: () => this.#startTls(),
      pause: () => this.pause(),
      resume: () => this.resume(),
      end: () => this.end(),
      reset: () => this.end(),
    };
  }

  #startTls(): void {
    const { ca, domain: servername } = this.target;
    const socket = this.#wire;
    if (!(socket instanceof Socket)) throw new Error('There is no TLS in memory');
    socket.removeAllListeners();
    const secured = connectTls({ socket, ca, servername, ...this.#tlsOptions });
    secured.once('secureConnect', () => this.line.secured());
    this.#wire = listen(secured, this.line);
  }
}

function declared(data: string | Uint8Array): string | Uint8Array {
  if (typeof data !== 'string' || / xmlns=/.test(data.replace(/>.*/s, ''))) return data;
  return data.replace(/^<(iq|message|presence)/, '<$1 xmlns="jabber:client"');
}

function listen(socket: Socket, line: LinkListener): Socket {
  socket.on('data', (bytes) => line.received(bytes));
  socket.on('error', () => {});
  socket.on('close', () => line.closed());
  return socket;
}
