import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  createTokenizer,
  type Element,
  parseElement,
  type StreamToken,
  textOf,
  XmlError,
} from '../../src/xml/index.ts';
import { bytesOf, HEADER } from './support.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const CHUNKS = 300;
const CHUNK_BYTES = 64 * 1024;

/** What is kept of an element, of which there are many. */
const KEPT: readonly (readonly [what: string, pattern: string, pick: (element: Element) => unknown])[] = [
  ['text of 20 characters', '<a>text text text ######</a>', textOf],
  ['text of 20 characters beyond Latin 1', '<a>\u20ac text text te ######</a>', textOf],
  ['text with references', '<a>text &amp; text &#65; ######</a>', textOf],
  ['text with predefined references', '<a>text &amp; text &lt; text ######</a>', textOf],
  ['text of a CDATA section', '<a><![CDATA[text text text ######]]></a>', textOf],
  ['a value of 20 characters', "<a b='value value va ######'/>", (element) => element.attributes.b],
  ['a value of 200 characters', `<a b='${'value'.repeat(39)}######'/>`, (element) => element.attributes.b],
  ['a value with references', "<a b='value &lt; value ######'/>", (element) => element.attributes.b],
  ['the name of an element', '<element-name-######/>', (element) => element.name],
  ['a long name', `<${'name'.repeat(20)}######/>`, (element) => element.name],
  ['the name of an attribute', "<a attribute-name-######=''/>", (element) => Object.keys(element.attributes)[0]],
  ['a namespace', "<a xmlns='urn:example:namespace:######'/>", (element) => element.namespace],
  [
    'the namespace of an attribute',
    "<a xmlns:p='urn:example:######' p:b=''/>",
    (element) => Object.keys(element.attributes)[0],
  ],
  ['a whole element', "<a id='id of stanza ######'><b>text text text ######</b></a>", (element) => element],
];

describe('A string that is kept does not keep the chunk it came in', () => {
  it.each(KEPT)('%s', (_, pattern, pick) => {
    const kept: unknown[] = [];
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(HEADER));
    tokenizer.read();
    const grown = growth(() => {
      for (let count = 0; count < CHUNKS; count++) {
        const stanza = pattern.replaceAll('######', String(count).padStart(6, '0'));
        tokenizer.write(bytesOf(stanza + `<x>${'y'.repeat(250)}</x>`.repeat(CHUNK_BYTES / 257)));
        const token = tokenizer.read();
        if (token?.type === 'element') kept.push(pick(token.element));
        while (tokenizer.read() !== undefined);
      }
    });
    expect(kept).toHaveLength(CHUNKS);
    expect(new Set(kept.map((value) => JSON.stringify(value))).size).toBe(CHUNKS);
    // Kept chunks would be 64 KiB each.
    expect(grown / CHUNKS).toBeLessThan(4096);
  });
});

describe('A string that is kept does not keep the document it came in', () => {
  it.each(KEPT)('%s', (_, pattern, pick) => {
    const filler = `<x>${'y'.repeat(250)}</x>`.repeat(CHUNK_BYTES / 257);
    const kept: unknown[] = [];
    const grown = growth(() => {
      for (let count = 0; count < CHUNKS; count++) {
        const stanza = pattern.replaceAll('######', String(count).padStart(6, '0'));
        const [element] = parseElement(bytesOf(`<r>${stanza}${filler}</r>`)).children;
        if (typeof element === 'object') kept.push(pick(element));
      }
    });
    expect(new Set(kept.map((value) => JSON.stringify(value))).size).toBe(CHUNKS);
    // Kept documents would be 64 KiB each.
    expect(grown / CHUNKS).toBeLessThan(4096);
  });
});

describe('Nothing grows', () => {
  it('with white space between elements, which keeps the connection alive (RFC 6120 §11.7)', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(HEADER));
    tokenizer.read();
    const space = bytesOf(' \n'.repeat(5000));
    const grown = growth(() => {
      for (let count = 0; count < 2000; count++) {
        tokenizer.write(space);
        expect(tokenizer.read()).toBeUndefined();
      }
    });
    expect(grown).toBeLessThan(200_000);
  });

  it('with elements that nobody keeps: the root has no children', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(HEADER));
    const header = tokenizer.read();
    const stanzas = bytesOf("<message id='1'><body>text text text text</body></message>".repeat(100));
    const grown = growth(() => {
      for (let count = 0; count < 300; count++) {
        tokenizer.write(stanzas);
        while (tokenizer.read() !== undefined);
      }
    });
    expect(grown).toBeLessThan(500_000);
    expect(header?.type === 'header' && header.header.children).toEqual([]);
  });

  it('with names that never repeat', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(HEADER));
    tokenizer.read();
    const grown = growth(() => {
      for (let count = 0; count < 20_000; count++) {
        tokenizer.write(
          bytesOf(`<name-${count} attribute-${count}='value of ${count}' xmlns='urn:namespace:${count}'/>`),
        );
        expect(tokenizer.read()?.type).toBe('element');
      }
    });
    expect(grown).toBeLessThan(2_000_000);
  });

  it('with names that come twice, so that each is known to follow another', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(HEADER));
    tokenizer.read();
    const grown = growth(() => {
      for (let count = 0; count < 20_000; count++) {
        const twice = `<name-${count} attribute-${count}='' other-${count}=''/>`.repeat(2);
        tokenizer.write(bytesOf(`<a>${twice}</a>`));
        expect(tokenizer.read()?.type).toBe('element');
      }
    });
    expect(grown).toBeLessThan(2_000_000);
  });

  it('beyond a few times the limit while one byte after the other comes', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(`${HEADER}<a>`));
    tokenizer.read();
    const byte = bytesOf('x');
    const grown = growth(() => {
      for (let count = 0; count < 500_000; count++) {
        tokenizer.write(byte);
        tokenizer.read();
      }
    });
    expect(grown).toBeLessThan(2_000_000);
  });
});

describe('Time grows with the number of bytes, not faster', () => {
  it.each([
    ['text', '<a>', 'text ', '</a>'],
    ['references', '<a>', '&amp;', '</a>'],
    ['a value', "<a b='", 'value', "'/>"],
    ['a value with references', "<a b='", '&lt;', "'/>"],
    ['a name', '<', 'name', '/>'],
    ['a CDATA section', '<a><![CDATA[', ']]x', ']]></a>'],
    ['children', '<a>', "<b c='d'/>", '</a>'],
    ['children in an unusual spelling', '<a>', "<b  c='d'/>", '</a>'],
    ['text that is cut off by quotes', '<a>', 'a"\'', '</a>'],
  ])('%s in chunks of ten bytes', (_, start, repeated, end) => {
    const small = duration(start + repeated.repeat(50_000 / repeated.length) + end);
    const large = duration(start + repeated.repeat(800_000 / repeated.length) + end);
    // Sixteen times as much; a quadratic reader takes 256 times as long.
    expect(large / small).toBeLessThan(80);
  });
});

describe('Time grows with the size of a document, not faster', () => {
  it.each([
    ['text', '<a>', 'text ', '</a>'],
    ['text with references', '<a>', '&amp;', '</a>'],
    ['ampersands', '<a>', '&', '</a>'],
    ['a value', "<a b='", 'value', "'/>"],
    ['a value without end', "<a b='", 'value', ''],
    ['names', '<a', ' name', '/>'],
    ['a name', '<', 'name', '/>'],
    ['white space in a tag', '<a', ' ', 'b'],
    ['white space behind the root', '<a/>', ' ', 'b'],
    ['white space before the root', '', ' ', 'b'],
    ['an XML declaration without end', '<?xml ', '?', ''],
    ['sections', '<a>', '<![CDATA[]]>', '</a>'],
    ['beginnings of sections', '<a>', '<![CDATA[', ']]></a>'],
    ['ends of sections', '<a>', ']]', '></a>'],
    ['children', '<a>', "<b c='d'/>", '</a>'],
    ['line ends', '<a>', '\r', '</a>'],
    ['a character that XML forbids at the end', '<a>', 'x', '\u0000'],
  ])('%s', (_, start, repeated, end) => {
    const small = durationOf(start + repeated.repeat(50_000 / repeated.length) + end);
    const large = durationOf(start + repeated.repeat(800_000 / repeated.length) + end);
    // Sixteen times as much; a quadratic reader takes 256 times as long.
    expect(large / small).toBeLessThan(80);
  });
});

function durationOf(xml: string): number {
  const bytes = bytesOf(xml);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    try {
      parseElement(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(XmlError);
    }
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function growth(work: () => void): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  work();
  collectGarbage();
  return process.memoryUsage().heapUsed - before;
}

function duration(xml: string): number {
  const bytes = bytesOf(HEADER + xml);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const tokenizer = createTokenizer();
    let last: StreamToken | undefined;
    const start = performance.now();
    for (let at = 0; at < bytes.length; at += 10) {
      tokenizer.write(bytes.subarray(at, at + 10));
      last = tokenizer.read() ?? last;
    }
    best = Math.min(best, performance.now() - start);
    expect(last?.type).toBe('element');
  }
  return best;
}
