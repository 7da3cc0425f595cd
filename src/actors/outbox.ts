import { fromCallback } from 'xstate';
import type {
  DeliveryReport,
  OutboxCommand,
  OutboxInput,
  PublishCommand,
  SentStanza,
  TransportRef,
} from '../../machines/contracts.ts';
import { clientStopped, QueueFullError, SessionEndedError, type XmppError } from '../errors/index.ts';
import { buildAck, buildAckRequest } from '../payloads/index.ts';
import { StreamError } from '../stream/index.ts';
import { type Element, serialize } from '../xml/index.ts';
import { AckRequests } from './ack-requests.ts';
import { errorEvent } from './published.ts';
import { unserializable } from './unserializable.ts';

/**
 * The queue of stanzas to be sent. Before the first session and between sessions it keeps them, bounded; while a session
 * is live they go straight to the transport, unless that cannot take more. Where the server manages the stream, what went out
 * is kept until the server says that it has it (XEP-0198 §4), and sent again when the session is resumed (§5).
 */
export const outboxLogic = fromCallback<OutboxCommand, OutboxInput>(({ input, receive, sendBack, self }) => {
  const outbox = new Outbox(input, sendBack, (type) => self.send({ type }));
  receive((command) => outbox.handle(command));
  return () => outbox.dispose();
});

/** A class for the memory that it saves: every client has one, and a closure for each method would weigh more. */
class Outbox implements DeliveryReport {
  readonly #input: OutboxInput;
  readonly #report: (command: PublishCommand) => void;
  readonly #tellSelf: (type: 'outbox.flush' | 'ack.request') => void;
  #acks: AckRequests | undefined;
  #transport: TransportRef | undefined;
  #blocked = false;
  /** The server is to know how many stanzas were handled, once the transport takes more. */
  #owesAck = false;
  #queue: SentStanza[] = [];

  constructor(
    input: OutboxInput,
    report: (command: PublishCommand) => void,
    tellSelf: (type: 'outbox.flush' | 'ack.request') => void,
  ) {
    this.#input = input;
    this.#report = report;
    this.#tellSelf = tellSelf;
  }

  handle(command: OutboxCommand): void {
    switch (command.type) {
      case 'stanza.send':
        return this.#accept(command.stanza, command.report ?? this);
      case 'nonza.send':
        this.#transport?.send(command);
        return;
      case 'outbox.open':
        this.#transport = command.transport;
        return this.#flush();
      case 'outbox.flush':
        return this.#flush();
      case 'outbox.pause':
        return this.#pause();
      case 'outbox.resume':
        return this.#resume(command.transport, command.h);
      case 'outbox.close':
        this.#pause();
        this.#closeLedger(command.h, command.isWanted === true);
        return this.#dropRequests();
      case 'ack.send':
        return this.#sendAck();
      case 'ack.request':
        if (this.#input.ledger.isOpen) this.#transport?.send({ type: 'nonza.send', nonza: buildAckRequest() });
        return;
      case 'ack.received':
        this.#takeAck(command.h);
        return this.#flush();
      case 'outbox.abandon':
        return this.#abandon(command.reason);
      case 'transport.blocked':
        this.#blocked = true;
        return;
      case 'transport.drained':
        this.#blocked = false;
        this.#payAck();
        return this.#flush();
    }
  }

  /** The client is gone: whoever waits for a delivery must hear of it. */
  dispose(): void {
    this.#acks?.stop();
    const reason = clientStopped();
    for (const { report } of this.#queue) if (report !== this) report.failed(reason);
  }

  /** Stanzas that came without a report are reported to the application if they fail. */
  written(): void {}

  failed(error: XmppError): void {
    this.#report({ type: 'publish', event: errorEvent(error) });
  }

  #accept(stanza: Element, report: DeliveryReport): void {
    const { maxQueuedStanzas } = this.#input.settings.limits;
    if (this.#queue.length === 0 && this.#maySend()) return this.#send({ stanza, report });
    if (this.#queue.length >= maxQueuedStanzas) report.failed(queueFull(maxQueuedStanzas));
    else this.#enqueue(stanza, report);
  }

  /** Refuses now what nobody could send later: the caller is still there to hear of it. */
  #enqueue(stanza: Element, report: DeliveryReport): void {
    try {
      serialize(stanza);
      this.#queue.push({ stanza, report });
    } catch (error) {
      report.failed(unserializable(error));
    }
  }

  /** One at a time: that the transport can take no more is in the mailbox before the next turn. */
  #flush(): void {
    if (!this.#maySend()) return;
    const next = this.#queue.shift();
    if (!next) return;
    this.#send(next);
    if (this.#queue.length > 0) this.#tellSelf('outbox.flush');
  }

  #maySend(): boolean {
    const { ledger, settings } = this.#input;
    if (this.#transport === undefined || this.#blocked) return false;
    return !ledger.isOpen || ledger.size < settings.limits.maxUnacknowledged;
  }

  #send(sent: SentStanza): void {
    const { ledger } = this.#input;
    if (!ledger.isOpen) this.#transport?.send({ type: 'stanza.send', ...sent });
    else this.#transport?.send({ type: 'stanza.send', stanza: sent.stanza, report: this.#counted(sent) });
  }

  /** What is written counts, in the order of writing; what could not be written does not. */
  #counted(sent: SentStanza): DeliveryReport {
    return {
      written: () => {
        this.#input.ledger.add(sent);
        this.#acks ??= new AckRequests(this.#input.settings.clock, () => this.#tellSelf('ack.request'));
        this.#acks.sent();
        sent.report.written();
      },
      failed: (reason) => {
        if (reason instanceof SessionEndedError) this.#takeBack(sent);
        else sent.report.failed(reason);
      },
    };
  }

  /** The stream was closed before it could be written, and the session may go on without it. */
  #takeBack(sent: SentStanza): void {
    this.#pause();
    this.#queue.unshift(sent);
  }

  /** One answers any number of questions: who asks and does not read fills no memory. */
  #sendAck(): void {
    const { ledger } = this.#input;
    if (!ledger.isOpen) return;
    if (this.#blocked) this.#owesAck = true;
    // The session may have ended with its connection.
    else if (this.#transport?.getSnapshot().status === 'active') {
      this.#transport.send({ type: 'nonza.send', nonza: buildAck(ledger.received) });
    }
  }

  #payAck(): void {
    if (!this.#owesAck) return;
    this.#owesAck = false;
    this.#sendAck();
  }

  #pause(): void {
    this.#blocked = false;
    this.#payAck();
    this.#transport = undefined;
    this.#acks?.stop();
  }

  #resume(transport: TransportRef, h: number): void {
    this.#transport = transport;
    if (!this.#takeAck(h)) return;
    for (const { stanza } of this.#input.ledger.unacknowledged) transport.send({ type: 'stanza.send', stanza });
    if (this.#input.ledger.size > 0) this.#acks?.sent();
    this.#flush();
  }

  /** A server that miscounts cannot be relied on: neither to have got what it acknowledged, nor to resume (XEP-0198 §6). */
  #takeAck(h: number | undefined): boolean {
    const { ledger } = this.#input;
    if (!ledger.isOpen) return false;
    try {
      if (h === undefined) throw new StreamError('bad-format', { text: 'Expected an unsigned integer as h' });
      for (const { report } of ledger.acknowledge(h)) report.acknowledged?.();
      this.#acks?.answered(ledger.size);
      return true;
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      const transport = this.#transport;
      this.#pause();
      transport?.send({ type: 'stream.fail', error });
      return false;
    }
  }

  /** The session is over: whoever sent what was not acknowledged hears of it, once, unless it is over on our own wish. */
  #closeLedger(h: number | undefined, isWanted: boolean): void {
    const { ledger } = this.#input;
    if (!ledger.isOpen) return;
    if (h !== undefined && !isWanted) this.#takeAck(h);
    const lost = ledger.close();
    if (isWanted) return;
    const reason = new SessionEndedError('The session ended before the server confirmed the stanza', {
      condition: 'lost',
      hint: 'It may have arrived or not: send it again, with the same id.',
    });
    for (const { stanza, report } of lost) if (report !== this || stanza.name === 'message') report.failed(reason);
  }

  /** A request fails with its session; sent in the next one, it would do what its caller was told did not happen. */
  #dropRequests(): void {
    const requests = this.#queue.filter(({ stanza }) => isRequest(stanza));
    if (requests.length === 0) return;
    this.#queue = this.#queue.filter(({ stanza }) => !isRequest(stanza));
    const ended = new SessionEndedError('The session ended before the request was sent', { condition: 'lost' });
    for (const { report } of requests) report.failed(ended);
  }

  #abandon(reason: XmppError): void {
    const abandoned = this.#queue;
    this.#queue = [];
    for (const { report } of abandoned) report.failed(reason);
  }
}

function isRequest({ name, attributes }: Element): boolean {
  return name === 'iq' && (attributes.type === 'get' || attributes.type === 'set');
}

function queueFull(limit: number): QueueFullError {
  return new QueueFullError(`${limit} stanzas wait to be sent already`, {
    hint: 'Wait until the client is online, send less, or raise `limits.maxQueuedStanzas`.',
  });
}
