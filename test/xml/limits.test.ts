import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, parseElement, type StreamToken, type XmlLimits } from '../../src/xml/index.ts';
import { bytesOf, chunked, comparable, HEADER, tokensOf } from './support.ts';

const POLICY = { condition: 'policy-violation' };

describe('The size of an element', () => {
  const limits = { maxElementBytes: 100 };
  const sized = (bytes: number, filler = 'x') => {
    const size = new TextEncoder().encode(filler).length;
    return `<a>${filler.repeat(Math.floor((bytes - 7) / size))}${'x'.repeat((bytes - 7) % size)}</a>`;
  };

  it.each(['x', '\u00e9', '\u20ac', '\u{1f600}'])('is counted in bytes of UTF-8, as of %s', (filler) => {
    for (const size of [1, 7, 50, 1000]) {
      expect(last(`${HEADER}${sized(100, filler)}`, limits, size)).toMatchObject({ type: 'element' });
      expect(last(`${HEADER}${sized(101, filler)}`, limits, size)).toMatchObject(POLICY);
    }
  });

  it('is that of each element, not of the stream', () => {
    expect(last(`${HEADER}${sized(100).repeat(50)}`, limits, 1000)).toMatchObject({ type: 'element' });
  });

  it.each([
    ['text', '<a>', 'x'],
    ['references', '<a>', '&amp;'],
    ['one endless reference', '<a>&#', '0'],
    ['a CDATA section', '<a><![CDATA[', ']'],
    ['children', '<a>', '<b/>'],
    ['the name of an element', '<', 'a'],
    ['the name of an attribute', '<a ', 'b'],
    ['the value of an attribute', "<a b='", 'c'],
    ['white space in a start tag', '<a', ' '],
    ['white space before an equals sign', '<a b', ' '],
    ['white space in an end tag', '<a></a', ' '],
    ['white space in the end tag of the stream', '</stream:stream', ' '],
  ])('is noticed while %s never ends, however it is chunked', (_, start, endless) => {
    const xml = `${HEADER}${start}${endless.repeat(200)}`;
    for (const size of [1, 3, 10_000]) expect(last(xml, limits, size)).toMatchObject(POLICY);
  });

  it('includes the names of namespaces that attributes repeat in the tree', () => {
    const namespace = 'u'.repeat(1000);
    const attributes = Array.from({ length: 200 }, (_, at) => ` p:a${at}=''`).join('');
    const xml = `${HEADER}<a xmlns:p='${namespace}'${attributes}/>`;
    expect(last(xml, { maxElementBytes: 100_000 }, 10_000)).toMatchObject(POLICY);
    expect(last(xml, {}, 10_000)).toMatchObject({ type: 'element' });
  });

  it('is 1 MiB by default', () => {
    const size = DEFAULT_LIMITS.maxElementBytes;
    expect(size).toBe(1_048_576);
    expect(last(`${HEADER}${sized(size)}`, {}, 50_000)).toMatchObject({ type: 'element' });
    expect(last(`${HEADER}${sized(size + 1)}`, {}, 50_000)).toMatchObject(POLICY);
  });
});

describe('The size of a header', () => {
  const limits = { maxHeaderBytes: 200 };

  it('includes the XML declaration and white space before it', () => {
    const room = 200 - HEADER.length;
    expect(last(HEADER.replace('?><', `?>${' '.repeat(room)}<`), limits, 7)).toMatchObject({ type: 'header' });
    expect(last(HEADER.replace('?><', `?>${' '.repeat(room + 1)}<`), limits, 7)).toMatchObject(POLICY);
  });

  it.each([
    ['white space', '', ' '],
    ['the XML declaration', '<?xml ', ' '],
    ['a value', "<s a='", 'x'],
    ['attributes', '<s', ' '],
  ])('is noticed while %s never ends', (_, start, endless) => {
    for (const size of [1, 10_000]) expect(last(start + endless.repeat(500), limits, size)).toMatchObject(POLICY);
  });

  it('does not count for the elements behind it, nor they for it', () => {
    const xml = `${HEADER}<a>${'x'.repeat(300)}</a>`;
    expect(last(xml, limits, 10)).toMatchObject({ type: 'element' });
    expect(last(HEADER, { maxElementBytes: 10 }, 10)).toMatchObject({ type: 'header' });
  });
});

describe('The depth of an element', () => {
  const nested = (depth: number) => `${HEADER}${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

  it('is counted from the element directly inside the stream; 256 by default', () => {
    expect(last(nested(256), {}, 100)).toMatchObject({ type: 'element' });
    expect(last(nested(257), {}, 100)).toMatchObject(POLICY);
    expect(last(nested(2), { maxDepth: 2 }, 100)).toMatchObject({ type: 'element' });
    expect(last(nested(3), { maxDepth: 2 }, 100)).toMatchObject(POLICY);
  });

  it('includes empty elements', () => {
    expect(last(`${HEADER}<a><a/></a>`, { maxDepth: 1 }, 100)).toMatchObject(POLICY);
  });

  it('is the same in a document', () => {
    expect(() => parseElement('<a><b/></a>', { maxDepth: 1 })).toThrow('at most 1 elements inside each other');
    expect(parseElement('<a><b/></a>', { maxDepth: 2 }).name).toBe('a');
  });
});

describe('The attributes of an element', () => {
  const attributes = (count: number) => Array.from({ length: count }, (_, at) => ` a${at}=''`).join('');

  it('are at most 1000 by default, declarations included', () => {
    expect(last(`${HEADER}<a${attributes(1000)}/>`, {}, 1000)).toMatchObject({ type: 'element' });
    expect(last(`${HEADER}<a${attributes(1001)}/>`, {}, 1000)).toMatchObject(POLICY);
    expect(last(`${HEADER}<a xmlns='u'${attributes(1000)}/>`, {}, 1000)).toMatchObject(POLICY);
    expect(last(`<s${attributes(4)}>`, { maxAttributes: 3 }, 1000)).toMatchObject(POLICY);
  });
});

describe('The prefixes that are declared at once', () => {
  const declarations = (count: number) => Array.from({ length: count }, (_, at) => ` xmlns:p${at}='u'`).join('');

  it('are at most 1000 by default, over all open elements', () => {
    expect(last(`${HEADER}<a${declarations(999)}/>`, {}, 1000)).toMatchObject({ type: 'element' });
    expect(last(`${HEADER}<a${declarations(500)}><b${declarations(500)}/></a>`, {}, 1000)).toMatchObject(POLICY);
    expect(last(`${HEADER}<a><b${declarations(900)}/><b${declarations(900)}/></a>`, {}, 1000)).toMatchObject({
      type: 'element',
    });
  });
});

describe('White space between elements', () => {
  it('has no limit', () => {
    const space = ' \n\t\r'.repeat(50_000);
    const xml = `${HEADER}${space}<a/>${space}<b/>${space}`;
    expect(tokensOf(chunked(xml, 1000), { maxElementBytes: 100, maxHeaderBytes: 200 })).toHaveLength(3);
  });
});

function last(xml: string, limits: Partial<XmlLimits>, size: number): unknown {
  const tokens: StreamToken[] = tokensOf(chunked(bytesOf(xml), size), limits);
  return comparable(tokens).at(-1);
}
