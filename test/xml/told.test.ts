import { expect, test } from 'vitest';
import { element, parseElement, serialize, XmlError } from '../../src/xml/index.ts';
import { fromObject } from '../../src/xml/object.ts';
import { bytesOf, HEADER, tokensOf } from './support.ts';

/** What is told of a document, and of a stream where that is not the same; `undefined`: a stream may go on. */
const TOLD: readonly (readonly [xml: string, document: string, stream?: string | undefined])[] = [
  ['text', 'expected the start of an element, got “t” (at character 0)'],
  [
    '</a>',
    'expected the start of an element, got “/” (at character 1)',
    'expected a start tag, got “/” (at character 1)',
  ],
  ['<a/>x', 'expected nothing behind the root, got “x” (at character 4)'],
  ['<a/><b/>', 'expected nothing behind the root, got “b” (at character 5)'],
  [
    '<a/></a>',
    'expected nothing behind the root, got “/” (at character 5)',
    'expected a start tag, got “/” (at character 5)',
  ],
  [
    '<![CDATA[x]]><a/>',
    'expected the start of an element, got “!” (at character 1)',
    'expected an element, got a CDATA section outside the root (at character 9)',
  ],
  ['<a>', 'expected the end tag </a>, got the end (at character 3)', undefined],
  [
    '<a',
    'expected white space and an attribute with a quoted value, “>” or “/>”, got the end (at character 2)',
    undefined,
  ],
  ['<a></b>', 'expected the end tag </a>, got “b” (at character 5)'],
  ['<a></a x>', 'expected “>” of the end tag </a>, got “x” (at character 7)'],
  ['<a></ a>', 'expected the end tag </a>, got U+0020 (at character 5)'],
  ['<1a/>', 'expected a qualified name, got "1a" (at character 3)'],
  ['<a:b:c/>', 'expected a qualified name, got "a:b:c" (at character 6)'],
  [
    '<a b/>',
    'expected white space and an attribute with a quoted value, “>” or “/>”, got “b” (at character 3)',
    'expected “=” after the name of an attribute, got “/” (at character 4)',
  ],
  [
    '<a b=c/>',
    'expected white space and an attribute with a quoted value, “>” or “/>”, got “b” (at character 3)',
    'expected a quoted value, got “c” (at character 5)',
  ],
  [
    "<a b='<'/>",
    'expected white space and an attribute with a quoted value, “>” or “/>”, got “b” (at character 3)',
    'expected no markup in the value of an attribute, got “<” (at character 6)',
  ],
  [
    "<a b='1'c='2'/>",
    'expected white space and an attribute with a quoted value, “>” or “/>”, got “c” (at character 8)',
    'expected white space, “>” or “/>”, got “c” (at character 8)',
  ],
  [
    '<a / >',
    'expected white space and an attribute with a quoted value, “>” or “/>”, got “/” (at character 3)',
    'expected “>” after “/”, got U+0020 (at character 4)',
  ],
  ["<a b='1' b='2'/>", 'expected every attribute once, got b twice (at character 14)'],
  [
    "<a xmlns='u' xmlns='v'/>",
    'expected every attribute once, got xmlns twice (at character 22)',
    'two declarations of a default namespace (at character 22)',
  ],
  ["<a xmlns:p='u' xmlns:p='v'/>", 'two declarations of the prefix p (at character 26)'],
  ["<a xmlns:p=''/>", 'expected a namespace for the prefix p, got an empty value (at character 13)'],
  ["<a xmlns:xmlns='u'/>", 'neither the prefix xmlns nor its namespace can be declared (at character 18)'],
  [
    "<a xmlns:xml='u'/>",
    'the prefix xml and http://www.w3.org/XML/1998/namespace belong to each other (at character 16)',
  ],
  [
    "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
    'the prefix xml and http://www.w3.org/XML/1998/namespace belong to each other (at character 49)',
  ],
  [
    "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
    'http://www.w3.org/2000/xmlns/ cannot be the default namespace (at character 40)',
  ],
  [
    '<p:a/>',
    'expected a declared prefix, got p (at character 4)',
    'expected a declared prefix, got p (at character 6)',
  ],
  [
    "<a p:b=''/>",
    'expected a declared prefix, got p (at character 9)',
    'expected a declared prefix, got p (at character 11)',
  ],
  [
    "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>",
    'expected every attribute once, got {u}b twice (at character 40)',
    'expected every attribute once, got q:b twice (at character 42)',
  ],
  ['<a>]]></a>', 'expected no “]]>” outside a CDATA section, got “>” (at character 5)'],
  [
    '<a>&b</a>',
    'expected a reference that ends with a semicolon (at character 3)',
    'expected a reference that ends with a semicolon, got “<” (at character 5)',
  ],
  [
    '<a>& </a>',
    'expected a reference that ends with a semicolon (at character 3)',
    'expected a reference that ends with a semicolon, got U+0020 (at character 4)',
  ],
  [
    '<a>&b;</a>',
    'expected one of the five predefined entities, got &b; (at character 3)',
    'expected one of the five predefined entities, got &b; (at character 6)',
  ],
  [
    '<a>&1b;</a>',
    'expected one of the five predefined entities, got &1b; (at character 3)',
    'expected one of the five predefined entities, got &1b; (at character 7)',
  ],
  [
    '<a>&#0;</a>',
    'expected a reference to a character of XML, got &#0; (at character 3)',
    'expected a reference to a character of XML, got &#0; (at character 7)',
  ],
  [
    '<a>&#x110000;</a>',
    'expected a reference to a character of XML, got &#x110000; (at character 3)',
    'expected a reference to a character of XML, got &#x110000; (at character 13)',
  ],
  [
    '<a>&#xfffe;</a>',
    'expected a reference to a character of XML, got &#xfffe; (at character 3)',
    'expected a reference to a character of XML, got &#xfffe; (at character 11)',
  ],
  [
    '<a>&x#32;</a>',
    'expected one of the five predefined entities, got &x#32; (at character 3)',
    'expected one of the five predefined entities, got &x#32; (at character 9)',
  ],
  [
    '<a>&#32x;</a>',
    'expected a reference to a character of XML, got &#32x; (at character 3)',
    'expected a reference to a character of XML, got &#32x; (at character 9)',
  ],
  [
    '<a><!-- x --></a>',
    'expected elements and text, got a comment (at character 6)',
    'expected elements and text, got a comment (at character 5)',
  ],
  [
    '<!DOCTYPE a><a/>',
    'expected elements and text, got a document type declaration (at character 3)',
    'expected elements and text, got a document type declaration (at character 2)',
  ],
  [
    '<a><!x></a>',
    'expected elements and text, got a document type declaration (at character 6)',
    'expected elements and text, got a document type declaration (at character 5)',
  ],
  [
    '<a><![x]></a>',
    'expected the start of an element, got “!” (at character 4)',
    'expected the start of a CDATA section, got “x” (at character 6)',
  ],
  [
    '<a><?x?></a>',
    'expected elements and text, got a processing instruction (at character 5)',
    'expected elements and text, got a processing instruction (at character 6)',
  ],
  [
    " <?xml version='1.0'?><a/>",
    'expected the start of an element, got “?” (at character 2)',
    'the XML declaration stands at the very start only (at character 6)',
  ],
  ["<?xml version='1.0' encoding='latin1'?><a/>", 'expected the encoding UTF-8, got latin1 (at character 39)'],
  [
    "<?xml version='1.0'>",
    'expected the start of an element, got “?” (at character 1)',
    'expected “?>” after the XML declaration, got “>” (at character 20)',
  ],
  ['<a>\u0001</a>', 'expected a character of XML, got U+0001 (at character 3)'],
  ['<a>\uffff</a>', 'expected a character of XML, got U+FFFF (at character 3)'],
  ['<a>\ud800</a>', 'expected a character of XML, got U+D800 (at character 3)', undefined],
  ['<a>\u007f</a', 'expected “>” of the end tag </a>, got the end (at character 7)', undefined],
];

/** Where this stands in a stream, that comes before. Outside the root stands what is wrong there. */
const OUTSIDE = /^(?: |<\?xml|<!|text|<\/|<a\/>)/;

for (const [xml, inDocument, ...rest] of TOLD) {
  test(`${JSON.stringify(xml)} is refused with what was expected and what came`, () => {
    expect(() => parseElement(xml)).toThrow(expect.objectContaining({ name: 'XmlError', message: inDocument }));
    const inStream = rest.length === 0 ? inDocument : rest[0];
    if (inStream === undefined) return;
    const before = OUTSIDE.test(xml) ? '' : HEADER;
    for (const chunks of [[bytesOf(before + xml)], [...bytesOf(before + xml)].map((byte) => Uint8Array.of(byte))]) {
      const last = tokensOf(chunks).at(-1);
      const message = last?.type === 'error' ? last.error.message : undefined;
      expect(message?.replace(/\d+(?=\)$)/, (position) => `${Number(position) - before.length}`)).toBe(inStream);
    }
  });
}

test('a document that is no UTF-8 is refused with the byte', () => {
  expect(() => parseElement(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff))).toThrow(XmlError);
  expect(tokensOf([Uint8Array.of(0x3c, 0x61, 0x3e, 0xff)])).toMatchObject([
    { type: 'header' },
    { type: 'error', error: { condition: 'unsupported-encoding', position: 3 } },
  ]);
});

test.each<readonly [string, () => unknown, string]>([
  ['a name with a prefix', () => serialize(element('p:a')), 'expected a name without prefix, got "p:a"'],
  [
    'an attribute that is a declaration',
    () => serialize(element('a', { xmlns: 'u' })),
    'expected a name without prefix, got "xmlns"',
  ],
  [
    'an attribute in no namespace',
    () => serialize(element('a', { '{}b': '' })),
    'expected an attribute with a namespace of its own, got "{}b"',
  ],
  [
    'the namespace of declarations',
    () => serialize(element('{http://www.w3.org/2000/xmlns/}a')),
    'no element can be in the namespace http://www.w3.org/2000/xmlns/',
  ],
  [
    'half a character',
    () => serialize(element('a', {}, '\ud800')),
    'expected characters of XML in the text of <a>, got U+D800',
  ],
  [
    'a control character',
    () => serialize(element('a', { b: '\u0001' })),
    'expected characters of XML in b of <a>, got U+0001',
  ],
  ['no element', () => fromObject({}), 'expected an object with one property, the name of the element, got 0'],
  [
    'two elements',
    () => fromObject({ a: '', b: '' }),
    'expected an object with one property, the name of the element, got 2',
  ],
  [
    'a name that is none',
    () => fromObject({ a: { [`b ${'x'.repeat(99)}`]: '' } }),
    `expected a name, “@” and a name, or “#text”, got "b ${'x'.repeat(62)}"`,
  ],
  ['an element as an attribute', () => fromObject({ a: { '@b': {} } }), 'expected a string for "@b", got an object'],
  ['a list in a list', () => fromObject({ a: { b: [['c']] } }), 'a list in a list for "b"'],
])('%s is not written', (_, write, message) => {
  expect(write).toThrow(expect.objectContaining({ name: 'XmlError', condition: 'invalid-xml', message }));
});
