// Presence, RFC 6121 §4.

import { OptionError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import { addressText, NS_CLIENT } from '../stanza/index.ts';
import { type Child, childTextOf, type Element, element } from '../xml/index.ts';
import { localizedText, localizedTexts } from './localized.ts';
import { type ReceivedStanza, StanzaView } from './received-stanza.ts';
import { type Choices, requireTexts } from './require-texts.ts';

/** What a presence stanza does; one without type says that its sender is available (RFC 6121 §4.7.1). */
export type PresenceType =
  | 'error'
  | 'probe'
  | 'subscribe'
  | 'subscribed'
  | 'unavailable'
  | 'unsubscribe'
  | 'unsubscribed';

/** How available somebody is, where that is not plainly so (RFC 6121 §4.7.2.1). */
export type PresenceShow = 'away' | 'chat' | 'dnd' | 'xa';

/** A presence stanza as it was received. Every property is read from the stanza when it is asked for. */
export interface Presence extends ReceivedStanza {
  /** `undefined`: available. `unknown`: a type that RFC 6121 §4.7.1 does not define, so that nothing follows from it. */
  readonly type: PresenceType | 'unknown' | undefined;
  readonly show: PresenceShow | undefined;
  /** In the language of the stanza if there are several. */
  readonly status: string | undefined;
  /** By language; the key is empty where none is given. */
  readonly statuses: ReadonlyMap<string, string>;
  /** -128 to 127; 0 where there is none that can be read (RFC 6121 §4.7.2.3). */
  readonly priority: number;
}

/** What a presence stanza is built from. */
export interface PresenceOptions {
  /** Default: none, which broadcasts it to all subscribers. */
  readonly to?: Jid | string | undefined;
  readonly from?: Jid | string | undefined;
  /** Default: none, which means available. */
  readonly type?: PresenceType | undefined;
  readonly id?: string | undefined;
  readonly show?: PresenceShow | undefined;
  /** For people, as in "at lunch". */
  readonly status?: string | undefined;
  /** A whole number from -128 to 127; a negative one takes no messages for the account. Default: 0. */
  readonly priority?: number | undefined;
  /** Language of the status. */
  readonly lang?: string | undefined;
}

const TEXTS: readonly (keyof PresenceOptions)[] = ['id', 'status', 'lang'];
const TYPES: readonly PresenceType[] = [
  'error',
  'probe',
  'subscribe',
  'subscribed',
  'unavailable',
  'unsubscribe',
  'unsubscribed',
];
const SHOWS: readonly PresenceShow[] = ['away', 'chat', 'dnd', 'xa'];
const CHOICES: Choices<PresenceOptions> = [
  ['type', TYPES],
  ['show', SHOWS],
];

const PRIORITY = /^[+-]?[0-9]{1,3}$/;

/**
 * Builds a presence stanza; payloads of extensions come after its own.
 *
 * @throws JidError where an address is no JID
 * @throws OptionError where the priority is none, or something else is not of its kind
 */
export function buildPresence(options: PresenceOptions = {}, ...payloads: readonly Child[]): Element {
  requireTexts('presence', options, TEXTS, CHOICES);
  const { to, from, type, id, show, status, priority, lang } = options;
  if (priority !== undefined && !isPriority(priority)) {
    throw new OptionError(`Expected a priority that is a whole number from -128 to 127, got ${priority}`);
  }
  return element(
    `{${NS_CLIENT}}presence`,
    { type, id, to: addressText(to), from: addressText(from), 'xml:lang': lang },
    show === undefined ? undefined : element('show', {}, show),
    status === undefined ? undefined : element('status', {}, status),
    priority === undefined ? undefined : element('priority', {}, priority),
    payloads,
  );
}

/** The typed view of a presence stanza. Costs next to nothing and never fails: what cannot be read has its default. */
export function parsePresence(stanza: Element): Presence {
  return new ReceivedPresence(stanza);
}

class ReceivedPresence extends StanzaView implements Presence {
  get type(): PresenceType | 'unknown' | undefined {
    const { type } = this.stanza.attributes;
    return type === undefined ? undefined : (TYPES.find((each) => each === type) ?? 'unknown');
  }

  get show(): PresenceShow | undefined {
    const show = childTextOf(this.stanza, 'show')?.trim();
    return SHOWS.find((each) => each === show);
  }

  get status(): string | undefined {
    return localizedText(this.stanza, 'status');
  }

  get statuses(): ReadonlyMap<string, string> {
    return localizedTexts(this.stanza, 'status');
  }

  get priority(): number {
    const text = childTextOf(this.stanza, 'priority')?.trim() ?? '';
    const priority = PRIORITY.test(text) ? Number(text) : 0;
    return isPriority(priority) ? priority : 0;
  }
}

function isPriority(value: number): boolean {
  return Number.isInteger(value) && value >= -128 && value <= 127;
}
