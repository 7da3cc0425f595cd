import type { PublishCommand } from '../../machines/contracts.ts';
import type { DeliveryReport, SendOptions, SentStanza } from '../../machines/delivery.ts';
import type { RestoredSession, RestoredStanza } from '../../machines/session-record.ts';
import { type Element, element } from '../xml/index.ts';
import { expired } from './delivery-errors.ts';
import { Outgoing, type Sender } from './outgoing.ts';
import { deliveryFailedEvent } from './published.ts';
import { lengthOf } from './stanza-length.ts';

/** What an earlier process left. */
export interface RestoredStanzas {
  /** What the server may have got, in order. */
  readonly unacknowledged: readonly SentStanza[];
  /** What it cannot have got. */
  readonly waiting: readonly SentStanza[];
}

/**
 * Makes stanzas of a record anew. Where the process died while it was connected, more may have gone out than the record says.
 * Nobody holds their handles any more: what fails is published.
 */
export function restoreStanzas(
  { session, outgoing, written }: RestoredSession,
  now: number,
  sender: Sender,
  publish: (command: PublishCommand) => void,
): RestoredStanzas {
  // Ahead of all that this process was given.
  const all = outgoing.map((each, index) => restore(each, index - outgoing.length, now, sender, publish));
  const open = session === undefined ? 0 : session.isLive ? all.length : written;
  return { unacknowledged: all.slice(0, open), waiting: all.slice(open).filter(({ stanza }) => stanza !== NOTHING) };
}

/** Stands for what counts and is not sent again. */
const NOTHING = element('{jabber:client}message');
const NOBODY: DeliveryReport = { written() {}, failed() {} };

function restore(
  { stanza, resend, expires }: RestoredStanza,
  order: number,
  now: number,
  sender: Sender,
  publish: (command: PublishCommand) => void,
): SentStanza {
  const report = stanza ? reportOf(stanza, publish) : NOBODY;
  if (expires === 0) report.failed(expired(undefined));
  if (!stanza || expires === 0) return new Outgoing(NOTHING, NOBODY, { keep: false }, order, undefined, sender);
  const options: SendOptions = { ...(resend ? { resend } : {}), ...(expires === undefined ? {} : { expires }) };
  const expiresAt = expires === undefined ? undefined : now + expires;
  const sent = new Outgoing(stanza, report, options, order, expiresAt, sender);
  sent.length = lengthOf(stanza);
  return sent;
}

function reportOf(stanza: Element, publish: (command: PublishCommand) => void): DeliveryReport {
  return {
    written() {},
    failed: (error) => publish({ type: 'publish', event: deliveryFailedEvent(stanza, error) }),
  };
}
