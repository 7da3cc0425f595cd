import type { RouterRef } from '../../machines/contracts.ts';
import type { DeliveryReport } from '../../machines/delivery.ts';
import type { XmppError } from '../errors/index.ts';
import { requireArgument } from './check-arguments.ts';
import { callable } from './kinds.ts';
import { reportListener } from './listen.ts';

/** What becomes of a stanza that was given to be sent. */
export interface Delivery {
  /**
   * `waiting`: the queue did not take it yet, having no room. `queued`: waits to be written. `written`: handed to the connection.
   * `acknowledged`: the server has it (XEP-0198 §4), which only a managed stream tells. `failed`: it will not be sent, or nobody
   * knows whether it arrived. From `written` it goes back to `queued` where it is to be sent again in the next session.
   */
  readonly state: 'waiting' | 'queued' | 'written' | 'acknowledged' | 'failed';
  /** Why it failed. */
  readonly error: XmppError | undefined;
  /** Resolves when the queue took it, or it went out at once; rejects when it failed. */
  queued(): Promise<void>;
  /** Resolves when it is written, rejects when it failed. */
  written(): Promise<void>;
  /**
   * The end. `acknowledged`: the server has it. `written`: it was handed to the connection, and nobody will ever say more, since the
   * stream is not managed, or the client was stopped before the server said anything. Rejects when it failed.
   */
  settled(): Promise<'written' | 'acknowledged'>;
  /** Hears each change of the state; the returned function ends that. A listener that throws is reported as `error`. */
  subscribe(listener: (delivery: Delivery) => void): () => void;
}

/**
 * What the outbox reported. Thousands of these wait for their acknowledgement: a private method would cost each of them a field
 * more, and a list of watchers is there for those that are watched.
 */
export class DeliveryRecord implements DeliveryReport {
  state: Delivery['state'] = 'waiting';
  /** The reason of a failure; `true` once nobody will say more. */
  end: XmppError | true | undefined;
  watchers: readonly (() => void)[] | undefined;

  queued(): void {
    become(this, 'queued');
  }

  written(isLast: boolean): void {
    if (isLast) this.end = true;
    become(this, 'written');
  }

  acknowledged(): void {
    this.end = true;
    become(this, 'acknowledged');
  }

  failed(reason: XmppError): void {
    this.end = reason;
    become(this, 'failed');
  }
}

/** The delivery as the application sees it; failures of its listeners are told to the router. */
export function deliveryOf(record: DeliveryRecord, router: RouterRef): Delivery {
  return new DeliveryHandle(record, router);
}

class DeliveryHandle implements Delivery {
  readonly #record: DeliveryRecord;
  readonly #router: RouterRef;

  constructor(record: DeliveryRecord, router: RouterRef) {
    this.#record = record;
    this.#router = router;
  }

  get state(): Delivery['state'] {
    return this.#record.state;
  }

  get error(): XmppError | undefined {
    const { end } = this.#record;
    return end === true ? undefined : end;
  }

  queued(): Promise<void> {
    return once(
      this.#record,
      ({ state }) => state !== 'waiting',
      () => {},
    );
  }

  written(): Promise<void> {
    return once(
      this.#record,
      ({ state }) => state === 'written' || state === 'acknowledged',
      () => {},
    );
  }

  settled(): Promise<'written' | 'acknowledged'> {
    return once(
      this.#record,
      ({ end }) => end === true,
      ({ state }) => (state === 'acknowledged' ? 'acknowledged' : 'written'),
    );
  }

  subscribe(listener: (delivery: Delivery) => void): () => void {
    requireArgument('delivery.subscribe()', 'listener', listener, callable);
    let seen = this.state;
    return watch(this.#record, () => {
      if (this.state === seen) return;
      seen = this.state;
      try {
        listener(this);
      } catch (cause) {
        reportListener(this.#router, 'a delivery', cause);
      }
    });
  }
}

function become(record: DeliveryRecord, state: Delivery['state']): void {
  record.state = state;
  if (!record.watchers) return;
  for (const watcher of record.watchers) watcher();
}

/** Hears that something changed; the returned function ends that. */
function watch(record: DeliveryRecord, watcher: () => void): () => void {
  record.watchers = [...(record.watchers ?? []), watcher];
  return () => {
    record.watchers = record.watchers?.filter((each) => each !== watcher);
  };
}

/** Resolves once something is reached, rejects when the delivery failed. */
function once<Value>(
  record: DeliveryRecord,
  isReached: (record: DeliveryRecord) => boolean,
  value: (record: DeliveryRecord) => Value,
): Promise<Value> {
  const promise = new Promise<Value>((resolve, reject) => {
    const look = (): boolean => {
      const { end } = record;
      if (end !== undefined && end !== true) reject(end);
      else if (isReached(record)) resolve(value(record));
      else return false;
      return true;
    };
    if (look()) return;
    const stop = watch(record, () => {
      if (look()) stop();
    });
  });
  // Whoever asked and does not wait can still read `error`: a stanza that fails must not end the process.
  promise.catch(() => {});
  return promise;
}
