import { describe, expect, it } from 'vitest';
import { type Element, element, parseElement } from '../../src/xml/index.ts';
import { bytesOf, tokensOf } from './support.ts';

/** Documents with the element they are. */
const WELL_FORMED: readonly (readonly [rule: string, xml: string, expected: Element])[] = [
  ['an empty element', '<a/>', element('{}a')],
  ['an empty element in two tags', '<a></a>', element('{}a')],
  ['white space inside tags', '<a\n\t b = "c"\r\n  ></a \r\n>', element('{}a', { b: 'c' })],
  ['white space around the root', ' \t\r\n<a/>\n \r', element('{}a')],
  ['a byte order mark', '\ufeff<a/>', element('{}a')],
  ['a byte order mark before the XML declaration', "\ufeff<?xml version='1.0'?><a/>", element('{}a')],
  ['U+FEFF inside text', '<a>\ufeff</a>', element('{}a', {}, '\ufeff')],
  ['an XML declaration', '<?xml version="1.0"?><a/>', element('{}a')],
  [
    'an XML declaration with everything',
    "<?xml\tversion = '1.0'\n encoding\r=\"utf-8\" standalone='no' ?>\n<a/>",
    element('{}a'),
  ],
  ['version 1.1, read as 1.0 (XML 1.0 §2.8)', "<?xml version='1.1'?><a/>", element('{}a')],
  ['text', '<a>b c</a>', element('{}a', {}, 'b c')],
  ['white space in text', '<a> \t\n </a>', element('{}a', {}, ' \t\n ')],
  ['greater-than in text', '<a>b > c ]> d ]] e</a>', element('{}a', {}, 'b > c ]> d ]] e')],
  ['brackets at the end of text', '<a>b]]</a>', element('{}a', {}, 'b]]')],
  ['brackets from references before a greater-than', '<a>&#93;&#93;></a>', element('{}a', {}, ']]>')],
  ['a bracket, a reference and an end of section', '<a>]&#93;></a>', element('{}a', {}, ']]>')],
  ['line ends in text become U+000A (XML 1.0 §2.11)', '<a>b\r\nc\rd\n\r\re</a>', element('{}a', {}, 'b\nc\nd\n\n\ne')],
  ['a carriage return by reference stays', '<a>b&#13;\nc&#xd;</a>', element('{}a', {}, 'b\r\nc\r')],
  ['the five entities', '<a>&lt;&gt;&amp;&quot;&apos;</a>', element('{}a', {}, '<>&"\'')],
  ['entities are not expanded twice', '<a>&amp;lt;&#38;#60;</a>', element('{}a', {}, '&lt;&#60;')],
  ['decimal references', '<a>&#65;&#0000000000066;&#128512;</a>', element('{}a', {}, 'AB\u{1f600}')],
  ['hexadecimal references', '<a>&#x41;&#x00000000004A;&#x4a;&#x1F600;</a>', element('{}a', {}, 'AJJ\u{1f600}')],
  ['the last character of Unicode', '<a>&#x10FFFF;\u{10ffff}</a>', element('{}a', {}, '\u{10ffff}\u{10ffff}')],
  ['U+FFFD, U+0085 and U+2028', '<a>\ufffd\u0085\u2028</a>', element('{}a', {}, '\ufffd\u0085\u2028')],
  ['control characters of the second block', '<a>\u007f\u0080\u009f</a>', element('{}a', {}, '\u007f\u0080\u009f')],
  ['a CDATA section', '<a><![CDATA[<b>&amp;]] >]]></a>', element('{}a', {}, '<b>&amp;]] >')],
  ['an empty CDATA section', '<a><![CDATA[]]></a>', element('{}a')],
  ['a CDATA section that ends in brackets', '<a><![CDATA[]]]]></a>', element('{}a', {}, ']]')],
  ['the end of a section in two sections', '<a><![CDATA[]]]]><![CDATA[>]]></a>', element('{}a', {}, ']]>')],
  ['text, section, reference, text are one', '<a>b<![CDATA[c]]>&amp;d<![CDATA[]]>e</a>', element('{}a', {}, 'bc&de')],
  ['line ends in a section', '<a><![CDATA[\r\n\r]]></a>', element('{}a', {}, '\n\n')],
  ['text and elements', '<a>b<c/>d<c>e</c></a>', element('{}a', {}, 'b', element('c'), 'd', element('c', {}, 'e'))],
  ['values in quotes of both kinds', `<a b="'" c='"'/>`, element('{}a', { b: "'", c: '"' })],
  ['an empty value', "<a b=''/>", element('{}a', { b: '' })],
  ['references in values', "<a b='&lt;&#x26;&apos;x&quot;'/>", element('{}a', { b: '<&\'x"' })],
  ['greater-than in a value', "<a b='c>d/>'/>", element('{}a', { b: 'c>d/>' })],
  ['white space in values becomes spaces (XML 1.0 §3.3.3)', "<a b=' \t\n\r\n\rc '/>", element('{}a', { b: '     c ' })],
  ['white space by reference stays in values', "<a b='&#9;&#10;&#13;'/>", element('{}a', { b: '\t\n\r' })],
  [
    'names that JavaScript knows',
    "<__proto__ constructor='1' __proto__='2' toString='3'><prototype/></__proto__>",
    element('{}__proto__', { constructor: '1', ['__proto__']: '2', toString: '3' }, element('prototype')),
  ],
  [
    'every kind of name character',
    "<_a-.0\u00b7\u0301\u203f b\u00e9='c'/>",
    element('{}_a-.0\u00b7\u0301\u203f', { b\u00e9: 'c' }),
  ],
  [
    'names beyond the basic plane',
    "<\u{10000}\u{effff} \u{1f600}='b'/>",
    element('{}\u{10000}\u{effff}', { '\u{1f600}': 'b' }),
  ],
  [
    'names in other scripts',
    '<\u6d88\u606f><\u0431/></\u6d88\u606f>',
    element('{}\u6d88\u606f', {}, element('\u0431')),
  ],
  ['a default namespace', "<a xmlns='u'><b/></a>", element('{u}a', {}, element('{u}b'))],
  [
    'a default namespace that ends',
    "<a xmlns='u'><b xmlns=''><c/></b><d/></a>",
    element('{u}a', {}, element('{}b', {}, element('{}c')), element('{u}d')),
  ],
  ['a prefix', "<p:a xmlns:p='u'><p:b/><c/></p:a>", element('{u}a', {}, element('{u}b'), element('{}c'))],
  [
    'a prefix that is declared anew inside',
    "<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>",
    element('{u}a', {}, element('{v}b'), element('{u}c')),
  ],
  ['a prefix declared behind its use', "<p:a p:b='1' xmlns:p='u'/>", element('{u}a', { '{u}b': '1' })],
  [
    'an attribute without prefix is in no namespace',
    "<p:a b='1' p:b='2' xmlns:p='u' xmlns='u'/>",
    element('{u}a', { b: '1', '{u}b': '2' }),
  ],
  ['a namespace with references', "<a xmlns='u&amp;v'/>", element('{u&v}a')],
  ['a namespace with a brace', "<p:a xmlns:p='u}v' p:b='1'/>", element('{u}v}a', { '{u}v}b': '1' })],
  ['a namespace with line ends', "<a xmlns='u\r\nv'/>", element('{u v}a')],
  [
    'namespaces are compared letter by letter',
    "<p:a xmlns:p='u' xmlns:q='U' p:b='1' q:b='2'/>",
    element('{u}a', { '{u}b': '1', '{U}b': '2' }),
  ],
  [
    'xml:lang',
    "<a xml:lang='en'><b xml:space='preserve'/></a>",
    element('{}a', { 'xml:lang': 'en' }, element('b', { 'xml:space': 'preserve' })),
  ],
  [
    'the prefix xml declared as what it is',
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>",
    element('{}a', { 'xml:lang': 'en' }),
  ],
  ['an element with the prefix xml', '<xml:a/>', element('{http://www.w3.org/XML/1998/namespace}a')],
  ['a prefix that begins with xml', "<xmlfoo:a xmlns:xmlfoo='u'/>", element('{u}a')],
  ['a name that begins with xmlns', "<a xmlnsx='1'/>", element('{}a', { xmlnsx: '1' })],
];

describe('A well-formed document is read as XML says', () => {
  it.each(WELL_FORMED)('%s', (_, xml, expected) => {
    expect(parseElement(xml)).toEqual(expected);
    expect(parseElement(bytesOf(xml))).toEqual(expected);
  });

  it.each(WELL_FORMED)('the same wherever a chunk ends: %s', (_, xml, expected) => {
    const bytes = bytesOf(`<s>${xml.replace(/^\ufeff?(<\?xml[^>]*>)?/, '')}</s>`);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(tokensOf([bytes.slice(0, cut), bytes.slice(cut)])[1]).toEqual({ type: 'element', element: expected });
    }
  });
});

describe('An element that was read', () => {
  it('has attributes that inherit nothing', () => {
    const { attributes } = parseElement("<a toString='1'><b/></a>");
    expect(Object.keys(attributes)).toEqual(['toString']);
    expect('constructor' in attributes).toBe(false);
    expect('__proto__' in attributes).toBe(false);
  });

  it('has the same shape as one that was built', () => {
    expect(Object.keys(parseElement('<a/>'))).toEqual(Object.keys(element('{}a')));
  });
});
