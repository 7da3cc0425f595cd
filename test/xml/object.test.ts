import { describe, expect, it } from 'vitest';
import { element, parseElement, XmlError } from '../../src/xml/index.ts';
import { fromObject, toObject, type XmlObjectInput } from '../../src/xml/object.ts';

const ENTRY = `<entry xmlns='http://www.w3.org/2005/Atom' xml:lang='en'>
  <title type='text'>Soliloquy</title>
  <summary>To be, or not to be: that is the question</summary>
  <link rel='alternate' href='http://denmark.example/?a=1&amp;b=2'/>
  <category/>
  <author><name>Hamlet</name></author>
  <tag>0012</tag><tag> true </tag><tag x='1'/>
</entry>`;

describe('An element as an object', () => {
  it('has its attributes, its children and its text as properties', () => {
    expect(toObject(parseElement(ENTRY))).toEqual({
      entry: {
        '@xmlns': 'http://www.w3.org/2005/Atom',
        '@xml:lang': 'en',
        title: { '@type': 'text', '#text': 'Soliloquy' },
        summary: 'To be, or not to be: that is the question',
        link: { '@rel': 'alternate', '@href': 'http://denmark.example/?a=1&b=2' },
        category: '',
        author: { name: 'Hamlet' },
        tag: ['0012', ' true ', { '@x': '1' }],
      },
    });
  });

  it('is the same element again, less white space between elements', () => {
    const entry = parseElement(ENTRY);
    const compact = parseElement(ENTRY.replace(/>\s+</g, '><'));
    expect(fromObject(toObject(entry))).toEqual(compact);
  });

  it.each([
    '<a/>',
    '<a>b</a>',
    '<a> b\n</a>',
    '<a> </a>',
    '<a>&amp;amp;&amp;#65;&#13;</a>',
    "<a b='&#9;&#10;&#13;&quot;&apos;&lt;&amp;lt;'/>",
    "<a b='true' c=''/>",
    "<a xmlns='u' xmlns:p='v' p:b='1'/>",
    "<a><b xmlns='u'/><b xmlns='v'>c</b></a>",
    "<a xmlns='u'><b xmlns=''><c/></b></a>",
    "<__proto__ constructor='1' __proto__='2'><constructor/><prototype>x</prototype><toString/><hasOwnProperty/></__proto__>",
    '<\u00e9><\u6d88\u606f/></\u00e9>',
  ])('keeps everything that is not mixed: %s', (xml) => {
    expect(fromObject(toObject(parseElement(xml)))).toEqual(parseElement(xml));
  });

  it('has no prototype, at no depth, so that no name reaches one', () => {
    const object = toObject(
      parseElement("<a><__proto__ polluted='1'><x/></__proto__><constructor><prototype/></constructor></a>"),
    );
    expect(Object.getPrototypeOf(object)).toBeNull();
    expect(object).toEqual({
      a: { ['__proto__']: { '@polluted': '1', x: '' }, constructor: { prototype: '' } },
    });
    expect('polluted' in {}).toBe(false);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('joins text that stands among elements, whose order is lost', () => {
    expect(toObject(parseElement('<a>b<c/>d<e/><c/>f</a>'))).toEqual({ a: { '#text': 'bdf', c: ['', ''], e: '' } });
  });

  it('may be 256 elements deep', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    const deepest = parseElement(nested(256));
    expect(fromObject(toObject(deepest))).toEqual(deepest);
    expect(() => toObject(parseElement(nested(257), { maxDepth: 300 }))).toThrow(
      expect.objectContaining({ condition: 'policy-violation' }),
    );
  });
});

describe('An object as an element', () => {
  it('is made of strings, numbers and booleans; what is undefined or null is left out', () => {
    const made = fromObject({
      geoloc: {
        '@xmlns': 'http://jabber.org/protocol/geoloc',
        '@xml:lang': undefined,
        lat: 45.44,
        lon: -0,
        moving: true,
        country: 'Italy & more',
        region: null,
        note: ['a', undefined, 2],
      },
    });
    expect(made).toEqual(
      element(
        '{http://jabber.org/protocol/geoloc}geoloc',
        {},
        element('lat', {}, '45.44'),
        element('lon', {}, '0'),
        element('moving', {}, 'true'),
        element('country', {}, 'Italy & more'),
        element('note', {}, 'a'),
        element('note', {}, '2'),
      ),
    );
  });

  it('may use prefixes that it declares', () => {
    const made = fromObject({ 'p:a': { '@xmlns:p': 'u', '@p:b': '1', 'p:c': '', d: 'e' } });
    expect(made).toEqual(element('{u}a', { '{u}b': '1' }, element('{u}c'), element('{}d', {}, 'e')));
  });

  it('keeps text text', () => {
    const evil = `</a><b c="d'>&lt;]]>\r\n`;
    expect(fromObject({ a: { '@x': evil, '#text': evil } })).toEqual(element('{}a', { x: evil }, evil));
  });

  it.each<[string, XmlObjectInput]>([
    ['nothing', {}],
    ['two properties', { a: '', b: '' }],
    ['a list of two', { a: ['', ''] }],
    ['no value', { a: null }],
    ['text alone', { '#text': 'a' }],
    ['an attribute alone', { '@a': 'b' }],
    ['markup in a name', { 'a/><b': '' }],
    ['markup in the name of an attribute', { a: { '@b="c" d': 'e' } }],
    ['white space in a name', { 'a b': '' }],
    ['a name that is none', { '1a': '' }],
    ['an XML declaration', { '?xml': { '@version': '1.0' } }],
    ['a processing instruction', { a: { '?b': '' } }],
    ['a comment', { a: { '!--': 'b' } }],
    ['a document type', { '!DOCTYPE a': '' }],
    ['an empty name', { a: { '': 'b' } }],
    ['an attribute without name', { a: { '@': 'b' } }],
    ['a prefix that is not declared', { a: { 'p:b': '' } }],
    ['an object as attribute', { a: { '@b': { c: 'd' } } }],
    ['a list as text', { a: { '#text': ['b'] } }],
    ['a list in a list', { a: { b: [['c']] } }],
    ['a character that XML has not', { a: 'b\u0000' }],
    ['a lone surrogate in an attribute', { a: { '@b': '\ud800' } }],
    ['a reserved prefix', { a: { '@xmlns:xmlns': 'u' } }],
  ])('is refused if it is no element: %s', (_, object) => {
    expect(() => fromObject(object)).toThrow(XmlError);
  });

  it('is refused if it contains itself', () => {
    const circle: Record<string, XmlObjectInput> = {};
    circle.a = circle;
    expect(() => fromObject(circle)).toThrow(expect.objectContaining({ condition: 'policy-violation' }));
  });
});
