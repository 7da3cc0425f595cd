import type { PublishCommand } from '../../machines/contracts.ts';
import type { DeliveryReport, SentStanza } from '../../machines/delivery.ts';
import { DeliveryError, OptionError, type XmppError } from '../errors/index.ts';
import { errorEvent } from './published.ts';

/**
 * Tells those who sent stanzas what becomes of them. One whose report throws harms nobody but itself: what becomes of the
 * other stanzas does not depend on it, and the application hears of it.
 */
export class Reporter implements DeliveryReport {
  readonly #publish: (command: PublishCommand) => void;

  constructor(publish: (command: PublishCommand) => void) {
    this.#publish = publish;
  }

  /** This is the report of stanzas that came without one: nobody waits to hear that they were written. */
  written(): void {}

  /** The application hears of it, except where it said itself that the stanza is to be kept for no later moment. */
  failed(error: XmppError): void {
    if (!(error instanceof DeliveryError && error.condition === 'not-kept')) this.#complain(error);
  }

  tellWaiting({ report }: SentStanza): void {
    try {
      report.waiting?.();
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellQueued({ report }: SentStanza): void {
    try {
      report.queued?.();
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellWritten({ report }: SentStanza, isLast: boolean): void {
    try {
      report.written(isLast);
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellAcknowledged({ report }: SentStanza): void {
    try {
      report.acknowledged?.();
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellFailed({ report }: Pick<SentStanza, 'report'>, reason: XmppError): void {
    try {
      report.failed(reason);
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  #complain(error: XmppError): void {
    this.#publish({ type: 'publish', event: errorEvent(error) });
  }
}

function reportFailed(cause: unknown): OptionError {
  return new OptionError('The report of a delivery failed', {
    cause,
    hint: 'Look at the stack of `cause`: the client goes on.',
  });
}
