import { describe, expect, test } from 'vitest';
import { buildDiscoInfo, buildDiscoInfoGet, parseDiscoInfo, parseDiscoInfoGet } from '../../src/payloads/index.ts';
import { element, firstChildOf, parseElement } from '../../src/xml/index.ts';

/** XEP-0030 example 2. */
const result = parseElement(
  "<iq xmlns='jabber:client' type='result' from='plays.shakespeare.lit' to='romeo@montague.net/orchard' id='info1'>" +
    "<query xmlns='http://jabber.org/protocol/disco#info'>" +
    "<identity category='conference' type='text' name='Play-Specific Chatrooms'/>" +
    "<identity category='directory' type='chatroom' name='Play-Specific Chatrooms'/>" +
    "<feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/>" +
    "<feature var='http://jabber.org/protocol/muc'/><feature var='jabber:iq:register'/><feature var='jabber:iq:search'/>" +
    "<feature var='jabber:iq:time'/><feature var='jabber:iq:version'/></query></iq>",
);
const info = {
  node: undefined,
  identities: [
    { category: 'conference', type: 'text', name: 'Play-Specific Chatrooms', lang: undefined },
    { category: 'directory', type: 'chatroom', name: 'Play-Specific Chatrooms', lang: undefined },
  ],
  features: [
    'http://jabber.org/protocol/disco#info',
    'http://jabber.org/protocol/disco#items',
    'http://jabber.org/protocol/muc',
    'jabber:iq:register',
    'jabber:iq:search',
    'jabber:iq:time',
    'jabber:iq:version',
  ],
};

describe('service discovery information', () => {
  test('is asked for as in XEP-0030 example 1', () => {
    const get = parseElement("<query xmlns='http://jabber.org/protocol/disco#info'/>");
    expect(buildDiscoInfoGet()).toEqual(get);
    expect(parseDiscoInfoGet(get)).toBeUndefined();
  });

  test('can be asked for of a node (XEP-0030 §3.2)', () => {
    const get = parseElement(
      "<query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/commands'/>",
    );
    expect(buildDiscoInfoGet('http://jabber.org/protocol/commands')).toEqual(get);
    expect(parseDiscoInfoGet(get)).toBe('http://jabber.org/protocol/commands');
  });

  test('is told as in XEP-0030 example 2', () => {
    expect(parseDiscoInfo(result)).toEqual(info);
    expect(buildDiscoInfo(info)).toEqual(firstChildOf(result));
  });

  test('comes back as it went, with node and languages', () => {
    const told = {
      node: 'n',
      identities: [
        { category: 'client', type: 'pc', name: 'A', lang: 'en' },
        { category: 'client', type: 'pc', name: 'B', lang: 'de' },
      ],
      features: ['__proto__', 'constructor'],
    };
    expect(parseDiscoInfo(buildDiscoInfo(told))).toEqual(told);
  });

  test('is read without what is incomplete or comes twice', () => {
    const odd = parseElement(
      "<query xmlns='http://jabber.org/protocol/disco#info' xml:lang='en'><identity category='client'/><identity type='pc'/>" +
        "<identity category='client' type='bot'/><feature/><feature var=''/><feature var='a'/><feature var='a'/>" +
        "<x xmlns='jabber:x:data' type='result'/></query>",
    );
    expect(parseDiscoInfo(odd)).toEqual({
      node: undefined,
      identities: [{ category: 'client', type: 'bot', name: undefined, lang: 'en' }],
      features: ['a'],
    });
  });

  test('is not in a payload of another kind', () => {
    for (const parse of [parseDiscoInfo, parseDiscoInfoGet]) {
      expect(() => parse(element('{http://jabber.org/protocol/disco#items}query'))).toThrow(
        expect.objectContaining({ code: 'stanza/bad-request' }),
      );
    }
  });
});
