import { ASCII, SPACE } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { checkDeclaration } from './declaration.ts';
import { TextBuffer } from './strings.ts';
import { XmlError } from './xml-error.ts';

const SECTION = '[CDATA[';
const DECLARATION_NAME = 'xml';
const HYPHEN = 0x2d;
const QUESTION = 0x3f;

/** Reads what begins with `<!`: XMPP allows CDATA sections only (RFC 6120 §11.1). */
export class SectionStartScanner {
  private matched = 0;

  /** Whether the start of a CDATA section is complete. */
  scan(cursor: Cursor): boolean {
    const { text } = cursor;
    while (cursor.position < text.length) {
      const code = text.charCodeAt(cursor.position);
      if (code !== SECTION.charCodeAt(this.matched)) throw this.refuse(cursor, code);
      cursor.position++;
      if (++this.matched < SECTION.length) continue;
      this.matched = 0;
      return true;
    }
    return false;
  }

  clear(): void {
    this.matched = 0;
  }

  private refuse(cursor: Cursor, code: number): XmlError {
    if (this.matched > 0) return cursor.unexpected(cursor.position, 'the start of a CDATA section');
    if (code === HYPHEN) return new XmlError('restricted-xml', 'expected elements and text, got a comment');
    const letter = code | 0x20;
    if (letter < 0x61 || letter > 0x7a) return cursor.unexpected(cursor.position, 'a CDATA section after “<!”');
    return new XmlError('restricted-xml', 'expected elements and text, got a document type declaration');
  }
}

/** Reads what begins with `<?`: the XML declaration, or what XMPP forbids. */
export class InstructionScanner {
  private matched = 0;
  private readonly declaration = new TextBuffer();

  /**
   * Whether the XML declaration is complete; every other instruction is an error. `mayDeclare`: nothing stands before it
   * (XML 1.0 §2.8).
   */
  scan(cursor: Cursor, mayDeclare: boolean): boolean {
    while (this.matched <= DECLARATION_NAME.length) {
      if (cursor.position === cursor.text.length) return false;
      this.matchName(cursor, mayDeclare);
    }
    const { text, position } = cursor;
    const end = text.indexOf('>', position);
    this.declaration.append(text.slice(position, end < 0 ? text.length : end));
    cursor.position = end < 0 ? text.length : end + 1;
    if (end < 0) return false;
    const content = this.declaration.take();
    this.matched = 0;
    if (!content.endsWith('?'))
      throw new XmlError('not-well-formed', 'expected “?>” after the XML declaration, got “>”');
    checkDeclaration(content.slice(0, -1));
    return true;
  }

  clear(): void {
    this.matched = 0;
    this.declaration.clear();
  }

  private matchName(cursor: Cursor, mayDeclare: boolean): void {
    const code = cursor.text.charCodeAt(cursor.position);
    if (this.matched < DECLARATION_NAME.length) {
      if (code !== DECLARATION_NAME.charCodeAt(this.matched)) throw restricted();
      cursor.position++;
    } else {
      const isSpace = code < 128 && ASCII[code] === SPACE;
      if (!isSpace && code !== QUESTION) throw restricted();
      if (!mayDeclare) throw new XmlError('not-well-formed', 'the XML declaration stands at the very start only');
    }
    this.matched++;
  }
}

function restricted(): XmlError {
  return new XmlError('restricted-xml', 'expected elements and text, got a processing instruction');
}
