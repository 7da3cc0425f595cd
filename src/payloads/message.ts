// Messages, RFC 6121 §5.

import { type Jid, tryParseJid } from '../jid/index.ts';
import { addressText, createId, NS_CLIENT, StanzaError } from '../stanza/index.ts';
import { type Child, childOf, type Element, element, textOf } from '../xml/index.ts';
import { localizedText, localizedTexts } from './localized.ts';

/** What a message is about (RFC 6121 §5.2.2). */
export type MessageType = 'chat' | 'error' | 'groupchat' | 'headline' | 'normal';

/** The conversation that a message belongs to, and the one it grew out of (RFC 6121 §5.2.5). */
export interface MessageThread {
  readonly id: string;
  readonly parent?: string | undefined;
}

/** A message as it was received. Every property is read from the stanza when it is asked for. */
export interface Message {
  readonly stanza: Element;
  /** Also `undefined` if the sender's address is no JID: {@link fromText} is then set. Only without both it is the own account. */
  readonly from: Jid | undefined;
  /** The sender's address as it came. */
  readonly fromText: string | undefined;
  readonly to: Jid | undefined;
  readonly id: string | undefined;
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
  /** Language of the stanza. */
  readonly lang: string | undefined;
  /** Why a message of ours was not delivered, in one of type `error`. */
  readonly error: StanzaError | undefined;
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

/**
 * Builds a message; payloads of extensions come after its own.
 *
 * @throws JidError where an address is no JID
 */
export function buildMessage(options: MessageOptions, ...payloads: readonly Child[]): Element {
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

class ReceivedMessage implements Message {
  readonly stanza: Element;
  #error: StanzaError | undefined;

  constructor(stanza: Element) {
    this.stanza = stanza;
  }

  get from(): Jid | undefined {
    return tryParseJid(this.stanza.attributes.from);
  }

  get fromText(): string | undefined {
    return this.stanza.attributes.from;
  }

  get to(): Jid | undefined {
    return tryParseJid(this.stanza.attributes.to);
  }

  get id(): string | undefined {
    return this.stanza.attributes.id;
  }

  get type(): MessageType {
    const { type } = this.stanza.attributes;
    return type === 'chat' || type === 'error' || type === 'groupchat' || type === 'headline' ? type : 'normal';
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

  get lang(): string | undefined {
    return this.stanza.attributes['xml:lang'];
  }

  get error(): StanzaError | undefined {
    if (this.stanza.attributes.type !== 'error') return undefined;
    this.#error ??= StanzaError.fromElement(this.stanza);
    return this.#error;
  }
}

function buildThread(thread: string | MessageThread): Element {
  const { id, parent } = typeof thread === 'string' ? { id: thread } : thread;
  return element('thread', { parent }, id);
}
