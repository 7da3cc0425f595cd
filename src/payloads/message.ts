// Messages, RFC 6121 §5.

import type { Jid } from '../jid/index.ts';
import { addressText, createId, NS_CLIENT } from '../stanza/index.ts';
import { type Child, childOf, type Element, element, textOf } from '../xml/index.ts';
import { localizedText, localizedTexts } from './localized.ts';
import { type ReceivedStanza, StanzaView } from './received-stanza.ts';
import { type Choices, requireTexts } from './require-texts.ts';

/** What a message is about (RFC 6121 §5.2.2). */
export type MessageType = 'chat' | 'error' | 'groupchat' | 'headline' | 'normal';

/** The conversation that a message belongs to, and the one it grew out of (RFC 6121 §5.2.5). */
export interface MessageThread {
  readonly id: string;
  readonly parent?: string | undefined;
}

/** A message as it was received. Every property is read from the stanza when it is asked for. */
export interface Message extends ReceivedStanza {
  /** `normal` where there is none, or one that is not known (RFC 6121 §5.2.2). */
  readonly type: MessageType;
  /** In the language of the stanza if there are several. */
  readonly body: string | undefined;
  /** By language; the key is empty where none is given. */
  readonly bodies: ReadonlyMap<string, string>;
  /** In the language of the stanza if there are several. */
  readonly subject: string | undefined;
  /** By language; the key is empty where none is given. */
  readonly subjects: ReadonlyMap<string, string>;
  readonly thread: MessageThread | undefined;
}

/** What a message is built from. */
export interface MessageOptions {
  /** Default: none, which addresses the own account (RFC 6121 §8.1.1). */
  readonly to?: Jid | string | undefined;
  readonly from?: Jid | string | undefined;
  /** Default: none, which means `normal`. */
  readonly type?: MessageType | undefined;
  /** Default: a new random one. */
  readonly id?: string | undefined;
  readonly body?: string | undefined;
  readonly subject?: string | undefined;
  readonly thread?: string | MessageThread | undefined;
  /** Language of body and subject. */
  readonly lang?: string | undefined;
}

const TEXTS: readonly (keyof MessageOptions)[] = ['id', 'body', 'subject', 'lang'];
const TYPES: readonly MessageType[] = ['chat', 'error', 'groupchat', 'headline', 'normal'];
const CHOICES: Choices<MessageOptions> = [['type', TYPES]];

/**
 * Builds a message; payloads of extensions come after its own.
 *
 * @throws JidError where an address is no JID
 * @throws OptionError where something else is not of its kind
 */
export function buildMessage(options: MessageOptions, ...payloads: readonly Child[]): Element {
  requireTexts('a message', options, TEXTS, CHOICES);
  const { to, from, type, id = createId(), body, subject, thread, lang } = options;
  return element(
    `{${NS_CLIENT}}message`,
    { type, id, to: addressText(to), from: addressText(from), 'xml:lang': lang },
    subject === undefined ? undefined : element('subject', {}, subject),
    body === undefined ? undefined : element('body', {}, body),
    thread === undefined ? undefined : buildThread(thread),
    payloads,
  );
}

/** The typed view of a message. Costs next to nothing and never fails: what cannot be read is `undefined`. */
export function parseMessage(stanza: Element): Message {
  return new ReceivedMessage(stanza);
}

class ReceivedMessage extends StanzaView implements Message {
  get type(): MessageType {
    const { type } = this.stanza.attributes;
    return TYPES.find((each) => each === type) ?? 'normal';
  }

  get body(): string | undefined {
    return localizedText(this.stanza, 'body');
  }

  get bodies(): ReadonlyMap<string, string> {
    return localizedTexts(this.stanza, 'body');
  }

  get subject(): string | undefined {
    return localizedText(this.stanza, 'subject');
  }

  get subjects(): ReadonlyMap<string, string> {
    return localizedTexts(this.stanza, 'subject');
  }

  get thread(): MessageThread | undefined {
    const thread = childOf(this.stanza, 'thread');
    return thread && { id: textOf(thread), parent: thread.attributes.parent };
  }
}

function buildThread(thread: string | MessageThread): Element {
  if (typeof thread === 'string') return element('thread', {}, thread);
  requireTexts('a thread', thread, ['id', 'parent'], []);
  const { id, parent } = thread;
  return element('thread', { parent }, id);
}
