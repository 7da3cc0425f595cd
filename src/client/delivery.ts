import type { DeliveryReport } from '../../machines/contracts.ts';
import type { XmppError } from '../errors/index.ts';

/** What becomes of a stanza that was given to be sent. */
export interface Delivery {
  /**
   * `queued`: waits for a session. `written`: handed to the connection. `acknowledged`: the server has it (XEP-0198 §4), which
   * only a managed stream tells. `failed`: it will not be sent, or nobody knows whether it arrived.
   */
  readonly state: 'queued' | 'written' | 'acknowledged' | 'failed';
  /** Why it failed. */
  readonly error: XmppError | undefined;
  /** Resolves when the stanza is written, rejects when it failed. */
  settled(): Promise<void>;
}

/** A delivery, and the door through which the outbox reports. */
export function createDelivery(): Delivery & DeliveryReport {
  return new DeliveryHandle();
}

interface Waiter {
  resolve(): void;
  reject(error: XmppError): void;
}

class DeliveryHandle implements Delivery, DeliveryReport {
  state: Delivery['state'] = 'queued';
  error: XmppError | undefined;
  #waiting: Waiter[] | undefined;

  written(): void {
    this.state = 'written';
    for (const { resolve } of this.#waiting ?? []) resolve();
  }

  acknowledged(): void {
    this.state = 'acknowledged';
  }

  failed(reason: XmppError): void {
    this.state = 'failed';
    this.error = reason;
    for (const { reject } of this.#waiting ?? []) reject(reason);
  }

  settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.error) reject(this.error);
      else if (this.state !== 'queued') resolve();
      else this.#wait({ resolve, reject });
    });
  }

  #wait(waiter: Waiter): void {
    this.#waiting ??= [];
    this.#waiting.push(waiter);
  }
}
