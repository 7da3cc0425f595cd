import { describe, expect, it } from 'vitest';
import { BlockQueue } from '../../src/xml/block-queue.ts';
import { Budget } from '../../src/xml/budget.ts';
import { Cursor } from '../../src/xml/cursor.ts';
import { type Block, Decoder } from '../../src/xml/decoder.ts';
import { XmlError } from '../../src/xml/index.ts';
import { bytesOf, chunked } from './support.ts';

function blockOf(text: string, changes: Partial<Block> = {}): Block {
  return { text, isAscii: true, hasBreaks: false, failure: undefined, ...changes };
}

function cursorAt(text: string, changes: Partial<Block> = {}): Cursor {
  const cursor = new Cursor();
  cursor.load(blockOf(text, changes));
  return cursor;
}

describe('a cursor', () => {
  it('knows how many characters came before, over all blocks', () => {
    const cursor = cursorAt('abc');
    cursor.position = 2;
    expect(cursor.offset).toBe(2);
    cursor.load(blockOf('defg', { hasBreaks: true }));
    expect([cursor.text, cursor.position, cursor.offset, cursor.hasBreaks]).toEqual(['defg', 0, 3, true]);
    cursor.load(blockOf(''));
    expect([cursor.offset, cursor.hasBreaks]).toEqual([7, false]);
  });

  it('finds the next of each kind, from any place on, and the end where there is none', () => {
    const cursor = cursorAt('<&"\']]><&"\']]>.');
    const found = (from: number) => [
      cursor.nextLess(from),
      cursor.nextAmpersand(from),
      cursor.nextQuote(from),
      cursor.nextApostrophe(from),
      cursor.nextSectionEnd(from),
    ];
    expect([0, 0, 1, 5, 7, 8, 12, 15].map(found)).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
      [7, 1, 2, 3, 4],
      [7, 8, 9, 10, 11],
      [7, 8, 9, 10, 11],
      [15, 8, 9, 10, 11],
      [15, 15, 15, 15, 15],
      [15, 15, 15, 15, 15],
    ]);
    cursor.load(blockOf('&"\']]><'));
    expect(found(0)).toEqual([6, 0, 1, 2, 3]);
  });

  it('finds what is behind it again when it goes back', () => {
    const cursor = cursorAt('<a>&<b>&');
    expect([cursor.nextLess(5), cursor.nextAmpersand(5)]).toEqual([8, 7]);
    cursor.rewind(4, 3);
    expect([cursor.nextLess(1), cursor.nextAmpersand(1)]).toEqual([4, 3]);
  });

  it.each([
    ['  a', 0, 2, true],
    ['\t\n a', 0, 3, true],
    ['a ', 0, 0, true],
    ['a ', 1, 2, false],
    ['', 0, 0, false],
    ['\u00a0', 0, 0, true],
    ['\u0001', 0, 0, true],
  ])('skips the white space of %j from %i to %i', (text, from, to, hasMore) => {
    const cursor = cursorAt(text);
    cursor.position = from;
    expect([cursor.skipSpace(), cursor.position]).toEqual([hasMore, to]);
  });

  it('cuts and shares pieces of every size and place', () => {
    const text = Array.from({ length: 3000 }, (_, at) => String.fromCharCode(0x21 + ((at * 7) % 90))).join('');
    for (const size of [0, 1, 12, 13, 20, 128, 129, 500, 511, 512, 513, 2489, 2999]) {
      const cursor = cursorAt(text);
      for (let start = 0; start + size <= text.length; start += 1 + (size >> 1)) {
        expect(cursor.cut(start, start + size)).toBe(text.slice(start, start + size));
        expect(cursor.share(start, start + size)).toBe(text.slice(start, start + size));
      }
      expect(cursor.cut(0, size)).toBe(text.slice(0, size));
      cursor.load(blockOf('x'.repeat(3000)));
      expect(cursor.cut(0, size)).toBe('x'.repeat(size));
    }
  });

  it('counts bytes of UTF-8', () => {
    expect(cursorAt('abc').bytesBetween(1, 3)).toBe(2);
    expect(cursorAt('a\u00e9\u20ac\u{1f339}', { isAscii: false }).bytesBetween(1, 5)).toBe(9);
  });

  it('says what it did not expect, and stands there', () => {
    const cursor = cursorAt('abc');
    expect(cursor.unexpected(1, 'a digit')).toEqual(new XmlError('not-well-formed', 'expected a digit, got “b”'));
    expect(cursor.position).toBe(1);
  });
});

describe('a budget', () => {
  it('is what may be taken, and not one byte more', () => {
    const budget = new Budget();
    const cursor = cursorAt('x'.repeat(20));
    budget.start('an element', 10, 5);
    cursor.position = 15;
    expect(() => budget.finish(cursor)).not.toThrow();
    budget.start('an element', 10, 4);
    expect(() => budget.finish(cursor)).toThrow(
      new XmlError('policy-violation', 'expected an element of at most 10 bytes, got more'),
    );
  });

  it('counts over blocks, and only inside', () => {
    const budget = new Budget();
    const cursor = cursorAt('\u20ac'.repeat(4), { isAscii: false });
    budget.start('a stream header', 13, 2);
    budget.endBlock(cursor, true);
    cursor.load(blockOf('\u20ac\u20acabc', { isAscii: false }));
    cursor.position = 3;
    expect(() => budget.finish(cursor)).not.toThrow();
    cursor.position = 4;
    expect(() => budget.finish(cursor)).toThrow('expected a stream header of at most 13 bytes, got more');
    budget.start('an element', 1, 0);
    expect(() => budget.endBlock(cursor, false)).not.toThrow();
    expect(() => budget.endBlock(cursor, true)).toThrow(XmlError);
    budget.start('an element', 5, 0);
    expect(() => budget.charge(5)).not.toThrow();
    expect(() => budget.charge(1)).toThrow(XmlError);
  });
});

describe('blocks', () => {
  function decoded(chunks: readonly (string | Uint8Array)[]): Block[] {
    const [decoder, blocks]: [Decoder, Block[]] = [new Decoder(), []];
    for (const chunk of chunks) {
      if (typeof chunk === 'string') decoder.decodeText(chunk, blocks);
      else decoder.decode(chunk, blocks);
    }
    expect(decoder.hasPartial).toBe(false);
    return blocks;
  }

  it('say whether they are ASCII, and have breaks', () => {
    for (const of of [bytesOf, String]) {
      expect(decoded([of('abc'), of('a\tb'), of('\u00e9'), of('\r\n\r')])).toEqual([
        blockOf('abc'),
        blockOf('a\tb', { hasBreaks: true }),
        blockOf('\u00e9', { isAscii: false }),
        blockOf('\n\n', { hasBreaks: true }),
      ]);
    }
  });

  it('end with what is wrong behind them', () => {
    const failure = new XmlError('not-well-formed', 'expected a character of XML, got U+0001');
    for (const of of [bytesOf, String]) {
      const isAscii = of === bytesOf;
      expect(decoded([of('ab\u0001c')])).toEqual([blockOf('ab', { isAscii, hasBreaks: true, failure })]);
    }
  });

  it('are no longer than 64 KiB, and end between characters', () => {
    const text = `x${'\u{1f339}'.repeat(50_000)}`;
    for (const blocks of [decoded([bytesOf(text)]), decoded([text])]) {
      expect(blocks.map((block) => block.text).join('')).toBe(text);
      expect(blocks.length).toBeGreaterThan(1);
      for (const block of blocks) expect(block.text.length).toBeLessThanOrEqual(65_536);
    }
  });

  it('are the same characters wherever a chunk ends', () => {
    const text = 'a\u00e9\u20ac\u{1f339}\r\nb\r\rc\u{10ffff}';
    const normal = text.replace(/\r\n?/g, '\n');
    for (let size = 1; size < 8; size++) {
      expect(
        decoded(chunked(text, size))
          .map((block) => block.text)
          .join(''),
      ).toBe(normal);
      const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      expect(
        decoded(parts)
          .map((block) => block.text)
          .join(''),
      ).toBe(normal);
    }
  });

  it('leave the queue in order, however many there are', () => {
    const queue = new BlockQueue();
    expect([queue.isEmpty, queue.take()]).toEqual([true, undefined]);
    const texts = Array.from({ length: 200 }, (_, at) => `block ${at}`);
    for (const text of texts) queue.writeText(text);
    expect(queue.isEmpty).toBe(false);
    expect(texts.map(() => queue.take()?.text)).toEqual(texts);
    expect([queue.isEmpty, queue.take()]).toEqual([true, undefined]);
    queue.write(bytesOf('more'));
    queue.write(Uint8Array.of(0xe2));
    expect([queue.take()?.text, queue.isEmpty]).toEqual(['more', false]);
    queue.writeText('lost');
    queue.clear();
    expect(queue.take()).toBeUndefined();
  });
});
