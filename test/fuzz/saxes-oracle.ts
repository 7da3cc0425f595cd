import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { OracleFacts, OracleReport } from './oracle.ts';
import { expandedName, TreeText } from './tree.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Thrown to leave the parser. */
class Restricted extends Error {}

/** Reads a document with saxes. It takes text, so what is no UTF-8 is rejected before. */
export function readWithSaxes(document: Uint8Array): OracleReport {
  let text: string;
  try {
    text = utf8.decode(document);
  } catch {
    return { outcome: 'rejected', complaint: 'no UTF-8', conditions: [], at: 0, facts: NO_FACTS };
  }
  return new SaxesReading(text).report();
}

const NO_FACTS: OracleFacts = { hasRootContent: false, contentNamespace: '', encoding: undefined };

class SaxesReading {
  readonly #text: string;
  // Version 1.1 has other rules for characters and is to be read as 1.0 (XML 1.0 §2.8).
  readonly #parser = new SaxesParser({ xmlns: true, fragment: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #tree = new TreeText();
  /** Where the last tag ended. */
  #tagEnd = 0;
  #facts = NO_FACTS;

  constructor(text: string) {
    this.#text = text;
    const parser = this.#parser;
    parser.on('xmldecl', ({ encoding }) => {
      this.#facts = { ...this.#facts, encoding };
    });
    parser.on('opentag', (tag) => this.#start(tag));
    parser.on('closetag', () => {
      this.#tree.end();
      this.#tagEnd = this.#parser.position;
    });
    parser.on('text', (content) => this.#takeText(content));
    parser.on('cdata', (content) => this.#takeSection(content));
    parser.on('comment', () => refuse('comment'));
    parser.on('processinginstruction', () => refuse('instruction'));
    parser.on('doctype', () => refuse('doctype'));
  }

  report(): OracleReport {
    try {
      this.#parser.write(this.#text).close();
      return { outcome: 'accepted', tree: this.#tree.toString(), facts: this.#facts };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof Restricted) return { outcome: 'restricted', by: error.message, facts: this.#facts };
      const { position } = this.#parser;
      return { outcome: 'rejected', complaint: error.message, conditions: [], at: position, facts: this.#facts };
    }
  }

  #start(tag: SaxesTagNS): void {
    const attributes: [string, string][] = [];
    for (const { name, prefix, local, uri, value } of Object.values(tag.attributes)) {
      if (prefix === 'xmlns' || name === 'xmlns') continue;
      attributes.push([prefix === '' ? local : expandedName(uri, local), value]);
    }
    if (this.#tree.depth === 0) this.#facts = { ...this.#facts, contentNamespace: tag.ns[''] ?? '' };
    this.#tree.start(expandedName(tag.uri, tag.local), attributes);
    this.#tagEnd = this.#parser.position;
  }

  #takeText(content: string): void {
    if (this.#tree.depth === 0) return;
    this.#tree.text(content);
    // White space that is written as a reference is content; the text comes when the next tag has begun.
    const source = this.#text.slice(this.#tagEnd, this.#parser.position);
    if (this.#tree.depth === 1 && (/[^ \t\r\n]/.test(content) || source.includes('&'))) this.#noteRootContent();
  }

  #takeSection(content: string): void {
    this.#tree.text(content);
    if (this.#tree.depth === 1) this.#noteRootContent();
  }

  #noteRootContent(): void {
    this.#facts = { ...this.#facts, hasRootContent: true };
  }
}

function refuse(what: string): never {
  throw new Restricted(what);
}
