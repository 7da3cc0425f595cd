import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors/index.ts';
import { type Expected, parseFragment, readExpected } from '../../src/testing/expectation.ts';
import { type Element, element, serialize } from '../../src/xml/index.ts';

const IQ = '<iq type="get" id="7" to="nurse@capulet.example"><query xmlns="jabber:iq:version"/></iq>';
const ITEMS = '<iq><query xmlns="q"><item/><item jid="a"/></query></iq>';

/** In what XML differs from what is expected; `undefined` if it does not. */
function differenceOf(xml: string, expected: Expected): string | undefined {
  return readExpected(expected).differenceOf({ type: 'element', element: parseFragment(xml), text: xml });
}

describe('a pattern', () => {
  test.each<[string, string, string]>([
    ['a value that does not matter', IQ, '<iq type="get" id="*"/>'],
    ['an empty value', '<iq id=""/>', '<iq id="*"/>'],
    ['any namespace', IQ, '<iq id="*" type="get"><query xmlns="*"/></iq>'],
    ['any namespace of children', '<a xmlns="x"><b/></a>', '<a xmlns="*"><b/></a>'],
    ['any text', '<message><body> Hist! </body></message>', '<message><body>*</body></message>'],
    ['no attribute', IQ, '<iq from="!"/>'],
    [
      'an empty element, and another that must not be there',
      '<message><body/></message>',
      '<message><body/><delay xmlns="urn:xmpp:delay">!</delay></message>',
    ],
    ['no child of a kind', '<message><body>*</body></message>', '<message><body type="x">!</body></message>'],
    [
      'a child of a kind that must not be there, in another namespace',
      '<message><x xmlns="one"/></message>',
      '<message><x xmlns="two">!</x></message>',
    ],
    [
      'a child that must not be there, with another child in it',
      '<message><x xmlns="one"/></message>',
      '<message><x>!<y/></x></message>',
    ],
    ['a shape of an attribute', IQ, '<iq id="/^[0-9]$/" to="/@capulet/"/>'],
    ['a shape of a text', '<message><body>Hist!</body></message>', '<message><body>/^H.*!$/</body></message>'],
    ['an asterisk', '<item node="*"/>', '<item node="/^\\*$/"/>'],
    ['two equal children for two', '<a xmlns="x"><b/><b/></a>', '<a xmlns="x"><b/><b/></a>'],
    ['the one child that is left', ITEMS, '<iq><query xmlns="q"><item/><item jid="a"/></query></iq>'],
    ['children whichever comes first', ITEMS, '<iq><query xmlns="q"><item jid="a"/><item/></query></iq>'],
  ])('accepts %s', (_title, xml, pattern) => {
    expect(differenceOf(xml, pattern)).toBe(undefined);
  });

  test.each<[string, string, string]>([
    [IQ, '<message/>', 'name: expected {jabber:client}message, got {jabber:client}iq'],
    [IQ, '<iq xmlns="jabber:server"/>', 'name: expected {jabber:server}iq, got {jabber:client}iq'],
    [IQ, '<iq id="7" type="set"/>', 'attribute type: expected "set", got "get"'],
    [IQ, '<iq from="*"/>', 'attribute from: expected any, got none'],
    [IQ, '<iq from="juliet"/>', 'attribute from: expected "juliet", got none'],
    [IQ, '<iq to="!"/>', 'attribute to: expected none, got "nurse@capulet.example"'],
    [IQ, '<iq id="/^[a-z]$/"/>', 'attribute id: expected /^[a-z]$/, got "7"'],
    [IQ, '<iq>Hist!</iq>', 'text: expected "Hist!", got none'],
    ['<body>Hist!</body>', '<body>Ho!</body>', 'text: expected "Ho!", got "Hist!"'],
    ['<body> </body>', '<body>*</body>', 'text: expected any, got none'],
    [IQ, '<iq><ping xmlns="urn:xmpp:ping"/></iq>', 'no child {urn:xmpp:ping}ping'],
    [IQ, '<iq><list xmlns="*"/></iq>', 'no child {*}list'],
    [
      IQ,
      '<iq><query xmlns="jabber:iq:version" node="*"><name/></query></iq>',
      'in child {jabber:iq:version}query: attribute node: expected any, got none',
    ],
    [
      ITEMS,
      '<iq><query xmlns="q"><item jid="b"/></query></iq>',
      'in child {q}query: in the first of 2 children {q}item: attribute jid: expected "b", got none',
    ],
    [
      ITEMS,
      '<iq><query xmlns="q"><item jid="a"/><item jid="a"/></query></iq>',
      'in child {q}query: children {q}item: expected more that are alike, got 1',
    ],
    [ITEMS, '<iq><query xmlns="q">!</query></iq>', 'child {q}query: expected none, got {q}query'],
    [ITEMS, '<iq><query>!</query></iq>', 'child {*}query: expected none, got {q}query'],
    [ITEMS, '<iq><query>!<item/></query></iq>', 'child {*}query: expected none, got {q}query'],
    [
      '<stream:features><bind xmlns="b"/></stream:features>',
      '<stream:features><bind>!</bind></stream:features>',
      'child {*}bind: expected none, got {b}bind',
    ],
    [
      '<stream:features><bind xmlns="b"/></stream:features>',
      '<stream:features><bind/></stream:features>',
      'no child {jabber:client}bind, but {b}bind',
    ],
  ])('of %s, %s differs', (xml, pattern, difference) => {
    expect(differenceOf(xml, pattern)).toBe(difference);
  });

  test('is no regular expression or function, which say less', () => {
    expect(differenceOf(IQ, /set/)).toBe('the expression does not match');
    expect(differenceOf(IQ, () => false)).toBe('the function does not accept it');
  });

  test.each<['header' | 'element' | 'end' | 'error', string, string]>([
    ['end', '<iq/>', 'expected an element, got the end of the stream'],
    ['element', '</stream:stream>', 'expected the end of the stream, got an element'],
    ['element', '<stream:stream>', 'expected a stream header, got an element'],
    ['error', '<iq/>', 'expected an element, got no XML'],
  ])('tells %s from %s', (type, pattern, difference) => {
    const arrival = { type, element: undefined, text: '' };
    expect(readExpected(pattern).differenceOf(arrival)).toBe(difference);
  });

  test('is compared with a header as well', () => {
    const header = element('{http://etherx.jabber.org/streams}stream', { id: 's1', version: '1.0' });
    const arrival = { type: 'header', element: header, text: '' } as const;
    expect(readExpected('<stream:stream id="*" to="!">').differenceOf(arrival)).toBe(undefined);
    expect(readExpected('<stream:stream version="/^2/">').differenceOf(arrival)).toBe(
      'attribute version: expected /^2/, got "1.0"',
    );
  });

  test('is no regular expression that goes on from where it matched last', () => {
    for (const expected of [/iq/g, /<iq/y, /IQ/gi]) {
      const { description, differenceOf } = readExpected(expected);
      const arrival = { type: 'element', element: undefined, text: IQ } as const;
      expect([differenceOf(arrival), differenceOf(arrival), expected.lastIndex]).toEqual([undefined, undefined, 0]);
      expect(description).toBe(String(expected));
    }
  });

  test.each([
    ['<a/><b/>', 'there is more behind it'],
    ['<a/><b', 'there is more behind it'],
    ['<a/>b', 'there is more behind it'],
    ['<a/></stream:stream>', 'there is more behind it'],
    ['<a>', 'it is not complete'],
    ['<a></b>', 'expected the end tag </a>, got “b” (at character 111)'],
  ])('is one element, which %s is not', (xml, reason) => {
    const message = `Expected the XML of one element, got ${JSON.stringify(xml)}: ${reason}`;
    expect(() => readExpected(xml)).toThrow(new OptionError(message));
  });

  test('says what is wrong with it', () => {
    expect(() => readExpected('<iq id="/(/"/>')).toThrow('Expected a regular expression between slashes, got "("');
    expect(() => readExpected('<iq>!</iq>')).toThrow('Expected something to come, got a pattern for <iq/> not to');
  });

  test('is like what is written as it is, in any order, and not like half of it', () => {
    const attributes = fc.record({ jid: fc.constantFrom('a', 'b', undefined) });
    const tree: fc.Memo<Element> = fc.memo((depth) => {
      const children: fc.Arbitrary<Element[]> =
        depth > 1 ? fc.array(tree(depth - 1), { maxLength: 4 }) : fc.constant([]);
      return fc.tuple(fc.constantFrom('item', 'query'), attributes, children).map((parts) => element(...parts));
    });
    fc.assert(
      fc.property(tree(3), (one) => {
        const xml = serialize(one);
        expect(differenceOf(xml, serialize(reversed(one)))).toBe(undefined);
        expect(differenceOf(`<iq>${xml}</iq>`, `<iq>${xml}${xml}</iq>`)).toEqual(expect.any(String));
      }),
    );
  });
});

function reversed({ name, attributes, children }: Element): Element {
  const inside = children.map((child) => (typeof child === 'string' ? child : reversed(child)));
  return element(name, attributes, inside.reverse());
}
