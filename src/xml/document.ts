import { BEYOND_ASCII, utf8Length } from './characters.ts';
import { checkDeclaration } from './declaration.ts';
import { DocumentScanner, decodeDocument, locate } from './document-scanner.ts';
import { type Attributes, createAttributes, type Element, type Node } from './element.ts';
import { completeLimits, type GivenXmlLimits, type XmlLimits } from './limits.ts';
import { checkDefaultNamespace, PrefixScope } from './namespaces.ts';
import { splitName } from './qualified-name.ts';
import { decodeReferences } from './references.ts';
import { XmlError } from './xml-error.ts';

/**
 * Parses a document that is one element, such as a WebSocket message (RFC 7395 §3.3). An XML declaration may stand before
 * it, white space around it. Throws {@link XmlError}.
 *
 * It accepts what the tokenizer of streams accepts, and makes the same of it. But it has the whole document at once and need
 * not stop anywhere: so it is short, and with WebSockets it is the only parser that a page loads.
 */
export function parseElement(xml: string | Uint8Array, limits: GivenXmlLimits = {}): Element {
  const scanner = new DocumentScanner(decodeDocument(xml));
  try {
    return new DocumentReader(scanner, completeLimits(limits)).read();
  } catch (error) {
    throw error instanceof XmlError ? locate(error, scanner.position) : error;
  }
}

const S = '[ \\t\\n]';
/** A name as far as can be told without looking at the whole: every character beyond ASCII may be in one. */
const NAME = '[-.:\\w\\x80-\\uffff]+';

// All in one pass: what follows a repetition cannot begin with what it repeats.
const PROLOG = new RegExp(`\\ufeff?(?:<\\?xml((?=${S})[^>]*|)\\?>)?${S}*`, 'y');
const SPACE = new RegExp(`${S}*`, 'y');
const TAG_NAME = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(`${S}+(${NAME})${S}*=${S}*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const TAG_END = new RegExp(`${S}*(/?)>`, 'y');
const BREAKS = /[\t\n]/g;
const SECTION = '<![CDATA[';
const SECTION_END = ']]>';

/** An element whose end tag is still to come. */
interface OpenElement {
  readonly children: Node[];
  /** Its name, as the end tag must repeat it. */
  readonly tag: string;
  readonly defaultNamespace: string;
  /** Prefixes that are declared around it. */
  readonly outerPrefixes: number;
}

class DocumentReader {
  readonly #scanner: DocumentScanner;
  readonly #text: string;
  readonly #limits: XmlLimits;
  readonly #scope: PrefixScope;
  /** The innermost is the last. */
  readonly #open: OpenElement[] = [];
  /** Bytes that the root may still take. */
  #room: number;

  constructor(scanner: DocumentScanner, limits: XmlLimits) {
    this.#scanner = scanner;
    this.#text = scanner.text;
    this.#limits = limits;
    this.#scope = new PrefixScope(limits.maxPrefixes);
    this.#room = limits.maxElementBytes;
  }

  read(): Element {
    this.#takeProlog();
    const root = this.#takeStartTag();
    for (let open = this.#open.at(-1); open; open = this.#open.at(-1)) this.#takeContent(open);
    this.#scanner.match(SPACE);
    if (this.#scanner.position < this.#text.length) throw this.#scanner.unexpectedMarkup('nothing behind the root');
    return root;
  }

  #takeProlog(): void {
    const declaration = this.#scanner.match(PROLOG)?.[1];
    if (declaration !== undefined) checkDeclaration(declaration);
    const { position } = this.#scanner;
    const { maxHeaderBytes } = this.#limits;
    if (position > maxHeaderBytes) throw tooMuch(`a prolog of at most ${maxHeaderBytes} bytes`);
    const { length } = this.#text;
    // To count is slow, and seldom necessary.
    const isAscii = !BEYOND_ASCII.test(this.#text);
    this.#charge(isAscii ? length - position : utf8Length(this.#text, position, length));
  }

  #takeContent(open: OpenElement): void {
    const text = this.#text;
    const scanner = this.#scanner;
    const less = text.indexOf('<', scanner.position);
    if (less < 0) throw scanner.unexpected(`the end tag </${open.tag}>`, text.length);
    if (less > scanner.position) this.#takeText(open, less);
    if (text.startsWith('</', less)) this.#takeEndTag(open);
    else if (text.startsWith(SECTION, less)) this.#takeSection(open);
    else open.children.push(this.#takeStartTag());
  }

  #takeText({ children }: OpenElement, end: number): void {
    const { position } = this.#scanner;
    const piece = this.#text.slice(position, end);
    const sectionEnd = piece.indexOf(SECTION_END);
    if (sectionEnd >= 0) {
      throw this.#scanner.unexpected('no “]]>” outside a CDATA section', position + sectionEnd + 2);
    }
    addText(children, this.#scanner.own(decodeReferences(piece)));
    this.#scanner.position = end;
  }

  #takeSection({ children }: OpenElement): void {
    const start = this.#scanner.position + SECTION.length;
    const end = this.#text.indexOf(SECTION_END, start);
    if (end < 0) throw this.#scanner.unexpected('“]]>”', this.#text.length);
    addText(children, this.#scanner.own(this.#text.slice(start, end)));
    this.#scanner.position = end + SECTION_END.length;
  }

  #takeStartTag(): Element {
    const found = this.#scanner.match(TAG_NAME);
    if (!found) throw this.#scanner.unexpectedMarkup('the start of an element');
    const tag = this.#scanner.own(found[1] ?? '');
    const { prefix, local } = splitName(tag);
    const outerPrefixes = this.#scope.size;
    const outer = this.#open.at(-1)?.defaultNamespace ?? '';
    const { attributes, defaultNamespace = outer } = this.#takeAttributes(outerPrefixes);
    const namespace = prefix === '' ? defaultNamespace : this.#scope.resolve(prefix);
    const children: Node[] = [];
    this.#endStartTag({ children, tag, defaultNamespace, outerPrefixes });
    return { name: local, namespace, attributes, children };
  }

  #endStartTag(open: OpenElement): void {
    const { maxDepth } = this.#limits;
    if (this.#open.length >= maxDepth) throw tooMuch(`at most ${maxDepth} elements inside each other`);
    const end = this.#scanner.match(TAG_END);
    if (!end) {
      this.#scanner.match(SPACE);
      throw this.#scanner.unexpected('white space and an attribute with a quoted value, “>” or “/>”');
    }
    if (end[1] === '') this.#open.push(open);
    else this.#scope.shrink(open.outerPrefixes);
  }

  #takeAttributes(outerPrefixes: number): { attributes: Attributes; defaultNamespace: string | undefined } {
    const attributes = createAttributes();
    /** Those with a prefix, which may be declared behind them. */
    const prefixed: { readonly prefix: string; readonly local: string; readonly value: string }[] = [];
    let defaultNamespace: string | undefined;
    let count = 0;
    for (let found = this.#scanner.match(ATTRIBUTE); found; found = this.#scanner.match(ATTRIBUTE)) {
      if (++count > this.#limits.maxAttributes) throw tooMuch(`at most ${this.#limits.maxAttributes} attributes`);
      const name = this.#scanner.own(found[1] ?? '');
      const { prefix, local } = splitName(name);
      const value = this.#valueOf(found[2] ?? found[3] ?? '');
      if (prefix === 'xmlns') this.#scope.declare(local, value, outerPrefixes);
      else if (name === 'xmlns') {
        if (defaultNamespace !== undefined) throw twice(name);
        checkDefaultNamespace(value);
        defaultNamespace = value;
      } else if (prefix === '' || prefix === 'xml') setAttribute(attributes, name, value);
      else prefixed.push({ prefix, local, value });
    }
    for (const { prefix, local, value } of prefixed) {
      const namespace = this.#scope.resolve(prefix);
      this.#charge(namespace.length);
      setAttribute(attributes, `{${namespace}}${local}`, value);
    }
    return { attributes, defaultNamespace };
  }

  /** XML 1.0 §3.3.3. */
  #valueOf(quoted: string): string {
    return this.#scanner.own(decodeReferences(quoted.replace(BREAKS, ' ')));
  }

  #takeEndTag({ tag, outerPrefixes }: OpenElement): void {
    const scanner = this.#scanner;
    const start = scanner.position + '</'.length;
    if (!this.#text.startsWith(tag, start)) {
      let at = 0;
      while (this.#text[start + at] === tag[at]) at++;
      throw scanner.unexpected(`the end tag </${tag}>`, start + at);
    }
    scanner.position = start + tag.length;
    if (!this.#text.startsWith('>', scanner.position)) scanner.match(SPACE);
    if (!this.#text.startsWith('>', scanner.position)) throw scanner.unexpected(`“>” of the end tag </${tag}>`);
    scanner.position++;
    this.#open.pop();
    this.#scope.shrink(outerPrefixes);
  }

  #charge(bytes: number): void {
    this.#room -= bytes;
    if (this.#room < 0) throw tooMuch(`an element of at most ${this.#limits.maxElementBytes} bytes`);
  }
}

function addText(children: Node[], text: string): void {
  const last = children.at(-1);
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else if (text !== '') children.push(text);
}

function setAttribute(attributes: Record<string, string | undefined>, key: string, value: string): void {
  if (attributes[key] !== undefined) throw twice(key);
  attributes[key] = value;
}

function twice(attribute: string): XmlError {
  return new XmlError('not-well-formed', `expected every attribute once, got ${attribute} twice`);
}

function tooMuch(expected: string): XmlError {
  return new XmlError('policy-violation', `expected ${expected}, got more`);
}
