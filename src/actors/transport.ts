import { fromCallback } from 'xstate';
import type { OutboxRef, RouterRef, TransportCommand, TransportInput } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/events.ts';
import { internalError, XmppError } from '../errors/index.ts';
import { maskSasl, type SecureChannel } from '../sasl/index.ts';
import { NS_CLIENT } from '../stanza/index.ts';
import { type FramedToken, type Framing, NS_TLS, StreamError, type StreamReader } from '../stream/index.ts';
import { type Element, element } from '../xml/index.ts';
import { buildSaslElement } from './sasl-element.ts';
import { readStreamElement } from './stream-element.ts';
import { connectionCut, injectedBytes, streamClosed } from './transport-errors.ts';
import { unserializable } from './unserializable.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

/** Written text is handed on at once when so much of it waits, in UTF-16 units; otherwise at the end of the turn. */
const FLUSH_AT = 64 * 1024;

/**
 * The actor of one attempt to connect: a wire, the stream on it, and what reads the stream. What belongs to the stream (header,
 * features, SASL, TLS, errors) goes to the parent as `TransportEvent`s; once a router is attached, stanzas go straight to it.
 */
export function transportLogic(dial: Dial) {
  return fromCallback<TransportCommand, TransportInput>(({ input, sendBack, receive }) => {
    const transport = new Transport(dial, input, sendBack);
    receive((command) => transport.handle(command));
    return () => transport.dispose();
  });
}

/** A class for the memory that it saves: each connection has one, and a closure for each method would weigh more. */
class Transport implements WireListener {
  readonly #input: TransportInput;
  readonly #report: (event: TransportEvent) => void;
  readonly #wire: Wire;
  readonly #framing: Framing;
  #reader: StreamReader;
  #stream: 'none' | 'open' | 'footerSent' | 'over' = 'none';
  #router: RouterRef | undefined;
  #outbox: OutboxRef | undefined;
  #outgoing = '';
  readonly #dialledAt: number;
  /** Whether the stream is closed when nobody wants the connection any more. */
  #endsWithTag = true;

  constructor(dial: Dial, input: TransportInput, report: (event: TransportEvent) => void) {
    this.#input = input;
    this.#report = report;
    this.#dialledAt = Math.round(input.settings.clock.now());
    this.#wire = dial(input, this);
    this.#framing = this.#wire.framing;
    this.#reader = this.#framing.createReader(input.settings.limits);
  }

  /** A callback actor that throws is never cleaned up: nothing may escape from here. */
  handle(command: TransportCommand): void {
    if (this.#stream === 'over' && command.type !== 'stanza.send') return;
    try {
      this.#perform(command);
    } catch (error) {
      this.#crash(error);
    }
  }

  /** The state that held this actor was left, whatever the reason. */
  dispose(): void {
    if (this.#stream === 'open' && this.#endsWithTag) this.#sendFooter();
    this.#flush();
    this.#stream = 'over';
    this.#wire.end();
  }

  connected(): void {
    this.#tell({
      type: 'transport.connected',
      roundTrip: Math.round(this.#input.settings.clock.now()) - this.#dialledAt,
    });
  }

  secured(channel: SecureChannel): void {
    // Whatever was heard before TLS is forgotten (RFC 6120 §5.4.3.3).
    this.#reader = this.#framing.createReader(this.#input.settings.limits);
    this.#tell({ type: 'transport.secured', channel });
  }

  received(bytes: Uint8Array): void {
    try {
      this.#reader.write(bytes);
      let token = this.#reader.read();
      while (token && this.#stream !== 'over') {
        this.#take(token);
        // Read anew each time: what the chart does with a token may restart the stream.
        token = this.#reader.read();
      }
    } catch (error) {
      this.#crash(error);
    }
  }

  drained(): void {
    this.#outbox?.send({ type: 'transport.drained' });
  }

  failed(error: XmppError): void {
    if (error instanceof StreamError) this.#refuse(error);
    else this.#end({ type: 'transport.failed', error });
  }

  closed(farewell?: string): void {
    // Whoever hears our closing tag now, a proxy perhaps, would end a session that can be resumed (XEP-0198 §7).
    this.#endsWithTag = false;
    if (this.#stream === 'footerSent') this.#end({ type: 'transport.closed' });
    else this.failed(connectionCut(farewell));
  }

  #perform(command: TransportCommand): void {
    switch (command.type) {
      case 'stanza.send':
        return this.#sendStanza(command);
      case 'stream.open':
        return this.#openStream(command);
      case 'tls.request':
        return this.#sendElement(STARTTLS);
      case 'tls.start':
        return this.#startTls();
      case 'sasl.authenticate':
      case 'sasl.respond':
      case 'sasl.abort':
        return this.#sendElement(buildSaslElement(command));
      case 'nonza.send':
        return this.#sendElement(command.nonza);
      case 'stream.leave':
        this.#endsWithTag = false;
        return;
      case 'stream.fail':
        return this.#refuse(command.error);
      case 'transport.attach':
        this.#router = command.router;
        this.#outbox = command.outbox;
        return;
      case 'stream.close':
        return this.#closeStream();
      case 'transport.abandon':
        return this.dispose();
    }
  }

  #openStream({ to, from, lang }: Extract<TransportCommand, { type: 'stream.open' }>): void {
    if (this.#stream === 'open') this.#reader.restart();
    this.#stream = 'open';
    const header = this.#framing.buildHeader({ to, from, lang });
    this.#log('SEND', header);
    this.#write(header);
  }

  #startTls(): void {
    if (this.#reader.hasUnread) return this.failed(injectedBytes());
    this.#flush();
    // The stream in clear is over, without a closing tag: nobody may hear one but the peer of the handshake (RFC 6120 §5.4.3.3).
    this.#stream = 'none';
    this.#wire.startTls();
  }

  #closeStream(): void {
    if (this.#stream === 'none') return this.#end({ type: 'transport.closed' });
    if (this.#stream !== 'open') return;
    this.#sendFooter();
    this.#stream = 'footerSent';
  }

  #sendFooter(): void {
    const footer = this.#framing.formatFooter();
    this.#log('SEND', footer);
    this.#write(footer);
  }

  #take(token: FramedToken): void {
    if (token.type === 'element') return this.#takeElement(token.element);
    if (token.type === 'error') {
      const { condition, message } = token.error;
      return this.#refuse(new StreamError(condition, { text: message, cause: token.error }));
    }
    if (token.type === 'end') {
      const { seeOtherUri } = token;
      this.#log('RECV', this.#framing.formatFooter(seeOtherUri));
      return this.#tell({ type: 'stream.closed', seeOtherUri });
    }
    this.#log('RECV', this.#framing.formatHeader(token));
    try {
      this.#tell({ type: 'stream.opened', header: this.#framing.parseHeader(token) });
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#refuse(error);
    }
  }

  #takeElement(received: Element): void {
    this.#logElement('RECV', received);
    if (this.#router && received.namespace === NS_CLIENT) {
      this.#router.send({ type: 'stanza.received', stanza: received });
      return;
    }
    const event = readStreamElement(received, this.#input.settings.jid.bare);
    if (event.type === 'tls.proceeded' && this.#reader.hasUnread) return this.failed(injectedBytes());
    if (event.type === 'stanza.received' && this.#router) this.#router.send(event);
    else this.#tell(event);
  }

  /** What the peer sent is an error of the stream: says so, closes it (RFC 6120 §4.9.1.1), and reports. */
  #refuse(error: StreamError): void {
    if (this.#stream === 'open') {
      const text = this.#framing.formatError(error);
      this.#log('SEND', text);
      this.#write(text);
      this.#closeStream();
    }
    this.#end({ type: 'stream.failed', error });
  }

  /** A stanza that is no XML is the fault of its author, and costs nobody the stream. */
  #sendStanza({ stanza, report }: Extract<TransportCommand, { type: 'stanza.send' }>): void {
    if (this.#stream !== 'open') return report?.failed(streamClosed());
    try {
      this.#sendElement(stanza);
      report?.written();
    } catch (error) {
      report?.failed(unserializable(error));
    }
  }

  #sendElement(sent: Element): void {
    if (this.#stream !== 'open') return;
    this.#write(this.#framing.formatElement(sent));
    this.#logElement('SEND', sent);
  }

  /**
   * Joins the stanzas that are written in one turn, where they may be: one packet instead of many. Negotiation waits for an
   * answer after each step, so there is nothing to join and the sooner it goes out the better.
   */
  #write(text: string): void {
    if (!this.#framing.joins) return this.#pass(text);
    if (this.#outgoing === '' && this.#router) queueMicrotask(() => this.#flush());
    this.#outgoing += text;
    if (!this.#router || this.#outgoing.length >= FLUSH_AT) this.#flush();
  }

  #flush(): void {
    const text = this.#outgoing;
    if (text === '' || this.#stream === 'over') return;
    this.#outgoing = '';
    this.#pass(text);
  }

  #pass(text: string): void {
    try {
      if (!this.#wire.write(text)) this.#outbox?.send({ type: 'transport.blocked' });
    } catch (error) {
      // A wire that takes nothing takes no closing tag either.
      this.#stream = 'footerSent';
      this.#crash(error);
    }
  }

  #tell(event: TransportEvent): void {
    if (this.#stream !== 'over') this.#report(event);
  }

  /** Reports the last event; the parent then leaves the state, which disposes of this actor. */
  #end(event: TransportEvent): void {
    if (this.#stream === 'over') return;
    this.dispose();
    this.#report(event);
  }

  #crash(cause: unknown): void {
    this.failed(cause instanceof XmppError ? cause : internalError('The transport failed unexpectedly', cause));
  }

  /** The one place where payloads of SASL are masked: every element that is logged comes by. */
  #logElement(direction: 'SEND' | 'RECV', logged: Element): void {
    if (this.#input.settings.onTraffic) this.#log(direction, this.#framing.formatElement(maskSasl(logged)));
  }

  #log(direction: 'SEND' | 'RECV', text: string): void {
    try {
      this.#input.settings.onTraffic?.({ direction, text });
    } catch {
      // The application's log failed; that must not cost it the connection.
    }
  }
}

const STARTTLS = element(`{${NS_TLS}}starttls`);
