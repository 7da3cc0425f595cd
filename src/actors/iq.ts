import { fromCallback } from 'xstate';
import type { IqCommand, IqInput, PendingRequest } from '../../machines/contracts.ts';
import { OptionError, QueueFullError, RequestTimeoutError, type XmppError } from '../errors/index.ts';
import { type Jid, tryParseJid } from '../jid/index.ts';
import { StanzaError } from '../stanza/index.ts';
import type { Element } from '../xml/index.ts';
import { createDeadlines } from './deadlines.ts';
import { droppedEvent } from './published.ts';

/** A request that waits for its answer: what is needed to know it again, and no more. */
interface Pending {
  readonly to: string | undefined;
  readonly settle: PendingRequest['settle'];
}

/**
 * Requests and their answers (RFC 6120 §8.2.3). An answer counts only with the id of a request *and* from whom it was asked
 * (RFC 6120 §8.1.2.1); anything else is dropped and reported. One timer serves all deadlines.
 */
export const iqLogic = fromCallback<IqCommand, IqInput>(({ input, receive }) => {
  const { settings, outbox, publisher } = input;
  const pending = new Map<string, Pending>();
  const deadlines = createDeadlines(settings.clock, (id) => take(id)?.settle(timedOut(), undefined));
  let self: Jid = settings.jid;

  receive((command) => {
    switch (command.type) {
      case 'iq.request':
        return request(command.request);
      case 'iq.received':
        return answer(command.stanza);
      case 'iq.cancel':
        take(command.id);
        return;
      case 'iq.open':
        self = command.jid;
        return;
      case 'iq.abandon':
        return abandon(command.reason);
    }
  });
  return () => deadlines.clear();

  function request({ stanza, timeout, settle }: PendingRequest): void {
    const { id, to } = stanza.attributes;
    if (id === undefined) return settle(withoutId(), undefined);
    if (pending.size >= settings.limits.maxPendingRequests) return settle(tooMany(pending.size), undefined);
    pending.set(id, { to, settle });
    deadlines.add(id, timeout);
    outbox.send({
      type: 'stanza.send',
      stanza,
      report: { written() {}, failed: (reason) => take(id)?.settle(reason, undefined) },
    });
  }

  function answer(stanza: Element): void {
    const { id = '', from } = stanza.attributes;
    const waiting = pending.get(id);
    if (!waiting || !mayAnswer(from, waiting.to, self)) {
      publisher.send({ type: 'publish', event: droppedEvent(stanza, waiting ? 'foreign-answer' : 'unknown-answer') });
      return;
    }
    take(id);
    if (stanza.attributes.type === 'error') waiting.settle(StanzaError.fromElement(stanza), undefined);
    else waiting.settle(undefined, stanza);
  }

  function take(id: string): Pending | undefined {
    const waiting = pending.get(id);
    pending.delete(id);
    deadlines.remove(id);
    return waiting;
  }

  function abandon(reason: XmppError): void {
    const abandoned = [...pending.values()];
    pending.clear();
    deadlines.clear();
    for (const { settle } of abandoned) settle(reason, undefined);
  }
});

/**
 * Whose answer counts. The server answers requests to the account itself, and may do so without `from`, as the account or
 * as its domain (RFC 6120 §8.1.2.1, §10.3.3); everybody else answers with the address that was asked.
 */
function mayAnswer(from: string | undefined, to: string | undefined, self: Jid): boolean {
  const asked = tryParseJid(to);
  const answering = tryParseJid(from);
  const ownAccount = asked === undefined || asked.full === self.bare;
  if (from === undefined) return ownAccount;
  if (answering === undefined) return false;
  if (asked !== undefined && answering.full === asked.full) return true;
  if (!ownAccount) return false;
  return answering.full === self.bare || answering.full === self.full || answering.full === self.domainpart;
}

function timedOut(): RequestTimeoutError {
  return new RequestTimeoutError('No answer to the request in time', {
    hint: 'The other side may be offline or busy; `timeout` sets the patience.',
  });
}

function tooMany(count: number): QueueFullError {
  return new QueueFullError(`${count} requests wait for an answer already`, {
    hint: 'Ask less at once, or raise `limits.maxPendingRequests`.',
  });
}

function withoutId(): OptionError {
  return new OptionError('A request needs an id, or its answer cannot be known', { hint: 'Build it with buildIq().' });
}
