import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, lengthOf } from '../../src/actors/stanza-length.ts';
import { type Element, element, XmlError } from '../../src/xml/index.ts';

const MESSAGE = element('{jabber:client}message', { id: '1' }, element('body', {}, 'a & b'));
const LENGTH = '<message id="1"><body>a &amp; b</body></message>'.length;

describe('the length of a stanza', () => {
  it('is that of its text in a stream that declares jabber:client', () => {
    expect(lengthOf(MESSAGE)).toBe(LENGTH);
  });

  it('is within what is at least as long, and not within what is shorter', () => {
    const rooms = [0, LENGTH - 1, LENGTH, LENGTH + 1, 1_000_000, Number.POSITIVE_INFINITY];
    expect(rooms.map((room) => isWithin(MESSAGE, room))).toEqual([false, false, true, true, true, true]);
  });

  it('is never taken for less than it is, whatever must be escaped or declared', () => {
    fc.assert(
      fc.property(stanzas(), (stanza) => {
        const length = lengthOf(stanza);
        expect([isWithin(stanza, length - 1), isWithin(stanza, length)]).toEqual([false, true]);
      }),
    );
  });

  it('of what is no XML nobody knows', () => {
    const broken = element('{jabber:client}message', {}, '\u0001');
    expect(() => isWithin(broken, 1)).toThrow(XmlError);
    expect(() => lengthOf(broken)).toThrow(XmlError);
  });
});

/** Elements full of what takes more room as XML: `"`, `&`, attributes and children in other namespaces. */
function stanzas(): fc.Arbitrary<Element> {
  const text = fc.string({ unit: fc.constantFrom('"', '&', '<', '\r', 'a', 'é', '\u{1F339}'), maxLength: 12 });
  const namespace = fc.constantFrom('', 'jabber:client', 'urn:x', 'urn:"&', 'http://www.w3.org/XML/1998/namespace');
  const name = fc.constantFrom('a', 'body', 'x'.repeat(40));
  const key = fc.constantFrom('to', 'xml:lang', '{urn:y}k', '{urn:"""}k');
  const attributes = fc.dictionary(key, text, { maxKeys: 4 });
  return fc.letrec<{ element: Element }>((tie) => ({
    element: fc
      .tuple(
        namespace,
        name,
        attributes,
        fc.array(fc.oneof({ depthSize: 'small' }, text, tie('element')), { maxLength: 4 }),
      )
      .map(([space, local, given, children]) => element(`{${space}}${local}`, given, ...children)),
  })).element;
}
