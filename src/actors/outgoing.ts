import type { DeliveryReport, SendOptions, SentStanza } from '../../machines/delivery.ts';
import type { XmppError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import { buildDelay, NS_DELAY } from '../payloads/index.ts';
import { childOf, type Element } from '../xml/index.ts';
import { lengthOf } from './stanza-length.ts';

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
  stanza: Element;
  readonly report: DeliveryReport;
  readonly options: SendOptions | undefined;
  readonly order: number;
  length = 0;
  expiresAt: number | undefined;
  sentAt: number | undefined;
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
    this.sentAt = undefined;
    this.#sender = sender;
  }

  written(length: number): void {
    this.length = length;
    this.expiresAt = undefined;
    if (this.options?.resend) this.sentAt ??= Date.now();
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

/** To be sent again in another session: from now on it tells when it was sent at first (XEP-0198 §4). */
export function stamp(sent: SentStanza, from: Jid): void {
  sent.stanza = stampedStanza(sent, from);
  sent.length = lengthOf(sent.stanza);
}

/** As it is to be sent again in another session; the time stays that which somebody put in before. */
export function stampedStanza({ stanza, sentAt }: SentStanza, from: Jid): Element {
  if (sentAt === undefined || childOf(stanza, 'delay', NS_DELAY)) return stanza;
  return { ...stanza, children: [...stanza.children, buildDelay({ stamp: new Date(sentAt), from })] };
}

export function isRequest({ stanza: { name, attributes } }: SentStanza): boolean {
  return name === 'iq' && (attributes.type === 'get' || attributes.type === 'set');
}
