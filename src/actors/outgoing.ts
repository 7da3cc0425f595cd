import type { DeliveryReport, SendOptions, SentStanza } from '../../machines/delivery.ts';
import type { XmppError } from '../errors/index.ts';
import type { Element } from '../xml/index.ts';

/** Whoever hands stanzas to the transport. */
export interface Sender {
  /** It is written, and its length is known. */
  wrote(sent: SentStanza): void;
  /** It is longer than there is room for; its length is known. */
  isTooLong(sent: SentStanza): void;
  couldNotWrite(sent: SentStanza, reason: XmppError): void;
}

/** A class for the memory that it saves: thousands of these wait for their acknowledgement, and closures would weigh more. */
export class Outgoing implements SentStanza {
  readonly stanza: Element;
  readonly report: DeliveryReport;
  readonly options: SendOptions | undefined;
  readonly order: number;
  length = 0;
  expiresAt: number | undefined;
  readonly #sender: Sender;

  constructor(
    stanza: Element,
    report: DeliveryReport,
    options: SendOptions | undefined,
    order: number,
    expiresAt: number | undefined,
    sender: Sender,
  ) {
    this.stanza = stanza;
    this.report = report;
    this.options = options;
    this.order = order;
    this.expiresAt = expiresAt;
    this.#sender = sender;
  }

  written(length: number): void {
    this.length = length;
    this.expiresAt = undefined;
    this.#sender.wrote(this);
  }

  tooLong(length: number): void {
    this.length = length;
    this.#sender.isTooLong(this);
  }

  failed(reason: XmppError): void {
    this.#sender.couldNotWrite(this, reason);
  }
}

/** Worth something at this moment only. */
export function isOfTheMoment({ options }: SentStanza): boolean {
  return options?.keep === false;
}

/** To be sent again in the next session. A request never is: it fails with its own. */
export function isSentAgain(sent: SentStanza): boolean {
  return sent.options?.resend === true && !isRequest(sent);
}

export function isRequest({ stanza: { name, attributes } }: SentStanza): boolean {
  return name === 'iq' && (attributes.type === 'get' || attributes.type === 'set');
}
