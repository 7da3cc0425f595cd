import { XmppError } from '../errors/index.ts';

/** Which part of an address breaks the rules of RFC 7622, or that a text is no `xmpp:` URI (RFC 5122). */
export type JidCondition = 'invalid-localpart' | 'invalid-domainpart' | 'invalid-resourcepart' | 'invalid-uri';

/** How much of an untrusted address an error message repeats, in UTF-16 units. */
const QUOTED_LENGTH = 80;

/** A text is no JID (RFC 7622), or no URI of one (RFC 5122). The message says what was expected and what came. */
export class JidError extends XmppError {
  override readonly name = 'JidError';
  override readonly level = 'jid';
  declare readonly condition: JidCondition;

  constructor(condition: JidCondition, expected: string, got: string, cause?: unknown) {
    super(`Expected ${expected}, got ${quote(got)}`, { condition, cause });
  }
}

/** JSON shows control characters as escapes, so that an address from the wire cannot forge a line in a log. */
function quote(text: string): string {
  return text.length > QUOTED_LENGTH ? `${JSON.stringify(text.slice(0, QUOTED_LENGTH))}…` : JSON.stringify(text);
}
