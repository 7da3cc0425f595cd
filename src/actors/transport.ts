import { fromCallback } from 'xstate';
import type { OutboxRef, RouterRef, TransportCommand, TransportInput } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/events.ts';
import { internalError, XmppError } from '../errors/index.ts';
import type { SecureChannel } from '../sasl/index.ts';
import { NS_CLIENT } from '../stanza/index.ts';
import { type FramedToken, type Framing, NS_TLS, StreamError } from '../stream/index.ts';
import { type Element, element } from '../xml/index.ts';
import { PacedReader, type TokenListener } from './paced-reader.ts';
import { buildSaslElement } from './sasl-element.ts';
import { SilenceWatch } from './silence-watch.ts';
import { readStreamElement } from './stream-element.ts';
import { StreamWriter, type TextTaker } from './stream-writer.ts';
import { TrafficLog } from './traffic-log.ts';
import { connectionCut, injectedBytes, streamClosed } from './transport-errors.ts';
import { unserializable } from './unserializable.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

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
class Transport implements WireListener, TokenListener, TextTaker {
  readonly #input: TransportInput;
  readonly #report: (event: TransportEvent) => void;
  readonly #wire: Wire;
  readonly #framing: Framing;
  readonly #log: TrafficLog | undefined;
  readonly #reader: PacedReader;
  readonly #writer: StreamWriter;
  #stream: 'none' | 'open' | 'footerSent' | 'over' = 'none';
  #router: RouterRef | undefined;
  #outbox: OutboxRef | undefined;
  #silence: SilenceWatch | undefined;
  readonly #dialledAt: number;
  /** Whether the stream is closed when nobody wants the connection any more. */
  #endsWithTag = true;

  constructor(dial: Dial, input: TransportInput, report: (event: TransportEvent) => void) {
    this.#input = input;
    this.#report = report;
    this.#dialledAt = Math.round(input.settings.clock.now());
    this.#wire = dial(input, this);
    this.#framing = this.#wire.framing;
    const { recorder, onTraffic } = input.settings;
    this.#log = recorder || onTraffic ? new TrafficLog(this.#framing, input.settings) : undefined;
    this.#writer = new StreamWriter(this.#framing, this.#log, this);
    this.#reader = new PacedReader(this.#wire, input.settings.limits, this);
  }

  /** A callback actor that throws is never cleaned up: nothing may escape from here. */
  handle(command: TransportCommand): void {
    if (this.#stream === 'over' && command.type !== 'stanza.send') return;
    try {
      this.#perform(command);
    } catch (error) {
      this.crash(error);
    }
  }

  /** The state that held this actor was left, whatever the reason. */
  dispose(): void {
    if (this.#stream === 'over') return;
    if (this.#stream === 'open' && this.#endsWithTag) this.#writer.footer();
    this.#writer.flush();
    this.#stop();
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
    this.#reader.renew();
    this.#tell({ type: 'transport.secured', channel });
  }

  received(bytes: Uint8Array): void {
    this.#silence?.heard();
    this.#input.settings.recorder?.heard();
    this.#reader.write(bytes);
  }

  heard(): void {
    this.#silence?.heard();
  }

  drained(): void {
    this.#outbox?.send({ type: 'transport.drained' });
  }

  failed(error: XmppError): void {
    // A wire that failed takes no closing tag, and whoever got it would end a session that can be resumed (XEP-0198 §7).
    this.#endsWithTag = false;
    this.#silence?.stop();
    this.#reader.end(() => this.#fail(error));
  }

  closed(farewell?: string): void {
    // Whoever hears our closing tag now, a proxy perhaps, would end a session that can be resumed (XEP-0198 §7).
    this.#endsWithTag = false;
    this.#silence?.stop();
    this.#reader.end(() => {
      if (this.#stream === 'footerSent') this.#end({ type: 'transport.closed' });
      else this.#fail(connectionCut(farewell));
    });
  }

  take(token: FramedToken): void {
    if (token.type === 'element') return this.#takeElement(token.element);
    if (token.type === 'error') {
      const { condition, message } = token.error;
      return this.#refuse(new StreamError(condition, { text: message, cause: token.error }));
    }
    if (token.type === 'end') {
      const { seeOtherUri } = token;
      this.#silence?.stop();
      this.#log?.text('RECV', this.#framing.formatFooter(seeOtherUri));
      return this.#tell({ type: 'stream.closed', seeOtherUri });
    }
    this.#log?.text('RECV', this.#framing.formatHeader(token));
    try {
      this.#tell({ type: 'stream.opened', header: this.#framing.parseHeader(token) });
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#refuse(error);
    }
  }

  pass(text: string): void {
    if (this.#reader.isLast) return;
    try {
      if (!this.#wire.write(text)) this.#outbox?.send({ type: 'transport.blocked' });
    } catch (error) {
      // A wire that takes nothing takes no closing tag either.
      this.#stream = 'footerSent';
      this.crash(error);
    }
  }

  crash(cause: unknown): void {
    this.#fail(cause instanceof XmppError ? cause : internalError('The transport failed unexpectedly', cause));
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
      case 'silence.watch':
        return this.#watchSilence().watch(command.interval);
      case 'sign.await':
        return this.#watchSilence().awaitSign();
      case 'transport.abort':
        return this.#abort();
      case 'stream.fail':
        return this.#refuse(command.error);
      case 'transport.attach':
        this.#router = command.router;
        this.#outbox = command.outbox;
        this.#writer.join();
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
    this.#writer.header({ to, from, lang });
  }

  #startTls(): void {
    if (this.#reader.hasUnread) return this.#fail(injectedBytes());
    this.#writer.flush();
    // The stream in clear is over, without a closing tag: nobody may hear one but the peer of the handshake (RFC 6120 §5.4.3.3).
    this.#stream = 'none';
    this.#wire.startTls();
  }

  #closeStream(): void {
    if (this.#stream === 'none') return this.#end({ type: 'transport.closed' });
    if (this.#stream !== 'open') return;
    this.#writer.footer();
    this.#stream = 'footerSent';
    this.#silence?.stop();
  }

  #watchSilence(): SilenceWatch {
    this.#silence ??= new SilenceWatch(this.#input.settings.clock, (event) => this.#tell(event));
    return this.#silence;
  }

  #abort(): void {
    this.#writer.drop();
    this.#stop();
    this.#wire.abort();
  }

  /** Nothing is heard or told any more, and no timer is left. */
  #stop(): void {
    this.#stream = 'over';
    this.#silence?.stop();
    this.#reader.stop();
  }

  #takeElement(received: Element): void {
    this.#log?.element('RECV', received);
    if (this.#router && received.namespace === NS_CLIENT) {
      this.#router.send({ type: 'stanza.received', stanza: received });
      return;
    }
    const event = readStreamElement(received, this.#input.settings.jid.bare);
    if (event.type === 'tls.proceeded' && this.#reader.hasUnread) return this.#fail(injectedBytes());
    if (event.type === 'stanza.received' && this.#router) this.#router.send(event);
    else this.#tell(event);
  }

  /** What the peer sent is an error of the stream: says so, closes it (RFC 6120 §4.9.1.1), and reports. */
  #refuse(error: StreamError): void {
    if (this.#stream === 'open') {
      this.#writer.error(error);
      this.#closeStream();
    }
    this.#end({ type: 'stream.failed', error });
  }

  /** A stanza that is no XML is the fault of its author, and costs nobody the stream. */
  #sendStanza({
    stanza,
    report,
    room = Number.POSITIVE_INFINITY,
  }: Extract<TransportCommand, { type: 'stanza.send' }>): void {
    if (this.#stream !== 'open' || this.#reader.isLast) return report?.failed(streamClosed());
    try {
      const length = this.#writer.element(stanza, room);
      if (length > room) report?.tooLong?.(length);
      else report?.written(length);
    } catch (error) {
      report?.failed(unserializable(error));
    }
  }

  /** What is no stanza is not missed where there is no stream. */
  #sendElement(sent: Element): void {
    if (this.#stream === 'open') this.#writer.element(sent);
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

  #fail(error: XmppError): void {
    if (error instanceof StreamError) this.#refuse(error);
    else this.#end({ type: 'transport.failed', error });
  }
}

const STARTTLS = element(`{${NS_TLS}}starttls`);
