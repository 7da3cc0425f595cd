import type { PublishCommand } from '../../machines/contracts.ts';
import type { DeliveryReport, SentStanza } from '../../machines/delivery.ts';
import type { DeliveryState, Recorder } from '../../machines/settings.ts';
import { DeliveryError, OptionError, type XmppError } from '../errors/index.ts';
import type { Element } from '../xml/index.ts';
import { errorEvent } from './published.ts';

/**
 * Tells those who sent stanzas what becomes of them. One whose report throws harms nobody but itself: what becomes of the
 * other stanzas does not depend on it, and the application hears of it.
 */
export class Reporter implements DeliveryReport {
  readonly #publish: (command: PublishCommand) => void;
  readonly #recorder: Recorder | undefined;

  constructor(publish: (command: PublishCommand) => void, recorder: Recorder | undefined) {
    this.#publish = publish;
    this.#recorder = recorder;
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

  tellQueued({ stanza, report }: SentStanza): void {
    this.#show(stanza, 'queued');
    try {
      report.queued?.();
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellWritten({ stanza, report }: SentStanza, isLast: boolean): void {
    this.#show(stanza, 'written');
    try {
      report.written(isLast);
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellAcknowledged({ stanza, report }: SentStanza): void {
    this.#show(stanza, 'acknowledged');
    try {
      report.acknowledged?.();
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  tellFailed({ stanza, report }: Pick<SentStanza, 'stanza' | 'report'>, reason: XmppError): void {
    reason.witness(this.#recorder?.evidence());
    this.#show(stanza, 'failed', reason);
    try {
      report.failed(reason);
    } catch (error) {
      this.#complain(reportFailed(error));
    }
  }

  /** To whoever watches the client. */
  #show(stanza: Element, state: DeliveryState, error?: XmppError): void {
    if (this.#recorder?.isWatched) this.#recorder.delivery(stanza, state, error);
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
