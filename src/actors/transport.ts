import { fromCallback } from 'xstate';
import type { OutboxRef, RouterRef, TransportCommand, TransportInput } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/events.ts';
import { internalError, SessionEndedError, TransportError, XmppError } from '../errors/index.ts';
import { buildAbort, buildAuth, buildResponse, maskSasl } from '../sasl/index.ts';
import { NS_CLIENT } from '../stanza/index.ts';
import {
  buildHeader,
  formatHeader,
  formatStreamError,
  NS_TLS,
  parseHeader,
  STREAM_FOOTER,
  StreamError,
} from '../stream/index.ts';
import { createTokenizer, type Element, element, type StreamToken, serialize, type Tokenizer } from '../xml/index.ts';
import { readStreamElement } from './stream-element.ts';
import { unserializable } from './unserializable.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

/** Written text is handed on at once when so much of it waits, in UTF-16 units; otherwise at the end of the turn. */
const FLUSH_AT = 64 * 1024;

/**
 * The actor of one attempt to connect: a wire, the stream on it, and the tokenizer. What belongs to the stream (header,
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
  #tokenizer: Tokenizer;
  #stream: 'none' | 'open' | 'footerSent' | 'over' = 'none';
  #router: RouterRef | undefined;
  #outbox: OutboxRef | undefined;
  #outgoing = '';

  constructor(dial: Dial, input: TransportInput, report: (event: TransportEvent) => void) {
    this.#input = input;
    this.#report = report;
    this.#tokenizer = createTokenizer(input.settings.limits);
    this.#wire = dial(input, this);
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
    if (this.#stream === 'open') this.#sendFooter();
    this.#flush();
    this.#stream = 'over';
    this.#wire.end();
  }

  connected(): void {
    this.#tell({ type: 'transport.connected' });
  }

  secured(): void {
    // Whatever was heard before TLS is forgotten (RFC 6120 §5.4.3.3).
    this.#tokenizer = createTokenizer(this.#input.settings.limits);
    this.#stream = 'none';
    this.#tell({ type: 'transport.secured' });
  }

  received(bytes: Uint8Array): void {
    try {
      this.#tokenizer.write(bytes);
      let token = this.#tokenizer.read();
      while (token && this.#stream !== 'over') {
        this.#take(token);
        // Read anew each time: what the chart does with a token may restart the stream.
        token = this.#tokenizer.read();
      }
    } catch (error) {
      this.#crash(error);
    }
  }

  drained(): void {
    this.#outbox?.send({ type: 'transport.drained' });
  }

  failed(error: XmppError): void {
    this.#end({ type: 'transport.failed', error });
  }

  closed(): void {
    if (this.#stream === 'footerSent') return this.#end({ type: 'transport.closed' });
    this.failed(
      new TransportError('The server ended the connection without closing the stream', {
        condition: 'connection-closed',
        hint: 'The server went down, or something between here and there cut the connection.',
      }),
    );
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
        return this.#sendElement(buildAuth(command.mechanism, command.payload));
      case 'sasl.respond':
        return this.#sendElement(buildResponse(command.payload));
      case 'sasl.abort':
        return this.#sendElement(buildAbort());
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
    if (this.#stream === 'open') this.#tokenizer.restart();
    this.#stream = 'open';
    const header = buildHeader({ to, from, lang });
    this.#log('SEND', header);
    this.#write(header);
  }

  #startTls(): void {
    if (this.#tokenizer.hasUnread) return this.failed(injectedBytes());
    this.#flush();
    this.#wire.startTls();
  }

  #closeStream(): void {
    if (this.#stream === 'none') return this.#end({ type: 'transport.closed' });
    if (this.#stream !== 'open') return;
    this.#sendFooter();
    this.#stream = 'footerSent';
  }

  #sendFooter(): void {
    this.#log('SEND', STREAM_FOOTER);
    this.#write(STREAM_FOOTER);
  }

  #take(token: StreamToken): void {
    if (token.type === 'element') return this.#takeElement(token.element);
    if (token.type === 'error') {
      const { condition, message } = token.error;
      return this.#refuse(new StreamError(condition, { text: message, cause: token.error }));
    }
    if (token.type === 'end') {
      this.#log('RECV', STREAM_FOOTER);
      return this.#tell({ type: 'stream.closed' });
    }
    this.#log('RECV', formatHeader(token.header, token.contentNamespace));
    try {
      this.#tell({ type: 'stream.opened', header: parseHeader(token.header, token.contentNamespace) });
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
    if (event.type === 'tls.proceeded' && this.#tokenizer.hasUnread) return this.failed(injectedBytes());
    if (event.type === 'stanza.received' && this.#router) this.#router.send(event);
    else this.#tell(event);
  }

  /** What the peer sent is an error of the stream: says so, closes it (RFC 6120 §4.9.1.1), and reports. */
  #refuse(error: StreamError): void {
    if (this.#stream === 'open') {
      const text = formatStreamError(error);
      this.#log('SEND', text);
      this.#write(text);
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
    this.#write(serialize(sent, NS_CLIENT));
    this.#logElement('SEND', sent);
  }

  /**
   * Joins the stanzas that are written in one turn: one packet instead of many. Negotiation waits for an answer after each
   * step, so there is nothing to join and the sooner it goes out the better.
   */
  #write(text: string): void {
    if (this.#outgoing === '' && this.#router) queueMicrotask(() => this.#flush());
    this.#outgoing += text;
    if (!this.#router || this.#outgoing.length >= FLUSH_AT) this.#flush();
  }

  #flush(): void {
    const text = this.#outgoing;
    if (text === '' || this.#stream === 'over') return;
    this.#outgoing = '';
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
    if (this.#input.settings.onTraffic) this.#log(direction, serialize(maskSasl(logged), NS_CLIENT));
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

function streamClosed(): SessionEndedError {
  return new SessionEndedError('The stream was closed before the stanza was written', { condition: 'lost' });
}

function injectedBytes(): TransportError {
  return new TransportError('Bytes came between the consent to TLS and its handshake', {
    condition: 'injected-bytes',
    hint: 'Somebody between here and the server may be injecting commands (RFC 6120 §5.4.3.3). Nothing was sent; try direct TLS.',
  });
}
