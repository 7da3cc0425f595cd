import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstAttribute, splitTag, splitXml, xmlTree } from '../../../src/inspect/page/xml-split.ts';

const MESSAGE = '<message to="a@b" id="&lt;1&gt;"><body>1 &lt; 2 &amp; so</body><x xmlns="urn:x"/></message>';

describe('splitting XML', () => {
  it('tells tags from texts', () => {
    expect(splitXml(MESSAGE).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'open <message to="a@b" id="&lt;1&gt;">',
      'open <body>',
      'text 1 &lt; 2 &amp; so',
      'close </body>',
      'empty <x xmlns="urn:x"/>',
      'close </message>',
    ]);
  });

  it('tells the parts of a tag', () => {
    expect(splitTag('<x a:b="1 > 0"/>').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'mark <',
      'name x',
      'mark  ',
      'attribute a:b',
      'mark =',
      'value "1 > 0"',
      'mark /',
      'mark >',
    ]);
  });

  it('makes a tree, also of a text that was cut', () => {
    expect(xmlTree('<a><b>x</b><c')).toEqual([
      {
        kind: 'element',
        tag: { kind: 'open', text: '<a>' },
        end: '',
        children: [
          {
            kind: 'element',
            tag: { kind: 'open', text: '<b>' },
            children: [{ kind: 'text', text: 'x' }],
            end: '</b>',
          },
          { kind: 'text', text: '<' },
          { kind: 'text', text: 'c' },
        ],
      },
    ]);
  });

  it('reads an attribute of the first tag', () => {
    expect(firstAttribute(MESSAGE, 'to')).toBe('a@b');
    expect(firstAttribute('<presence id="to" to="x@y"/>', 'to')).toBe('x@y');
    expect([firstAttribute(MESSAGE, 'xmlns'), firstAttribute('no XML', 'to'), firstAttribute('', 'to')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    "'",
    '=',
    ' ',
    'a',
    '<a>',
    '</a>',
    '<b c="d"/>',
    '&lt;',
    '!--',
    '?',
  );
  const anything = fc.oneof(
    fc.string(),
    fc.array(pieces).map((parts) => parts.join('')),
  );

  it('loses no character of any text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const split = splitXml(text);
        expect(split.map((piece) => piece.text).join('')).toBe(text);
        for (const { kind, text: tag } of split) {
          if (kind !== 'text')
            expect(
              splitTag(tag)
                .map((part) => part.text)
                .join(''),
            ).toBe(tag);
        }
      }),
    );
  });

  it('loses no character in the tree either', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(xmlTree(text).map(textOf).join('')).toBe(text);
      }),
    );
  });

  it('bears texts of any length', () => {
    const long = `<a b="${'x y='.repeat(500_000)}">${'<c/>'.repeat(50_000)}<${'d '.repeat(500_000)}`;
    expect(splitXml(long).reduce((length, { text }) => length + text.length, 0)).toBe(long.length);
  });
});

function textOf(node: ReturnType<typeof xmlTree>[number]): string {
  return node.kind === 'text' ? node.text : `${node.tag.text}${node.children.map(textOf).join('')}${node.end}`;
}
