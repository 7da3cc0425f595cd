import { connect as connectTcp, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { MemoryConnect } from '../../machines/endpoint.ts';
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
  readonly connect: MemoryConnect;
}

interface Wire {
  write(data: string): void;
  end(): void;
}

/** A client that sends what a test says, character by character, and shows what comes. */
export class RawClient {
  readonly target: Target;
  readonly #inbox = new Inbox();
  #wire: Wire;

  private constructor(target: Target, dial: (inbox: Inbox) => Wire) {
    this.target = target;
    this.#wire = dial(this.#inbox);
  }

  static memory(target: Target): RawClient {
    return new RawClient(target, (inbox) => {
      const pipe = target.connect({ write: (bytes) => inbox.put(bytes), end: () => inbox.end('closed') });
      return { write: (text) => pipe.write(new TextEncoder().encode(text)), end: () => pipe.end() };
    });
  }

  static tcp(target: Target): RawClient {
    return new RawClient(target, (inbox) => listen(connectTcp(target.port, '127.0.0.1'), inbox));
  }

  static directTls(target: Target): RawClient {
    const { tlsPort: port, ca, domain: servername } = target;
    return new RawClient(target, (inbox) =>
      listen(connectTls({ host: '127.0.0.1', port, ca, servername, ALPNProtocols: ['xmpp-client'] }), inbox),
    );
  }

  /** The client's side of the handshake. */
  secure(): this {
    const { ca, domain: servername } = this.target;
    const socket = this.#wire;
    if (!(socket instanceof Socket)) throw new Error('There is no TLS in memory');
    socket.removeAllListeners();
    this.#inbox.renew();
    this.#wire = listen(connectTls({ socket, ca, servername }), this.#inbox);
    return this;
  }

  sends(xml: string): this {
    this.#wire.write(xml);
    return this;
  }

  header(to = this.target.domain): this {
    return this.sends(
      `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="${to}" version="1.0">`,
    );
  }

  end(): void {
    this.#wire.end();
  }

  pause(): void {
    if (this.#wire instanceof Socket) this.#wire.pause();
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
  async opens(): Promise<this> {
    await this.header().receives('<stream:stream>');
    const features = await this.receives('<stream:features/>');
    if (!features.children.some((child) => typeof child !== 'string' && child.name === 'starttls')) return this;
    await this.sends('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>').receives(
      '<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>',
    );
    await this.secure().header().receives('<stream:stream>');
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
