import { fromCallback } from 'xstate';
import type { DeliveryReport, OutboxCommand, OutboxInput, TransportRef } from '../../machines/contracts.ts';
import { QueueFullError, SessionEndedError, type XmppError } from '../errors/index.ts';
import { type Element, serialize, XmlError } from '../xml/index.ts';
import { errorEvent } from './published.ts';
import { unserializable } from './unserializable.ts';

/** A stanza that waits. */
interface Queued {
  readonly stanza: Element;
  readonly report: DeliveryReport;
}

/**
 * The queue of stanzas to be sent. Before the first session and between sessions it keeps them, bounded; while a session
 * is live they go straight to the transport, unless that cannot take more.
 */
export const outboxLogic = fromCallback<OutboxCommand, OutboxInput>(({ input, receive }) => {
  const limit = input.settings.limits.maxQueuedStanzas;
  const publish: DeliveryReport = {
    written() {},
    failed: (error) => input.publisher.send({ type: 'publish', event: errorEvent(error) }),
  };
  let transport: TransportRef | undefined;
  let blocked = false;
  let queue: Queued[] = [];

  receive((command) => {
    switch (command.type) {
      case 'stanza.send':
        return accept(command.stanza, command.report ?? publish);
      case 'outbox.open':
        transport = command.transport;
        return flush();
      case 'outbox.close':
        transport = undefined;
        blocked = false;
        return dropRequests();
      case 'outbox.abandon':
        return abandon(command.reason);
      case 'transport.blocked':
        blocked = true;
        return;
      case 'transport.drained':
        return flush();
    }
  });

  function accept(stanza: Element, report: DeliveryReport): void {
    if (transport && !blocked) transport.send({ type: 'stanza.send', stanza, report });
    else if (queue.length >= limit) report.failed(queueFull(limit));
    else enqueue(stanza, report);
  }

  /** Refuses now what nobody could send later: the caller is still there to hear of it. */
  function enqueue(stanza: Element, report: DeliveryReport): void {
    try {
      serialize(stanza);
      queue.push({ stanza, report });
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      report.failed(unserializable(error));
    }
  }

  function flush(): void {
    blocked = false;
    let sent = 0;
    while (transport && !blocked && sent < queue.length) {
      const next = queue[sent++];
      if (next) transport.send({ type: 'stanza.send', ...next });
    }
    queue = queue.slice(sent);
  }

  /** A request fails with its session; sent in the next one, it would do what its caller was told did not happen. */
  function dropRequests(): void {
    const ended = new SessionEndedError('The session ended before the request was sent', { condition: 'lost' });
    for (const { stanza, report } of queue) if (isRequest(stanza)) report.failed(ended);
    queue = queue.filter(({ stanza }) => !isRequest(stanza));
  }

  function abandon(reason: XmppError): void {
    const abandoned = queue;
    queue = [];
    for (const { report } of abandoned) report.failed(reason);
  }
});

function isRequest({ name, attributes }: Element): boolean {
  return name === 'iq' && (attributes.type === 'get' || attributes.type === 'set');
}

function queueFull(limit: number): QueueFullError {
  return new QueueFullError(`${limit} stanzas wait to be sent already`, {
    hint: 'Wait until the client is online, send less, or raise `limits.maxQueuedStanzas`.',
  });
}
