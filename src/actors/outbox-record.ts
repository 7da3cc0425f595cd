import type { OutboxInput } from '../../machines/contracts.ts';
import type { SentStanza } from '../../machines/delivery.ts';
import type { SessionIdentity, SessionRecord } from '../../machines/session-record.ts';
import type { SessionRecordError } from '../errors/index.ts';
import { stampedStanza } from './outgoing.ts';
import { type KeptSession, SessionKeeper } from './session-keeper.ts';
import { formatSessionRecord, recordStanza } from './session-record.ts';

/** What the outbox holds at a moment, beside the ledger. */
export interface OutboxContents {
  /** What waits to be sent, in order. */
  readonly waiting: readonly SentStanza[];
  /** The order of the stanza that was given last. */
  readonly order: number;
  readonly isLive: boolean;
}

/** Whoever goes on with what is kept. */
interface Keeping {
  contents(): OutboxContents;
  kept(): void;
  failed(error: SessionRecordError): void;
}

/**
 * The record of what the outbox and the ledger hold. Nothing goes out, and nothing is acknowledged, before it is in a record that
 * was saved: so a process that is killed leaves nothing behind that the server knows and its successor does not.
 */
export class OutboxRecord implements KeptSession {
  readonly #input: OutboxInput;
  readonly #outbox: Keeping;
  #keeper: SessionKeeper | undefined;
  #session: SessionIdentity | undefined;
  /** Of the last record that was made. */
  #recorded = { order: 0, received: 0 };
  /** Of the last one that was saved. */
  #kept = { order: 0, received: 0 };

  constructor(input: OutboxInput, outbox: Keeping) {
    this.#input = input;
    this.#outbox = outbox;
  }

  /** The record of an earlier process was read: from now on there is one of this. */
  begin(session: SessionIdentity | undefined): void {
    const { sessions, jid, clock } = this.#input.settings;
    if (!sessions || this.#keeper) return;
    this.#keeper = new SessionKeeper(sessions, jid.bare, clock, this);
    this.open(session);
  }

  /** Whether {@link begin} is still to come. */
  get isAwaited(): boolean {
    return this.#keeper === undefined;
  }

  /** A session begins: what is sent in it waits for what is saved. */
  wake(): void {
    this.#keeper?.await(true);
  }

  /** The client was stopped: nobody waits for what is saved until the next session. */
  rest(): void {
    this.#keeper?.await(false);
  }

  /** A session begins; `undefined`: one that nobody can resume, or none. */
  open(session: SessionIdentity | undefined): void {
    this.#session = session;
    this.change();
  }

  /** The process ends, and leaves the record as it is. */
  end(): void {
    this.#keeper?.stop();
  }

  change(): void {
    this.#keeper?.change();
  }

  /** Whether a stanza may go out. */
  covers({ order }: SentStanza): boolean {
    return order <= this.#kept.order || this.#keeper?.isStuck === true;
  }

  /** How many stanzas may be acknowledged. */
  get received(): number {
    return this.#keeper?.isStuck === true ? this.#input.ledger.received : this.#kept.received;
  }

  record(): SessionRecord | undefined {
    const { ledger, settings } = this.#input;
    const { waiting, order, isLive } = this.#outbox.contents();
    this.#recorded = { order, received: ledger.received };
    const calendar = Date.now() - settings.clock.now();
    const outgoing = [...ledger.unacknowledged, ...waiting].map((sent) => {
      const { options, expiresAt } = sent;
      const stanza = stampedStanza(sent, settings.jid);
      return recordStanza(stanza, options, expiresAt === undefined ? undefined : expiresAt + calendar);
    });
    if (!this.#session && outgoing.every((each) => each === null)) return undefined;
    return formatSessionRecord(settings.jid.bare, this.#describe(isLive), outgoing, ledger.size);
  }

  kept(): void {
    this.#kept = this.#recorded;
    this.#outbox.kept();
  }

  failed(error: SessionRecordError): void {
    this.#outbox.failed(error);
  }

  #describe(isLive: boolean): SessionRecord['session'] {
    const { ledger } = this.#input;
    if (!this.#session || !ledger.isOpen) return undefined;
    const { jid, management, enabled, features } = this.#session;
    const { id, location, max } = management;
    if (id === undefined) return undefined;
    return {
      jid: jid.full,
      id,
      ...(location === undefined ? {} : { location }),
      ...(max === undefined ? {} : { max }),
      enabled,
      features,
      received: ledger.received,
      acknowledged: ledger.acknowledged,
      isLive,
    };
  }
}
