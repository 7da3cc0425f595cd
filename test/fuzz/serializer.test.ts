import { expect, it } from 'vitest';
import { parseElement, serialize } from '../../src/xml/index.ts';

// "xmlns" is reserved as a prefix and as the name of an attribute without one, nowhere else (Namespaces in XML 1.0 §3).
it.each(['<xmlns/>', "<p:xmlns xmlns:p='u'/>", "<a xml:xmlns='1'/>", "<a p:xmlns='1' xmlns:p='u'/>"])(
  'what was read can be written: %s',
  (xml) => {
    const read = parseElement(xml);
    expect(parseElement(serialize(read))).toEqual(read);
  },
);

it('the declaration of a namespace is no attribute that can be written, also once xmlns was the name of an element', () => {
  serialize(parseElement('<xmlns/>'));
  const made = { name: 'a', namespace: '', attributes: { xmlns: 'u' }, children: [] };
  expect(() => serialize(made)).toThrow(expect.objectContaining({ condition: 'invalid-xml' }));
});
