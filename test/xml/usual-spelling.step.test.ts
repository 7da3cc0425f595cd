import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/xml/budget.ts';
import { Cursor } from '../../src/xml/cursor.ts';
import { type Element, serialize } from '../../src/xml/index.ts';
import { DEFAULT_LIMITS } from '../../src/xml/limits.ts';
import { hashName, nameAt, type QualifiedName } from '../../src/xml/names.ts';
import { TreeBuilder } from '../../src/xml/tree-builder.ts';
import { readUsual } from '../../src/xml/usual-spelling.ts';

/** A name, which is known from then on. */
function know(text: string): QualifiedName {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = hashName(hash, text.charCodeAt(at));
  return nameAt(text, 0, text.length, hash);
}

/** What one step reads of some XML directly inside a stream: up to where, how many elements are open then, and the element. */
function step(xml: string, maxDepth = DEFAULT_LIMITS.maxDepth) {
  const builder = new TreeBuilder({ ...DEFAULT_LIMITS, maxDepth }, new Budget());
  builder.enter(know('stream'));
  for (const name of ['a', 'bb', 'c', 'xmlns', 'xml:lang']) know(name);
  const cursor = new Cursor();
  const isAscii = !/[^\0-\x7f]/.test(xml);
  cursor.load({ text: xml, isAscii, hasBreaks: /[\t\n]/.test(xml), failure: undefined });
  const element: Element | undefined = readUsual(cursor, builder, 3);
  return [cursor.position, builder.depth, element && serialize(element)];
}

describe('in one step is read', () => {
  it.each([
    ['<a/>', '<a/>'],
    ['<a></a>', '<a/>'],
    ['<a>text</a>', '<a>text</a>'],
    ['<a>a longer text than a view has</a>', '<a>a longer text than a view has</a>'],
    ['<a><bb/></a>', '<a><bb/></a>'],
    ['<a><bb></bb></a>', '<a><bb/></a>'],
    ['<a><bb>text</bb>more<c/></a>', '<a><bb>text</bb>more<c/></a>'],
    ['<a><bb><c/></bb></a>', '<a><bb><c/></bb></a>'],
    ['<a>&lt;&gt;&amp;</a>', '<a>&lt;&gt;&amp;</a>'],
    ['<a>1&lt;2&lt;3&lt;4&lt;5&lt;6</a>', '<a>1&lt;2&lt;3&lt;4&lt;5&lt;6</a>'],
    ['<a bb="1"/>', '<a bb="1"/>'],
    ['<a bb="1" c=""></a>', '<a bb="1" c=""/>'],
    ['<a bb="&lt;" c="&amp;2&amp;" xml:lang="en">text</a>', '<a bb="&lt;" c="&amp;2&amp;" xml:lang="en">text</a>'],
    ['<a><bb c="1" bb="2"/></a>', '<a><bb c="1" bb="2"/></a>'],
    ['<a xmlns="u"><bb xmlns="v"/></a>', '<a xmlns="u"><bb xmlns="v"/></a>'],
    ['<a>one<bb/>two&amp;three</a>', '<a>one<bb/>two&amp;three</a>'],
  ])('all of %s', (xml, made) => {
    expect(step(`${xml}<a/>`)).toEqual([xml.length, 1, made]);
    expect(step(`${xml.replaceAll('"', "'")}.`)).toEqual([xml.length, 1, made]);
  });

  it.each<[string, number, number]>([
    // What is not complete.
    ['', 0, 1],
    ['<a', 0, 1],
    ['<a>', 3, 2],
    ['<a>text', 3, 2],
    ['<a>text<', 3, 2],
    ['<a>text</a', 7, 2],
    ['<a bb="1"', 0, 1],
    ['<a bb="1', 0, 1],
    ['<a bb=', 0, 1],
    ['<a bb="<a/>', 0, 1],
    ['<a/', 0, 1],
    ['<a><bb>text</b', 11, 3],
    // What is spelled in another way.
    ['<zz9/>.', 0, 1],
    ['<a zz9=""/>.', 0, 1],
    ['<a />.', 0, 1],
    ['<a  bb="1"/>.', 0, 1],
    ['<a bb ="1"/>.', 0, 1],
    ['<a bb= "1"/>.', 0, 1],
    ['<a bb="1" />.', 0, 1],
    ['<a\tbb="1"/>.', 0, 1],
    ['<a bb="\t"/>.', 0, 1],
    ['<a bb="&#9;"/>.', 0, 1],
    ['<a></a >.', 3, 2],
    ['<a>&#65;</a>.', 3, 2],
    ['<a><![CDATA[x]]></a>.', 3, 2],
    ['<a>text<![CDATA[x]]></a>.', 3, 2],
    ['<a><bb>&#65;</bb></a>.', 3, 2],
    ['<a><bb>1&lt;2&#65;</bb></a>.', 3, 2],
    ['<xml:lang/>.', 0, 1],
    // What is wrong.
    ['</a>.', 0, 1],
    ['<a></bb>.', 3, 2],
    ['<a><bb></a>.', 7, 3],
    ['<a bb?"1"/>.', 0, 1],
    ['<a bb=1/>.', 0, 1],
    ['<a bb=?1?/>.', 0, 1],
    ['<a bb="1"c="2"/>.', 0, 1],
    ['<a bb="1" bb="2"/>.', 0, 1],
    ['<a bb="1" c="2" xml:lang="3" xmlns="u"/>.', 0, 1],
    ['<a xmlns="u" xmlns="v"/>.', 0, 1],
    ['<a xmlns="http://www.w3.org/2000/xmlns/"/>.', 0, 1],
    ['<a>]]></a>.', 3, 2],
    ['<a><bb>]]></bb></a>.', 3, 2],
    ['<a/bb>.', 0, 1],
    ['<a?>.', 0, 1],
    ['<a/ >.', 0, 1],
    ['<a/<', 0, 1],
  ])('of %s as much as %i characters', (xml, position, depth) => {
    expect(step(xml)).toEqual([position, depth, undefined]);
    expect(step(xml.replaceAll('"', "'"))).toEqual([position, depth, undefined]);
  });

  it('nothing that is too deep', () => {
    expect(() => step('<a><bb>text</bb></a>', 1)).toThrow('expected at most 1 elements inside each other, got more');
    expect(step('<a>text</a>', 1)).toEqual([11, 1, '<a>text</a>']);
  });
});
