import { describe, expect, it } from 'vitest';
import {
  type Element,
  element,
  escapeAttribute,
  escapeText,
  parseElement,
  serialize,
  XmlError,
} from '../../src/xml/index.ts';

const NS_XML = 'http://www.w3.org/XML/1998/namespace';

describe('An element is written', () => {
  it.each<[string, Element, string]>([
    ['empty', element('{}a'), '<a/>'],
    ['with text', element('{}a', {}, 'b'), '<a>b</a>'],
    ['with children', element('{}a', {}, element('b'), 'c', element('b')), '<a><b/>c<b/></a>'],
    ['with attributes', element('{}a', { b: 'c', d: 1 }), '<a b="c" d="1"/>'],
    ['with its namespace', element('{u}a', {}, element('b')), '<a xmlns="u"><b/></a>'],
    [
      'with the namespaces of its children',
      element('{u}a', {}, element('{v}b', {}, element('c'))),
      '<a xmlns="u"><b xmlns="v"><c/></b></a>',
    ],
    [
      'with a child in no namespace',
      element('{u}a', {}, element('{}b', {}, element('{u}c'))),
      '<a xmlns="u"><b xmlns=""><c xmlns="u"/></b></a>',
    ],
    ['with xml:lang', element('{}a', { 'xml:lang': 'en' }), '<a xml:lang="en"/>'],
    ['with an attribute in a namespace', element('{}a', { '{u}b': 'c' }), '<a xmlns:ns2="u" ns2:b="c"/>'],
    ['in the namespace of xml', element(`{${NS_XML}}a`, {}, element('{}b')), '<xml:a><b/></xml:a>'],
    ['with a namespace that needs escaping', element('{u"&<}a'), '<a xmlns="u&quot;&amp;&lt;"/>'],
  ])('%s', (_, made, xml) => {
    expect(serialize(made)).toBe(xml);
    expect(parseElement(xml)).toEqual(made);
  });

  it('without a declaration where it stands in its namespace already', () => {
    const message = element('{jabber:client}message', {}, element('{u}a', {}, element('{jabber:client}b')));
    expect(serialize(message, 'jabber:client')).toBe('<message><a xmlns="u"><b xmlns="jabber:client"/></a></message>');
    expect(serialize(element('{}a'), 'jabber:client')).toBe('<a xmlns=""/>');
  });

  it('in the namespace of the place, if it has none of its own', () => {
    expect(serialize(element('a', {}, element('b')), 'jabber:client')).toBe('<a><b/></a>');
    expect(serialize(element('a'))).toBe('<a/>');
    expect(serialize({ ...element('{u}a'), children: [element('b')] })).toBe('<a xmlns="u"><b/></a>');
  });

  it('with a prefix of its own for every attribute in a namespace', () => {
    const made = element(
      '{u}a',
      { '{v}b': '1', '{w}b': '2', '{v}c': '3', '{a}b}d': '4' },
      element('e', { '{v}b': '5' }),
    );
    expect(parseElement(serialize(made))).toEqual(made);
  });

  it('without attributes that are undefined', () => {
    expect(serialize({ ...element('{}a'), attributes: { b: undefined, c: 'd' } })).toBe('<a c="d"/>');
  });
});

describe('Text is escaped', () => {
  it('so that it stays text', () => {
    expect(escapeText('<a b="c">&amp;]]></a>')).toBe('&lt;a b="c"&gt;&amp;amp;]]&gt;&lt;/a&gt;');
    expect(escapeText("\t\n\r'")).toBe("\t\n&#xD;'");
    expect(escapeText('caf\u00e9 \u{1f600}')).toBe('caf\u00e9 \u{1f600}');
  });

  it('in values, so that it stays one and keeps its white space', () => {
    expect(escapeAttribute(`<>&"'`)).toBe('&lt;&gt;&amp;&quot;&apos;');
    expect(escapeAttribute('\t\n\r ')).toBe('&#x9;&#xA;&#xD; ');
  });

  it.each(['<b/>', ']]>', '\r\n\r', '\t\n', '&lt;', '"\'', "' onload='", '\u{1f600}\ufffd', '<![CDATA[x]]>'])(
    'and comes back: %j',
    (text) => {
      const made = element('{}a', { b: text }, text);
      expect(parseElement(serialize(made))).toEqual(made);
    },
  );
});

describe('What no XML can express is refused', () => {
  it.each<[string, string]>([
    ['U+0000', '\u0000'],
    ['U+0008', 'a\u0008'],
    ['a vertical tab', '\u000b'],
    ['U+001F', '\u001f'],
    ['U+FFFE', '\ufffe'],
    ['U+FFFF', 'a\uffff'],
    ['a high surrogate alone', 'a\ud83d'],
    ['a low surrogate alone', '\ude00a'],
    ['two surrogates in the wrong order', '\ude00\ud83d'],
    ['a high surrogate before a pair', '\ud83d\ud83d\ude00'],
  ])('as a character: %s', (_, text) => {
    for (const write of [
      () => escapeText(text),
      () => escapeAttribute(text),
      () => serialize(element('{}a', {}, text)),
      () => serialize(element('{}a', { b: text })),
      () => serialize(element(`{u${text}}a`)),
      () => serialize(element('{}a', { [`{u${text}}b`]: 'c' })),
    ]) {
      expect(write).toThrow(expect.objectContaining({ name: 'XmlError', condition: 'invalid-xml' }));
    }
  });

  it.each(['', 'a b', 'a>', 'a/', '1a', '-a', 'a:b', ':a', 'a:', 'a\u0000', 'a="b"', '<', '\ud800', 'a\u00d7'])(
    'as a name: %j',
    (name) => {
      const made = { ...element('{}x'), name };
      expect(() => serialize(made)).toThrow(XmlError);
      expect(() => serialize({ ...element('{}x'), children: [made] })).toThrow(XmlError);
      expect(() => serialize({ ...element('{}x'), attributes: { [name]: '' } })).toThrow(XmlError);
      expect(() => serialize({ ...element('{}x'), attributes: { [`{u}${name}`]: '' } })).toThrow(XmlError);
      expect(() => serialize({ ...element('{}x'), attributes: { [`xml:${name}`]: '' } })).toThrow(XmlError);
    },
  );

  it.each(['xmlns:a', '{}a', `{${NS_XML}}lang`, '{http://www.w3.org/2000/xmlns/}a', '{u', '{u}', 'xml:'])(
    'as the name of an attribute: %j',
    (key) => {
      expect(() => serialize({ ...element('{}x'), attributes: { [key]: '' } })).toThrow(XmlError);
    },
  );

  it('as the namespace of an element', () => {
    expect(() => serialize(element('{http://www.w3.org/2000/xmlns/}a'))).toThrow(XmlError);
  });

  it('with a message that says what and where', () => {
    const text = element('{}message', {}, element('body', {}, 'a\u0007'));
    expect(() => serialize(text)).toThrow('expected characters of XML in the text of <body>, got U+0007');
    const value = element('{}message', { id: '\ud800' });
    expect(() => serialize(value)).toThrow('expected characters of XML in id of <message>, got U+D800');
    expect(() => serialize(element('{}a b'))).toThrow('expected a name without prefix, got "a b"');
  });
});
