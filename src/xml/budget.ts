import type { Cursor } from './cursor.ts';
import { XmlError } from './xml-error.ts';

/** Bytes that one header or element has taken, against what it may take. */
export class Budget {
  private used = 0;
  private limit = 0;
  private subject = '';
  /** Where in the block the bytes begin that are not yet counted. */
  private uncounted = 0;

  /** A new header or element begins at this position of the block. */
  start(subject: string, limit: number, position: number): void {
    this.subject = subject;
    this.limit = limit;
    this.used = 0;
    this.uncounted = position;
  }

  charge(bytes: number): void {
    this.used += bytes;
    if (this.used > this.limit) {
      throw new XmlError('policy-violation', `expected ${this.subject} of at most ${this.limit} bytes, got more`);
    }
  }

  /** The block is read. What it has of a header or element is counted if that goes on. */
  endBlock(cursor: Cursor, isInside: boolean): void {
    if (isInside) this.charge(cursor.bytesBetween(this.uncounted, cursor.text.length));
    this.uncounted = 0;
  }

  /** The header or element is complete. Counted exactly only where it might not fit, at three bytes for each character. */
  finish(cursor: Cursor): void {
    const { position } = cursor;
    if (this.used + (position - this.uncounted) * 3 <= this.limit) return;
    this.charge(cursor.bytesBetween(this.uncounted, position));
  }
}
