import { type Jid, tryParseJid } from '../jid/index.ts';
import { StanzaError } from '../stanza/index.ts';
import type { Element } from '../xml/index.ts';

/** What every received message and presence stanza has (RFC 6120 §8.1). */
export interface ReceivedStanza {
  readonly stanza: Element;
  /** Also `undefined` if the sender's address is no JID: {@link fromText} is then set. Only without both it is the own account. */
  readonly from: Jid | undefined;
  /** The sender's address as it came. */
  readonly fromText: string | undefined;
  readonly to: Jid | undefined;
  readonly id: string | undefined;
  /** Language of the stanza. */
  readonly lang: string | undefined;
  /** Why a stanza of ours was not delivered, in one of type `error`. */
  readonly error: StanzaError | undefined;
}

/** A view: every property is read from the stanza when it is asked for, so that what nobody reads costs nothing. */
export class StanzaView implements ReceivedStanza {
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

  get lang(): string | undefined {
    return this.stanza.attributes['xml:lang'];
  }

  get error(): StanzaError | undefined {
    if (this.stanza.attributes.type !== 'error') return undefined;
    this.#error ??= StanzaError.fromElement(this.stanza);
    return this.#error;
  }
}
