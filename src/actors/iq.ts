import { fromCallback } from 'xstate';
import type { IqCommand, IqInput, PendingRequest, PublishCommand } from '../../machines/contracts.ts';
import type { DeliveryReport } from '../../machines/delivery.ts';
import { clientStopped, OptionError, QueueFullError, RequestTimeoutError, type XmppError } from '../errors/index.ts';
import { type Jid, tryParseJid } from '../jid/index.ts';
import { StanzaError } from '../stanza/index.ts';
import type { Element } from '../xml/index.ts';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import { droppedEvent } from './published.ts';

/** What of a request is needed to know its answer. Ten thousand of these may wait: nothing else is kept. */
interface Pending extends Pick<PendingRequest, 'timeout' | 'resolve' | 'reject'> {
  readonly to: string | undefined;
}

/**
 * Requests and their answers (RFC 6120 §8.2.3). An answer counts only with the id of a request *and* from whom it was asked
 * (RFC 6120 §8.1.2.1); anything else is dropped and reported. One timer serves all deadlines.
 */
export const iqLogic = fromCallback<IqCommand, IqInput>(({ input, receive, sendBack }) => {
  const tracker = new IqTracker(input, sendBack);
  receive((command) => tracker.handle(command));
  return () => tracker.dispose();
});

/** A class for the memory that it saves: every client has one, and a closure for each method would weigh more. */
class IqTracker {
  readonly #input: IqInput;
  readonly #report: (command: PublishCommand) => void;
  // Made with the first request: most clients wait for nothing most of the time.
  #pending: Map<string, Pending> | undefined;
  #deadlines: Deadlines | undefined;
  #self: Jid;

  constructor(input: IqInput, report: (command: PublishCommand) => void) {
    this.#input = input;
    this.#report = report;
    this.#self = input.settings.jid;
  }

  handle(command: IqCommand): void {
    switch (command.type) {
      case 'iq.request':
        return this.#request(command.request);
      case 'iq.received':
        return this.#answer(command.stanza);
      case 'iq.cancel':
        this.#take(command.id);
        return;
      case 'iq.open':
        this.#self = command.jid;
        return;
      case 'iq.abandon':
        return this.#abandon(command.reason);
    }
  }

  dispose(): void {
    this.#abandon(clientStopped());
  }

  #request({ stanza, timeout, resolve, reject }: PendingRequest): void {
    const { id, to } = stanza.attributes;
    if (id === undefined) return reject(withoutId());
    this.#pending ??= new Map();
    this.#deadlines ??= createDeadlines(this.#input.settings.clock, (passed) => this.#take(passed)?.reject(timedOut()));
    if (this.#pending.has(id)) return reject(sameId(id));
    const { maxPendingRequests } = this.#input.settings.limits;
    if (this.#pending.size >= maxPendingRequests) return reject(tooMany(maxPendingRequests));
    this.#pending.set(id, { to, timeout, resolve, reject });
    this.#deadlines.add(id, timeout);
    const report: DeliveryReport = { written() {}, failed: (reason) => this.#take(id)?.reject(reason) };
    this.#input.outbox.send({ type: 'stanza.send', stanza, report });
  }

  #answer(stanza: Element): void {
    const { id = '', from } = stanza.attributes;
    const waiting = this.#pending?.get(id);
    if (!waiting || !mayAnswer(from, waiting.to, this.#self)) {
      const event = droppedEvent(stanza, waiting ? 'foreign-answer' : 'unknown-answer');
      return this.#report({ type: 'publish', event });
    }
    this.#take(id);
    if (stanza.attributes.type === 'error') waiting.reject(StanzaError.fromElement(stanza));
    else waiting.resolve(stanza);
  }

  #take(id: string): Pending | undefined {
    const waiting = this.#pending?.get(id);
    if (waiting) {
      this.#pending?.delete(id);
      this.#deadlines?.remove(id, waiting.timeout);
    }
    return waiting;
  }

  #abandon(reason: XmppError): void {
    const abandoned = [...(this.#pending?.values() ?? [])];
    this.#pending?.clear();
    this.#deadlines?.clear();
    for (const { reject } of abandoned) reject(reason);
  }
}

/**
 * Whose answer counts. The server answers requests to the account itself, and may do so without `from`, as the account or
 * as its domain (RFC 6120 §8.1.2.1, §10.3.3); everybody else answers with the address that was asked.
 */
function mayAnswer(from: string | undefined, to: string | undefined, self: Jid): boolean {
  const asked = tryParseJid(to);
  const answering = tryParseJid(from);
  const ownAccount = asked === undefined || asked.full === self.bare;
  // Without `from` it can only be the own server that speaks.
  if (from === undefined) return ownAccount || asked?.full === self.domainpart;
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

function sameId(id: string): OptionError {
  return new OptionError(`A request with the id '${id}' waits for its answer already`, {
    hint: 'Build it with buildIq().',
  });
}

function withoutId(): OptionError {
  return new OptionError('A request needs an id, or its answer cannot be known', { hint: 'Build it with buildIq().' });
}
