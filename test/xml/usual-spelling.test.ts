import { describe, expect, it } from 'vitest';
import { element, type StreamToken, type XmlLimits } from '../../src/xml/index.ts';
import { bytesOf, chunked, comparable, FOOTER, HEADER, tokensOf } from './support.ts';

/** What a stanza may have between its tags; joined in all pairs, each of which is a border between two ways of reading. */
const PIECES = [
  'text',
  'a text of more than twelve characters',
  '&amp;',
  'a &lt; b &amp; c &gt; d &quot;e&apos;',
  'a &lt; b &lt; c &lt; d &lt; e &lt; f',
  'R\u00f4meo &#38; \u{1f339}',
  ']] >',
  '<![CDATA[<b>&amp;]]>',
  '<b/>',
  '<b></b>',
  '<b>text</b>',
  '<b >text</b >',
  '<b>text<![CDATA[ and text]]></b>',
  '<b><![CDATA[text]]></b>',
  '<b>a&amp;b</b>',
  '<b>a&#38;b</b>',
  '<b><b><b/></b>text<b>text</b></b>',
  "<b c='1' d=\"2'\"/>",
  "<b c='&lt;&amp;' d='\t'>text</b>",
  "<b c='&#9;' d=''/>",
  "<b\tc='1'\n d='2'  e = '3' />",
  "<b xmlns='urn:example:other'><b/><b xmlns=''/><b xmlns='urn:example:third'>text</b></b><b/>",
  "<b xmlns='urn:example:other&amp;'/>",
  "<p:b xmlns:p='urn:example:p' p:c='1' c='2'><b p:c='3'/><p:b>text</p:b><b>text</b></p:b>",
  "<b xml:lang='en'>text</b>",
  '<b.b-b_1>text</b.b-b_1>',
  '<\u00e9l\u00e9ment \u00e0="1">text</\u00e9l\u00e9ment>',
  `<${'long'.repeat(20)}>text</${'long'.repeat(20)}>`,
];

/** What ends in an error, in the middle of what does not. */
const WRONG = [
  '</b>',
  '<b></c>',
  '<b></bb>',
  '<b>text</c>',
  '<b>text</b/>',
  '<b>text</ b>',
  '< b>',
  '<b/ >',
  '<b>]]></b>',
  ']]>',
  '<b>a&amp;]]></b>',
  '<b>&nothing;</b>',
  '<b>&ampp;</b>',
  '<b>& </b>',
  "<b c='1' c='2'/>",
  "<b c='1' d='2' c=''/>",
  "<b xmlns='u' xmlns='u'/>",
  "<b xmlns='http://www.w3.org/2000/xmlns/'/>",
  "<b xmlns='http://www.w3.org/XML/1998/namespace'/>",
  "<b xmlns:p='u' xmlns:q='u' p:c='1' q:c='2'/>",
  "<p:b xmlns:p='u'><p:b/></p:b><p:b/>",
  "<b p:c='1'/>",
  "<b c='1'd='2'/>",
  "<b c='1'/ d='2'>",
  "<b c='<'/>",
  "<b c='1/>",
  '<b c=1/>',
  '<b c/>',
  '<b =""/>',
  '<1b/>',
  '<b 1c=""/>',
  '<b:c:d/>',
  '<?b?>',
  '<!-- b -->',
];

/** Once whole, which makes all names known, then in both ways, then cut at every index. */
function expectSameEverywhere(xml: string, limits: Partial<XmlLimits> = {}): unknown[] {
  const bytes = bytesOf(xml);
  tokensOf([bytes], limits);
  const whole = comparable(tokensOf([bytes], limits));
  // Compared as text, which is faster.
  const text = JSON.stringify(whole);
  expect(JSON.stringify(comparable(tokensOf(chunked(bytes, 1), limits)))).toBe(text);
  for (let cut = 1; cut < bytes.length; cut++) {
    const tokens: StreamToken[] = tokensOf([bytes.slice(0, cut), bytes.slice(cut)], limits);
    expect(JSON.stringify(comparable(tokens))).toBe(text);
  }
  return whole;
}

describe('Elements in the usual spelling and in any other are the same', () => {
  it.each(PIECES)('%j between all others, wherever a chunk ends', (piece) => {
    for (const other of PIECES) {
      const tokens = expectSameEverywhere(`${HEADER}<a>${piece}${other}</a><a/>${FOOTER}`);
      expect(tokens).toMatchObject([{ type: 'header' }, { type: 'element' }, { type: 'element' }, { type: 'end' }]);
    }
  });

  it.each(WRONG)('%j is refused with the same words, wherever a chunk ends', (piece) => {
    for (const before of ['', 'text', '<b/>', "<b c='&amp;'>text</b>", '<b><b>']) {
      const tokens = expectSameEverywhere(`${HEADER}<a>${before}${piece}<b/></a></a></a>`);
      expect(tokens.at(-1)).toMatchObject({ condition: expect.any(String), message: expect.any(String) });
    }
  });

  it.each(WRONG)('%j is refused also directly in the stream', (piece) => {
    expectSameEverywhere(`${HEADER}<a/>${piece}<a/>`);
  });
});

describe('An element in the usual spelling', () => {
  const read = (xml: string) => tokensOf([bytesOf(HEADER + xml), bytesOf(xml)]).at(-1);

  it('may be a whole stanza that is empty, or one text', () => {
    expect(read('<a/>')).toEqual({ type: 'element', element: element('{jabber:client}a') });
    expect(read("<a b=''></a>")).toEqual({ type: 'element', element: element('{jabber:client}a', { b: '' }) });
    expect(read('<a>b</a>')).toEqual({ type: 'element', element: element('{jabber:client}a', {}, 'b') });
  });

  it('ends the namespace that it declares', () => {
    expect(read("<a><b xmlns='u'><c/><d xmlns='v'/></b><c xmlns=''>d</c><c/></a>")).toEqual({
      type: 'element',
      element: element(
        '{jabber:client}a',
        {},
        element('{u}b', {}, element('c'), element('{v}d')),
        element('{}c', {}, 'd'),
        element('c'),
      ),
    });
  });

  it('has children and attributes of its own, also where there are none', () => {
    const tokens = tokensOf([bytesOf(`${HEADER}<a/><a/><a><b/><b></b></a>`)]);
    const lists = new Set(
      tokens.flatMap((token) => {
        if (token.type === 'header') return [token.header.children];
        if (token.type !== 'element') return [];
        const inner = token.element.children.map((child) => (typeof child === 'string' ? [] : child.children));
        return [token.element.children, ...inner];
      }),
    );
    expect(lists.size).toBe(6);
  });

  it('may have an attribute whose name is that of an inherited property', () => {
    expect(read("<a __proto__='1' constructor='2'/>")).toEqual({
      type: 'element',
      element: element('{jabber:client}a', { ['__proto__']: '1', constructor: '2' }),
    });
    const twice = "<a __proto__='1' __proto__='1'/>";
    expect(read(twice)).toMatchObject({ error: { condition: 'not-well-formed' } });
  });
});

describe('The limits hold in every spelling', () => {
  it.each<[string, string, Partial<XmlLimits>]>([
    ['depth', '<a><b><b/></b></a>', { maxDepth: 2 }],
    ['depth of a text', '<a><b><b>text</b></b></a>', { maxDepth: 2 }],
    ['depth of one stanza', '<a/>', { maxDepth: 0 }],
    ['attributes', "<a><b c='1' d='2' e='3'>text</b></a>", { maxAttributes: 2 }],
    ['attributes with a declaration', "<a><b c='1' xmlns='u' e='3'/></a>", { maxAttributes: 2 }],
    ['attributes twice', "<a><b c='1' d='2' c='3'/></a>", { maxAttributes: 2 }],
    ['bytes', "<a><b c='12345'>text</b></a>", { maxElementBytes: 27 }],
    ['bytes beyond ASCII', "<a><b c='\u20ac'>\u20ac</b></a>", { maxElementBytes: 24 }],
  ])('%s', (_, stanza, limits) => {
    const header = "<s a='1' b='2'>";
    const tokens = expectSameEverywhere(header + stanza, limits);
    expect(tokens).toMatchObject([{ type: 'header' }, { condition: 'policy-violation' }]);
  });

  it('and what just fits is read', () => {
    const limits = { maxDepth: 3, maxAttributes: 2, maxElementBytes: 41 };
    const xml = "<s><a><b c='12345' d='6'><b>text</b></b></a>";
    expect(expectSameEverywhere(xml, limits)).toMatchObject([{ type: 'header' }, { type: 'element' }]);
  });
});
