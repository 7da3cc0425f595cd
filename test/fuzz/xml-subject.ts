import {
  createTokenizer,
  DEFAULT_LIMITS,
  type Element,
  parseElement,
  type StreamToken,
  serialize,
  type Tokenizer,
  XmlError,
  type XmlLimits,
} from '../../src/xml/index.ts';
import { XmlReader } from '../../src/xml/tokenizer.ts';
import type { Random } from './random.ts';
import { TreeText, treeOf } from './tree.ts';

/** What this library made of an input. */
export interface Verdict {
  /** `accepted`, `incomplete` where a stream did not end, or the condition of the error. */
  readonly outcome: string;
  /** In the form of {@link treeOf}, as far as it was read. */
  readonly tree: string;
  /** The default namespace that the header declares; of streams only. */
  readonly contentNamespace: string;
  /** The message of the error. */
  readonly message: string;
}

/** From this length on, cuts at every byte would take too long. */
const LONGEST_CUT = 600;
/** Up to this length, some inputs are cut into two at each place. */
const LONGEST_HALVED = 120;

/** How a stream is read. */
export interface StreamOptions {
  readonly limits?: Partial<XmlLimits>;
  /** Read only when all is written. */
  readonly readsLate?: boolean;
}

/** Inputs are smaller: limits have tests of their own. */
const NO_LIMITS = { maxHeaderBytes: 1024 * 1024 };

/** The input as whole documents are parsed. */
export function readDocument(document: Uint8Array | string): Verdict {
  return verdictOf(() => parseElement(document));
}

/** What becomes of a document that is read, written and read again. */
export function rewriteDocument(document: Uint8Array): Verdict {
  return verdictOf(() => parseElement(serialize(parseElement(document))));
}

/** The input as a stream that comes in these chunks, each of which is overwritten as soon as it was taken. */
export function readStream(input: Uint8Array, ends: readonly number[], options: StreamOptions = {}): Verdict {
  const { limits = NO_LIMITS, readsLate = false } = options;
  const tokenizer = createTokenizer(limits);
  const reading = new StreamReading();
  let start = 0;
  for (const end of ends) {
    const chunk = Uint8Array.from(input.subarray(start, end));
    tokenizer.write(chunk);
    chunk.fill(0x3c);
    start = end;
    if (!readsLate) reading.takeAll(tokenizer);
  }
  reading.takeAll(tokenizer);
  return reading.verdict(tokenizer.hasUnread);
}

/** The same of text. */
export function readStreamText(input: string, ends: readonly number[]): Verdict {
  const tokenizer = new XmlReader({ ...DEFAULT_LIMITS, ...NO_LIMITS });
  const reading = new StreamReading();
  let start = 0;
  for (const end of ends) {
    tokenizer.writeText(input.slice(start, end));
    reading.takeAll(tokenizer);
    start = end;
  }
  return reading.verdict(tokenizer.hasUnread);
}

/** Several ways to cut an input: at every byte, and somewhere; now and then into two at each place. The end is always one. */
export function cuttings(length: number, random: Random): number[][] {
  const cut = [somewhere(length, random)];
  if (length <= LONGEST_CUT) cut.push(Array.from({ length }, (_, index) => index + 1));
  else cut.push(somewhere(length, random));
  if (length <= LONGEST_HALVED && random.chance(0.01)) {
    for (let at = 0; at <= length; at++) cut.push([at, length]);
  }
  return cut;
}

function verdictOf(parse: () => Element): Verdict {
  let parsed: Element;
  try {
    parsed = parse();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { outcome: error.condition, tree: '', contentNamespace: '', message: error.message };
  }
  return { outcome: 'accepted', tree: treeOf(parsed), contentNamespace: '', message: '' };
}

function somewhere(length: number, random: Random): number[] {
  const ends: number[] = [];
  const most = random.chance(0.5) ? 8 : Math.max(8, length >> 1);
  for (let at = random.below(most); at < length; at += random.below(most)) ends.push(at);
  return [...ends, length];
}

/** Puts together what a tokenizer makes of a stream. */
export class StreamReading {
  readonly #tree = new TreeText();
  #contentNamespace = '';
  #hasEnded = false;
  #error: XmlError | undefined;

  takeAll(tokenizer: Pick<Tokenizer, 'read'>): void {
    for (let token = tokenizer.read(); token !== undefined; token = tokenizer.read()) this.take(token);
  }

  verdict(hasUnread: boolean): Verdict {
    const [tree, contentNamespace] = [this.#tree.toString(), this.#contentNamespace];
    if (this.#error) {
      return { outcome: this.#error.condition, tree, contentNamespace, message: this.#error.message };
    }
    return { outcome: this.#hasEnded && !hasUnread ? 'accepted' : 'incomplete', tree, contentNamespace, message: '' };
  }

  take(token: StreamToken): void {
    if (this.#hasEnded && token.type !== 'error') throw new Error(`Got a token ${token.type} behind the end`);
    switch (token.type) {
      case 'header':
        this.#takeHeader(token.header);
        this.#contentNamespace = token.contentNamespace;
        break;
      case 'element':
        this.#tree.element(token.element);
        break;
      case 'end':
        this.#tree.end();
        this.#hasEnded = true;
        break;
      case 'error':
        this.#error = token.error;
    }
  }

  #takeHeader(header: Element): void {
    if (header.children.length > 0) throw new Error('Got a header with children');
    this.#tree.header(header);
  }
}
