import { fromCallback } from 'xstate';
import type {
  DeliveryReport,
  OutboxCommand,
  OutboxInput,
  PublishCommand,
  TransportRef,
} from '../../machines/contracts.ts';
import { QueueFullError, SessionEndedError, type XmppError } from '../errors/index.ts';
import { type Element, serialize } from '../xml/index.ts';
import { errorEvent } from './published.ts';
import { unserializable } from './unserializable.ts';

/**
 * The queue of stanzas to be sent. Before the first session and between sessions it keeps them, bounded; while a session
 * is live they go straight to the transport, unless that cannot take more.
 */
export const outboxLogic = fromCallback<OutboxCommand, OutboxInput>(({ input, receive, sendBack }) => {
  const outbox = new Outbox(input, sendBack);
  receive((command) => outbox.handle(command));
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
  #transport: TransportRef | undefined;
  #blocked = false;
  #queue: Queued[] = [];

  constructor(input: OutboxInput, report: (command: PublishCommand) => void) {
    this.#input = input;
    this.#report = report;
  }

  handle(command: OutboxCommand): void {
    switch (command.type) {
      case 'stanza.send':
        return this.#accept(command.stanza, command.report ?? this);
      case 'outbox.open':
        this.#transport = command.transport;
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
        return this.#flush();
    }
  }

  /** Stanzas that came without a report are reported to the application if they fail. */
  written(): void {}

  failed(error: XmppError): void {
    this.#report({ type: 'publish', event: errorEvent(error) });
  }

  #accept(stanza: Element, report: DeliveryReport): void {
    const { maxQueuedStanzas } = this.#input.settings.limits;
    if (this.#transport && !this.#blocked) this.#transport.send({ type: 'stanza.send', stanza, report });
    else if (this.#queue.length >= maxQueuedStanzas) report.failed(queueFull(maxQueuedStanzas));
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

  #flush(): void {
    this.#blocked = false;
    let sent = 0;
    while (this.#transport && !this.#blocked && sent < this.#queue.length) {
      const next = this.#queue[sent++];
      if (next) this.#transport.send({ type: 'stanza.send', ...next });
    }
    if (sent > 0) this.#queue = this.#queue.slice(sent);
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
