import { FORBIDDEN, FORBIDDEN_OR_LONE, showCharacter } from './characters.ts';
import { copy } from './strings.ts';
import { decodeUtf8, forbiddenCharacter, normalizeLineEnds } from './utf8.ts';
import { XmlError } from './xml-error.ts';

/** A piece that is so much shorter than the document does not keep the document in memory. */
const WINDOW = 512;
/** The beginning of what XMPP has no place for (RFC 6120 §11.1). */
const RESTRICTED = /<(?:(!-)|![A-Za-z]|(\?)(?!xml[ \t\n?]))/y;

/** The text of a document, and where in it reading stands. */
export class DocumentScanner {
  position = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes on behind what a sticky expression matches where reading stands. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.position;
    const found = expression.exec(this.text);
    if (found) this.position = expression.lastIndex;
    return found;
  }

  /** A piece of the text, as it may be kept. */
  own(piece: string): string {
    return this.text.length - piece.length < WINDOW ? piece : copy(piece);
  }

  /** The error of a character that is none of those expected. */
  unexpected(expected: string, at = this.position): XmlError {
    this.position = at;
    return new XmlError('not-well-formed', `expected ${expected}, got ${showCharacter(this.text, at)}`);
  }

  /** The same for a place where markup may stand, of which some is forbidden everywhere. */
  unexpectedMarkup(expected: string): XmlError {
    const found = this.match(RESTRICTED);
    if (!found) return this.unexpected(expected, this.text[this.position] === '<' ? this.position + 1 : this.position);
    const [, comment, instruction] = found;
    const came = comment ? 'a comment' : instruction ? 'a processing instruction' : 'a document type declaration';
    return new XmlError('restricted-xml', `expected elements and text, got ${came}`);
  }
}

/** The text of a document: decoded, all of it legal in XML, line ends U+000A. Throws {@link XmlError}. */
export function decodeDocument(xml: string | Uint8Array): string {
  const isDecoded = typeof xml === 'string';
  const { text: decoded, failure } = isDecoded ? { text: xml } : decodeUtf8(xml);
  const text = normalizeLineEnds(decoded);
  const forbidden = text.search(isDecoded ? FORBIDDEN_OR_LONE : FORBIDDEN);
  if (forbidden >= 0) throw locate(forbiddenCharacter(text, forbidden), forbidden);
  if (failure) throw locate(failure, text.length);
  return text;
}

/** The same error, at a place. */
export function locate(error: XmlError, position: number): XmlError {
  return new XmlError(error.condition, error.message, position);
}
