import { expect, test } from 'vitest';
import { buildPing, isPing } from '../../src/payloads/index.ts';
import { buildIq } from '../../src/stanza/index.ts';
import { firstChildOf, parseElement } from '../../src/xml/index.ts';

test('a ping is what XEP-0199 example 3 shows', () => {
  const iq = parseElement(
    "<iq xmlns='jabber:client' from='juliet@capulet.lit/balcony' to='capulet.lit' id='c2s1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
  );
  const head = { type: 'get', id: 'c2s1', to: 'capulet.lit', from: 'juliet@capulet.lit/balcony' } as const;
  expect(buildIq(head, buildPing())).toEqual(iq);
  expect(isPing(firstChildOf(iq) ?? iq)).toBe(true);
});

test('a ping in another namespace is none', () => {
  expect(isPing(parseElement("<ping xmlns='jabber:client'/>"))).toBe(false);
  expect(isPing(parseElement("<pong xmlns='urn:xmpp:ping'/>"))).toBe(false);
});
