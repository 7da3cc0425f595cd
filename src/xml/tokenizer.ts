import { BlockQueue } from './block-queue.ts';
import { Budget } from './budget.ts';
import { ContentScanner } from './content.ts';
import { Cursor } from './cursor.ts';
import type { Block } from './decoder.ts';
import type { Element } from './element.ts';
import { EndTagScanner } from './end-tag.ts';
import type { XmlLimits } from './limits.ts';
import { InstructionScanner, SectionStartScanner } from './special-markup.ts';
import { StartTagScanner } from './start-tag.ts';
import type { StreamToken, Tokenizer } from './stream-token.ts';
import { ROOT_DEPTH, TreeBuilder } from './tree-builder.ts';
import { readUsual } from './usual-spelling.ts';
import { XmlError } from './xml-error.ts';

// What is being read.
const START = 0;
const PROLOG = 1;
const CONTENT = 2;
const MARKUP = 3;
const START_TAG = 4;
const END_TAG = 5;
const SECTION_START = 6;
const INSTRUCTION = 7;
const EPILOG = 8;

const EXCLAMATION = 0x21;
const SLASH = 0x2f;
const LESS = 0x3c;
const QUESTION = 0x3f;
const BYTE_ORDER_MARK = 0xfeff;

const NO_BLOCK: Block = { text: '', isAscii: true, hasBreaks: false, failure: undefined };
const END: StreamToken = { type: 'end' };

/** Reads a stream. One state and one position, carried from block to block. */
export class XmlReader implements Tokenizer {
  private readonly limits: XmlLimits;
  private readonly queue = new BlockQueue();
  private readonly cursor = new Cursor();
  private readonly budget = new Budget();
  private readonly builder: TreeBuilder;
  private readonly startTag: StartTagScanner;
  private readonly endTag = new EndTagScanner();
  private readonly content: ContentScanner;
  private readonly sectionStart = new SectionStartScanner();
  private readonly instruction = new InstructionScanner();
  private state = START;
  private mayDeclare = true;
  private isRootEmpty = false;
  private isRootClosed = false;
  /** What is wrong behind the present block. */
  private failure: XmlError | undefined;
  private hasFailed = false;

  constructor(limits: XmlLimits) {
    this.limits = limits;
    this.builder = new TreeBuilder(limits, this.budget);
    this.startTag = new StartTagScanner(this.builder);
    this.content = new ContentScanner(this.builder);
    this.beginProlog();
  }

  write(bytes: Uint8Array): void {
    if (!this.hasFailed) this.queue.write(bytes);
  }

  /** The same for text that was decoded elsewhere. */
  writeText(text: string): void {
    if (!this.hasFailed) this.queue.writeText(text);
  }

  read(): StreamToken | undefined {
    if (this.hasFailed) return undefined;
    const { cursor } = this;
    if (this.isRootEmpty) return this.endRoot();
    try {
      do {
        while (cursor.position < cursor.text.length) {
          const token = this.scan();
          if (token !== undefined) return token;
        }
      } while (this.loadBlock());
      return undefined;
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.hasFailed = true;
      this.queue.clear();
      this.builder.clear();
      return { type: 'error', error: new XmlError(error.condition, error.message, cursor.offset) };
    }
  }

  restart(): void {
    this.state = START;
    this.mayDeclare = true;
    this.isRootEmpty = false;
    this.isRootClosed = false;
    this.beginProlog();
    this.builder.clear();
    this.startTag.clear();
    this.endTag.clear();
    this.content.clear();
    this.sectionStart.clear();
    this.instruction.clear();
  }

  get hasUnread(): boolean {
    return (
      this.cursor.position < this.cursor.text.length ||
      !this.queue.isEmpty ||
      this.failure !== undefined ||
      this.isInside
    );
  }

  /** Whether the end of the root was read. */
  get hasEnded(): boolean {
    return this.isRootClosed;
  }

  /** Characters read so far. */
  get offset(): number {
    return this.cursor.offset;
  }

  /** Whether something has begun that is not yet complete. */
  private get isInside(): boolean {
    if (this.state === CONTENT) return this.builder.depth > ROOT_DEPTH;
    return this.state !== START && this.state !== EPILOG;
  }

  private loadBlock(): boolean {
    const { cursor } = this;
    this.budget.endBlock(cursor, this.isInside);
    if (this.failure !== undefined) throw this.failure;
    const block = this.queue.take() ?? NO_BLOCK;
    cursor.load(block);
    this.failure = block.failure;
    return block !== NO_BLOCK;
  }

  /** Reads as much as one state allows; called only if there is something left in the block. */
  private scan(): StreamToken | undefined {
    const { cursor } = this;
    switch (this.state) {
      case CONTENT:
        return this.builder.depth === ROOT_DEPTH ? this.scanBetween() : this.scanContent();
      case MARKUP:
        this.scanMarkup();
        return undefined;
      case START_TAG:
        return this.scanStartTag();
      case END_TAG:
        return this.endTag.scan(cursor, this.builder.openName) ? this.leave() : undefined;
      case SECTION_START:
        if (this.sectionStart.scan(cursor)) this.enterSection();
        return undefined;
      case INSTRUCTION:
        if (!this.instruction.scan(cursor, this.mayDeclare)) return undefined;
        this.mayDeclare = false;
        this.state = PROLOG;
        return undefined;
      default:
        this.scanOutside();
        return undefined;
    }
  }

  /** Before and after the root. */
  private scanOutside(): void {
    const { cursor } = this;
    if (this.state === START) {
      this.state = PROLOG;
      if (cursor.text.charCodeAt(cursor.position) === BYTE_ORDER_MARK) cursor.position++;
      return;
    }
    const { position } = cursor;
    const hasMore = cursor.skipSpace();
    if (cursor.position > position) this.mayDeclare = false;
    if (hasMore) {
      const isEpilog = this.state === EPILOG;
      if (cursor.text.charCodeAt(cursor.position) !== LESS) {
        throw cursor.unexpected(cursor.position, isEpilog ? 'nothing behind the root' : 'the start of an element');
      }
      if (isEpilog) this.begin();
      cursor.position++;
      this.state = MARKUP;
    }
  }

  /**
   * Between the elements of a stream. White space is no content (RFC 6120 §11.7); other text has no place in the schema
   * (RFC 6120 §4.9.3.11, appendix A.1).
   */
  private scanBetween(): StreamToken | undefined {
    const { cursor } = this;
    if (!cursor.skipSpace()) return undefined;
    if (cursor.text.charCodeAt(cursor.position) !== LESS) {
      throw new XmlError('invalid-xml', 'expected an element or white space directly inside the stream, got text');
    }
    this.begin();
    return this.scanContent();
  }

  /** Elements and text, from one place to the next where it takes a scanner for each. */
  private scanContent(): StreamToken | undefined {
    const { cursor, content } = this;
    if (content.isFresh) {
      const element = readUsual(cursor, this.builder, this.limits.maxAttributes);
      if (element !== undefined) return this.deliver(element);
    }
    if (content.scan(cursor)) this.state = MARKUP;
    return undefined;
  }

  /** The bytes of a header are counted from here. */
  private beginProlog(): void {
    this.budget.start('a stream header', this.limits.maxHeaderBytes, this.cursor.position);
  }

  /** The bytes of an element are counted from here. */
  private begin(): void {
    this.budget.start('an element', this.limits.maxElementBytes, this.cursor.position);
  }

  private scanMarkup(): void {
    const { cursor } = this;
    const code = cursor.text.charCodeAt(cursor.position);
    if (code === EXCLAMATION || code === QUESTION) {
      cursor.position++;
      this.state = code === QUESTION ? INSTRUCTION : SECTION_START;
      return;
    }
    this.mayDeclare = false;
    this.content.flush();
    if (code !== SLASH) {
      if (this.isRootClosed) throw cursor.unexpected(cursor.position, 'nothing behind the root');
      this.state = START_TAG;
      return;
    }
    if (this.builder.depth === 0) throw cursor.unexpected(cursor.position, 'a start tag');
    cursor.position++;
    this.state = END_TAG;
  }

  private enterSection(): void {
    const { depth } = this.builder;
    if (depth === 0) throw new XmlError('not-well-formed', 'expected an element, got a CDATA section outside the root');
    if (depth === ROOT_DEPTH) {
      throw new XmlError('invalid-xml', 'expected an element directly inside the stream, got a CDATA section');
    }
    this.content.enterSection();
    this.state = CONTENT;
  }

  private scanStartTag(): StreamToken | undefined {
    const name = this.startTag.scan(this.cursor);
    if (name === undefined) return undefined;
    const { builder } = this;
    const element = builder.enter(name);
    this.state = CONTENT;
    if (builder.depth === ROOT_DEPTH) {
      this.budget.finish(this.cursor);
      this.isRootEmpty = this.startTag.isEmpty;
      return { type: 'header', header: element, contentNamespace: builder.defaultNamespace };
    }
    return this.startTag.isEmpty ? this.leave() : undefined;
  }

  private leave(): StreamToken | undefined {
    const { builder } = this;
    const element = builder.leave();
    this.state = CONTENT;
    if (builder.depth > ROOT_DEPTH) return undefined;
    if (builder.depth === ROOT_DEPTH) return this.deliver(element);
    this.budget.finish(this.cursor);
    return this.endRoot();
  }

  private deliver(element: Element): StreamToken {
    this.budget.finish(this.cursor);
    return { type: 'element', element };
  }

  private endRoot(): StreamToken {
    this.builder.clear();
    this.isRootEmpty = false;
    this.isRootClosed = true;
    this.state = EPILOG;
    return END;
  }
}
