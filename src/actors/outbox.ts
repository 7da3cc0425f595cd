import { fromCallback } from 'xstate';
import type {
  DeliveryReport,
  OutboxCommand,
  OutboxInput,
  PublishCommand,
  TransportRef,
} from '../../machines/contracts.ts';
import { clientStopped, QueueFullError, SessionEndedError, type XmppError } from '../errors/index.ts';
import { type Element, serialize } from '../xml/index.ts';
import { errorEvent } from './published.ts';
import { unserializable } from './unserializable.ts';

/**
 * The queue of stanzas to be sent. Before the first session and between sessions it keeps them, bounded; while a session
 * is live they go straight to the transport, unless that cannot take more.
 */
export const outboxLogic = fromCallback<OutboxCommand, OutboxInput>(({ input, receive, sendBack, self }) => {
  const outbox = new Outbox(input, sendBack, () => self.send({ type: 'outbox.flush' }));
  receive((command) => outbox.handle(command));
  return () => outbox.dispose();
});

/** A stanza that waits. */
interface Queued {
  readonly stanza: Element;
  readonly report: DeliveryReport;
}

/** A class for the memory that it saves: every client has one, and a closure for each method would weigh more. */
class Outbox implements DeliveryReport {
  readonly #input: OutboxInput;
  readonly #report: (command: PublishCommand) => void;
  readonly #flushLater: () => void;
  #transport: TransportRef | undefined;
  #blocked = false;
  #queue: Queued[] = [];

  constructor(input: OutboxInput, report: (command: PublishCommand) => void, flushLater: () => void) {
    this.#input = input;
    this.#report = report;
    this.#flushLater = flushLater;
  }

  handle(command: OutboxCommand): void {
    switch (command.type) {
      case 'stanza.send':
        return this.#accept(command.stanza, command.report ?? this);
      case 'outbox.open':
        this.#transport = command.transport;
        return this.#flush();
      case 'outbox.flush':
        return this.#flush();
      case 'outbox.close':
        this.#transport = undefined;
        this.#blocked = false;
        return this.#dropRequests();
      case 'outbox.abandon':
        return this.#abandon(command.reason);
      case 'transport.blocked':
        this.#blocked = true;
        return;
      case 'transport.drained':
        this.#blocked = false;
        return this.#flush();
    }
  }

  /** The client is gone: whoever waits for a delivery must hear of it. */
  dispose(): void {
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
    if (this.#transport && this.#queue.length === 0 && !this.#blocked) {
      this.#transport.send({ type: 'stanza.send', stanza, report });
      return;
    }
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
    if (!this.#transport || this.#blocked) return;
    const next = this.#queue.shift();
    if (!next) return;
    this.#transport.send({ type: 'stanza.send', ...next });
    if (this.#queue.length > 0) this.#flushLater();
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
