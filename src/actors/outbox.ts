import { fromCallback } from 'xstate';
import type { OutboxCommand, OutboxInput, PublishCommand, TransportRef } from '../../machines/contracts.ts';
import type { SentStanza, WriteReport } from '../../machines/delivery.ts';
import type { RestoredSession } from '../../machines/session-record.ts';
import { clientStopped, SessionEndedError, type XmppError } from '../errors/index.ts';
import { buildAck, buildAckRequest } from '../payloads/index.ts';
import { StreamError } from '../stream/index.ts';
import { connectionLost, noSession, requestLost, unconfirmed } from './delivery-errors.ts';
import { type OutboxContents, OutboxRecord } from './outbox-record.ts';
import { isOfTheMoment, isRequest, isSentAgain, Outgoing, type Sender, stamp } from './outgoing.ts';
import { errorEvent } from './published.ts';
import { Reporter } from './reporter.ts';
import { restoreStanzas } from './restored-stanzas.ts';
import { problemWith } from './send-options.ts';
import { SendQueue } from './send-queue.ts';
import { lengthOf } from './stanza-length.ts';
import { Unacknowledged } from './unacknowledged.ts';
import { unserializable } from './unserializable.ts';

/**
 * Sends stanzas. Before the first session and between sessions they wait in a queue; while a session is live they go straight
 * to the transport, unless that cannot take more. Where the server manages the stream, what went out is kept until the server
 * says that it has it (XEP-0198 §4), and sent again when the session is resumed (§5).
 */
export const outboxLogic = fromCallback<OutboxCommand, OutboxInput>(({ input, receive, sendBack, self }) => {
  const outbox = new Outbox(input, sendBack, (type) => self.send({ type }));
  receive((command) => outbox.handle(command));
  return () => outbox.dispose();
});

/** What it tells itself, to be done in its turn. */
type SelfCommand = 'outbox.flush' | 'outbox.kept' | 'ack.request';

/** A class for the memory that it saves: every client has one, and a closure for each method would weigh more. */
class Outbox implements Sender {
  readonly #input: OutboxInput;
  readonly #publish: (command: PublishCommand) => void;
  readonly #reporter: Reporter;
  readonly #tellSelf: (type: SelfCommand) => void;
  readonly #queue: SendQueue;
  readonly #unacknowledged: Unacknowledged;
  #transport: TransportRef | undefined;
  #blocked = false;
  /** The server is to know how many stanzas were handled, once the transport takes more and the record has it. */
  #owesAck = false;
  /** Only where the application keeps records. */
  readonly #record: OutboxRecord | undefined;
  #order = 0;

  constructor(input: OutboxInput, publish: (command: PublishCommand) => void, tellSelf: (type: SelfCommand) => void) {
    this.#input = input;
    this.#reporter = new Reporter(publish, input.settings.recorder);
    this.#tellSelf = tellSelf;
    this.#queue = new SendQueue(input.settings, this.#reporter);
    this.#unacknowledged = new Unacknowledged(input, tellSelf);
    this.#publish = publish;
    if (input.settings.sessions && input.settings.jid.localpart !== undefined) {
      this.#record = new OutboxRecord(input, {
        contents: () => this.#contents(),
        kept: () => tellSelf('outbox.kept'),
        failed: (error) => publish({ type: 'publish', event: errorEvent(error) }),
      });
    }
  }

  handle(command: OutboxCommand): void {
    switch (command.type) {
      case 'stanza.send':
        return this.#accept(command);
      case 'nonza.send':
        this.#transport?.send(command);
        return;
      case 'outbox.open':
        this.#transport = command.transport;
        this.#record?.wake();
        this.#record?.open(command.session);
        return this.#flush();
      case 'outbox.restore':
        return this.#restore(command.restored);
      case 'outbox.flush':
        return this.#flush();
      case 'outbox.kept':
        this.#payAck();
        return this.#flush();
      case 'outbox.pause':
        return this.#pause();
      case 'outbox.resume':
        return this.#resume(command.transport, command.h);
      case 'outbox.close':
        this.#pause();
        this.#closeLedger(command.h, command.isWanted === true);
        this.#fail(this.#queue.take(isRequest), requestLost);
        return this.#record?.open(undefined);
      case 'ack.send':
        return this.#sendAck();
      case 'ack.probe':
        if (this.#input.ledger.isOpen && this.#transport) this.#unacknowledged.probe();
        return;
      case 'ack.request':
        if (this.#input.ledger.isOpen) this.#transport?.send({ type: 'nonza.send', nonza: buildAckRequest() });
        return;
      case 'ack.received':
        this.#takeAck(command.h);
        return this.#flush();
      case 'outbox.abandon':
        this.#fail(this.#queue.take(), () => command.reason);
        this.#record?.change();
        return this.#record?.rest();
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
    this.#record?.end();
    this.#unacknowledged.stopAsking();
    this.#closeLedger(undefined, true);
    const waiting = this.#queue.take().filter(({ report }) => report !== this.#reporter);
    this.#fail(waiting, clientStopped);
  }

  wrote(sent: SentStanza): void {
    const { ledger } = this.#input;
    if (ledger.isOpen) this.#unacknowledged.add(sent);
    else this.#record?.change();
    this.#reporter.tellWritten(sent, !ledger.isOpen);
  }

  /** Where the stream was closed before it could be written, it waits for the next one, unless it is not to be kept. */
  couldNotWrite(sent: SentStanza, reason: XmppError): void {
    if (!(reason instanceof SessionEndedError)) return this.#reporter.tellFailed(sent, reason);
    this.#pause();
    if (isOfTheMoment(sent)) this.#reporter.tellFailed(sent, connectionLost());
    else this.#queue.putBack([sent]);
  }

  /** It waits until there is room, as everything that comes after it. */
  isTooLong(sent: SentStanza): void {
    this.#queue.add(sent);
  }

  /** Refuses now what nobody could send later: the caller is still there to hear of it. */
  #accept({ stanza, report = this.#reporter, options }: Extract<OutboxCommand, { type: 'stanza.send' }>): void {
    const problem = options && problemWith(options);
    if (problem) return this.#reporter.tellFailed({ stanza, report }, problem);
    if (!this.#transport && options?.keep === false) return this.#reporter.tellFailed({ stanza, report }, noSession());
    const expiresAt = options?.expires === undefined ? undefined : this.#input.settings.clock.now() + options.expires;
    this.#order += 1;
    const sent = new Outgoing(stanza, report, options, this.#order, expiresAt, this);
    const room = this.#queue.isEmpty && !this.#record ? this.#room : -1;
    try {
      if (room >= 0) return this.#send(sent, room);
      sent.length = lengthOf(stanza);
    } catch (error) {
      return this.#reporter.tellFailed(sent, unserializable(error));
    }
    this.#queue.add(sent);
    this.#record?.change();
    // A store that does not answer is not waited for.
    if (this.#record?.covers(sent)) this.#flush();
  }

  #contents(): OutboxContents {
    return { waiting: this.#queue.contents, order: this.#order, isLive: this.#transport !== undefined };
  }

  /** Goes on where an earlier process ended. */
  #restore(restored: RestoredSession | undefined): void {
    if (!this.#record?.isAwaited) return;
    const { session } = restored ?? {};
    if (restored) {
      const now = this.#input.settings.clock.now();
      const { unacknowledged, waiting } = restoreStanzas(restored, now, this, this.#publish);
      if (session) this.#input.ledger.open({ received: session.received, sent: session.acknowledged });
      this.#unacknowledged.restore(unacknowledged);
      this.#queue.putBack(waiting);
    }
    this.#record.begin(session);
  }

  /** One at a time: that the transport can take no more is in the mailbox before the next turn. */
  #flush(): void {
    const next = this.#queue.first;
    if (!next || next.length > this.#room || this.#record?.covers(next) === false) return;
    this.#queue.shift();
    this.#send(next);
    if (!this.#queue.isEmpty) this.#tellSelf('outbox.flush');
  }

  /** UTF-16 units that the next stanza may take to go out now; below zero if none may. */
  get #room(): number {
    return this.#transport === undefined || this.#blocked ? -1 : this.#unacknowledged.room;
  }

  #send(sent: SentStanza, room = Number.POSITIVE_INFINITY): void {
    this.#transport?.send({ type: 'stanza.send', stanza: sent.stanza, report: sent, room });
  }

  /** One answers any number of questions: who asks and does not read fills no memory. */
  #sendAck(): void {
    const { ledger } = this.#input;
    if (!ledger.isOpen) return;
    this.#owesAck = true;
    if (this.#record && this.#record.received !== ledger.received) this.#record.change();
    else this.#payAck();
  }

  #payAck(): void {
    const { ledger } = this.#input;
    if (!this.#owesAck || this.#blocked) return;
    this.#owesAck = false;
    // The session may have ended with its connection.
    if (!ledger.isOpen || this.#transport?.getSnapshot().status !== 'active') return;
    this.#transport.send({ type: 'nonza.send', nonza: buildAck(this.#record?.received ?? ledger.received) });
  }

  #pause(): void {
    this.#blocked = false;
    this.#payAck();
    this.#transport = undefined;
    this.#unacknowledged.stopAsking();
    this.#fail(this.#queue.take(isOfTheMoment), connectionLost);
    this.#record?.change();
  }

  /** What the server did not get goes out again. What was for the moment only does not, and the server will never count it. */
  #resume(transport: TransportRef, h: number): void {
    const { ledger } = this.#input;
    this.#transport = transport;
    if (!this.#takeAck(h)) return;
    this.#fail(this.#unacknowledged.withdraw(isOfTheMoment), connectionLost);
    for (const sent of ledger.unacknowledged) {
      const report: WriteReport = { written() {}, failed: (reason) => this.#couldNotRepeat(sent, reason) };
      transport.send({ type: 'stanza.send', stanza: sent.stanza, report });
    }
    this.#unacknowledged.askAgain();
    this.#flush();
  }

  /** Where the stream is closed already, it is for the next one. */
  #couldNotRepeat(sent: SentStanza, reason: XmppError): void {
    if (reason instanceof SessionEndedError) return;
    this.#fail(
      this.#unacknowledged.withdraw((other) => other === sent),
      () => reason,
    );
  }

  /** A server that miscounts cannot be relied on: neither to have got what it acknowledged, nor to resume (XEP-0198 §6). */
  #takeAck(h: number | undefined): boolean {
    if (!this.#input.ledger.isOpen) return false;
    try {
      for (const sent of this.#unacknowledged.acknowledge(h)) this.#reporter.tellAcknowledged(sent);
      this.#record?.change();
      return true;
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      const transport = this.#transport;
      this.#pause();
      transport?.send({ type: 'stream.fail', error });
      return false;
    }
  }

  /**
   * The session is over. Whoever sent what was not acknowledged hears of it, once, or it is sent again in the next one. If it is
   * over on our own wish, there is nothing to hear but that nobody will say more.
   */
  #closeLedger(h: number | undefined, isWanted: boolean): void {
    if (!this.#input.ledger.isOpen) return;
    if (h !== undefined && !isWanted) this.#takeAck(h);
    const left = this.#unacknowledged.close();
    if (isWanted) {
      for (const sent of left) this.#reporter.tellWritten(sent, true);
      return;
    }
    const again = left.filter(isSentAgain);
    for (const sent of again) stamp(sent, this.#input.settings.jid);
    this.#queue.putBack(again);
    const lost = left.filter((sent) => !isSentAgain(sent));
    this.#fail(
      lost.filter(({ stanza, report }) => report !== this.#reporter || stanza.name === 'message'),
      unconfirmed,
    );
  }

  #fail(all: readonly SentStanza[], reason: () => XmppError): void {
    if (all.length === 0) return;
    const error = reason();
    for (const sent of all) this.#reporter.tellFailed(sent, error);
  }
}
