import { OptionError, shown, XmppError } from '../errors/index.ts';
import { childOf, type Element, element, textOf } from '../xml/index.ts';
import {
  factsOf,
  isStanzaErrorCondition,
  isStanzaErrorType,
  NS_STANZAS,
  type StanzaErrorCondition,
  type StanzaErrorType,
} from './stanza-condition.ts';

/** What a stanza error has beside its condition. */
export interface StanzaErrorOptions {
  /** Default: the type that RFC 6120 §8.3.3 recommends for the condition. */
  readonly type?: StanzaErrorType | undefined;
  /** For people. */
  readonly text?: string | undefined;
  /** Language of the text, as in `en`. */
  readonly lang?: string | undefined;
  /** Address of the entity that reports the error, where it is not the sender of the stanza. */
  readonly by?: string | undefined;
  /** With `gone` and `redirect`: where the recipient is now, as in `xmpp:juliet@example.org`. Untrusted. */
  readonly uri?: string | undefined;
  /** An element that says more, in a namespace of its own (RFC 6120 §8.3.4). */
  readonly application?: Element | undefined;
  readonly cause?: unknown;
}

/** How much of the peer's text a message repeats, in UTF-16 units. */
const QUOTED_LENGTH = 200;

/**
 * A stanza was answered with an error, or is to be: thrown by a handler, it becomes the answer (RFC 6120 §8.3).
 */
export class StanzaError extends XmppError {
  override readonly name = 'StanzaError';
  override readonly level = 'stanza';
  declare readonly condition: StanzaErrorCondition;
  /** What the sender can do about it. */
  readonly errorType: StanzaErrorType;
  /** Language of {@link XmppError.text}. */
  readonly lang: string | undefined;
  /** Who reports the error, as it came: untrusted, and maybe no JID. */
  readonly by: string | undefined;
  /** With `gone` and `redirect`: where the recipient is now. Untrusted. */
  readonly uri: string | undefined;
  /** An element that says more, in a namespace of its own. */
  readonly application: Element | undefined;

  constructor(condition: StanzaErrorCondition, options: StanzaErrorOptions = {}) {
    if (!isStanzaErrorCondition(condition)) {
      throw new OptionError(`Expected a condition of RFC 6120 §8.3.3 for a StanzaError, got ${shown(condition)}`);
    }
    const { type, meaning, hint } = factsOf(condition);
    const { text, cause } = options;
    const quoted = text === undefined ? '' : `: ${JSON.stringify(text.slice(0, QUOTED_LENGTH))}`;
    super(`Stanza error ${condition}, ${meaning}${quoted}`, { condition, text, hint, cause });
    this.errorType = options.type ?? type;
    this.lang = options.lang;
    this.by = options.by;
    this.uri = options.uri;
    this.application = options.application;
  }

  /**
   * Reads the error of a stanza, or an `<error/>` itself. Never fails: what no specification defines, and a stanza
   * without `<error/>`, is `undefined-condition`, and a missing type is the one that the condition usually has.
   */
  static fromElement(source: Element): StanzaError {
    const error = source.name === 'error' ? source : childOf(source, 'error');
    if (error === undefined) return new StanzaError('undefined-condition');
    const { type } = error.attributes;
    const { defined, text, application } = partsOf(error);
    const condition = defined !== undefined && isStanzaErrorCondition(defined.name) ? defined.name : undefined;
    const withUri = condition === 'gone' || condition === 'redirect';
    return new StanzaError(condition ?? 'undefined-condition', {
      type: isStanzaErrorType(type) ? type : undefined,
      text: text && textOf(text),
      lang: text && (text.attributes['xml:lang'] ?? error.attributes['xml:lang'] ?? source.attributes['xml:lang']),
      by: error.attributes.by,
      uri: (withUri && defined && textOf(defined)) || undefined,
      application,
    });
  }

  /** The `<error/>` of an answer. It takes the namespace of the stanza that it is put into. */
  toElement(): Element {
    const { condition, errorType, text, lang, by, uri, application } = this;
    return element(
      'error',
      { type: errorType, by },
      element(`{${NS_STANZAS}}${condition}`, {}, uri),
      text === undefined ? undefined : element(`{${NS_STANZAS}}text`, { 'xml:lang': lang }, text),
      application,
    );
  }
}

interface ErrorParts {
  readonly defined: Element | undefined;
  readonly text: Element | undefined;
  readonly application: Element | undefined;
}

/** The first of each: more than one is not allowed, and no reason to lose the error. */
function partsOf(error: Element): ErrorParts {
  const text = childOf(error, 'text', NS_STANZAS);
  let defined: Element | undefined;
  let application: Element | undefined;
  for (const child of error.children) {
    if (typeof child === 'string') continue;
    if (child.namespace !== NS_STANZAS) application ??= child;
    else if (child.name !== 'text') defined ??= child;
  }
  return { defined, text, application };
}
