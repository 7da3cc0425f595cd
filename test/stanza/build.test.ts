import { describe, expect, test } from 'vitest';
import { JidError, parseJid } from '../../src/jid/index.ts';
import { buildIq, buildIqError, buildIqResult, isFrom, StanzaError, stanzaKind } from '../../src/stanza/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

describe('an iq', () => {
  test('is built as RFC 6120 §7.6.1 has it', () => {
    const bind = element('{urn:ietf:params:xml:ns:xmpp-bind}bind');
    expect(buildIq({ type: 'set', id: 'tn281v37' }, bind)).toEqual(
      parseElement(
        "<iq xmlns='jabber:client' id='tn281v37' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
      ),
    );
  });

  test('has a random id unless it is given one', () => {
    expect(buildIq({ type: 'get' }).attributes.id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  test('takes addresses as text or JID, and writes them in normal form', () => {
    const iq = buildIq({
      type: 'get',
      id: '1',
      to: 'Juliet@EXAMPLE.com/Balcony',
      from: parseJid('romeo@example.net/x'),
    });
    expect(iq).toEqual(
      parseElement(
        "<iq xmlns='jabber:client' type='get' id='1' to='juliet@example.com/Balcony' from='romeo@example.net/x'/>",
      ),
    );
  });

  test('is not built for an address that is none', () => {
    expect(() => buildIq({ type: 'get', to: 'a b@example.com' })).toThrow(JidError);
  });
});

describe('the answer to a request', () => {
  const request = parseElement(
    "<iq xmlns='jabber:client' from='Capulet.lit' to='juliet@capulet.lit/balcony' id='s2c1' type='get'>" +
      "<ping xmlns='urn:xmpp:ping'/></iq>",
  );

  test('has its id, and the addresses as they came, changed over (XEP-0199 §4.1)', () => {
    expect(buildIqResult(request)).toEqual(
      parseElement(
        "<iq xmlns='jabber:client' from='juliet@capulet.lit/balcony' to='Capulet.lit' id='s2c1' type='result'/>",
      ),
    );
  });

  test('may be an error', () => {
    expect(buildIqError(request, new StanzaError('service-unavailable'))).toEqual(
      parseElement(
        "<iq xmlns='jabber:client' from='juliet@capulet.lit/balcony' to='Capulet.lit' id='s2c1' type='error'>" +
          "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      ),
    );
  });

  test('goes without addresses where the request has none, and also if they are no JIDs', () => {
    const silent = parseElement("<iq xmlns='jabber:client' id='1' type='get'/>");
    expect(buildIqResult(silent)).toEqual(parseElement("<iq xmlns='jabber:client' id='1' type='result'/>"));
    const odd = parseElement("<iq xmlns='jabber:client' id='1' type='get' from='a b@c'/>");
    expect(buildIqResult(odd)).toEqual(parseElement("<iq xmlns='jabber:client' id='1' type='result' to='a b@c'/>"));
  });
});

describe('the kind of a stanza', () => {
  test.each([
    ["<iq xmlns='jabber:client'/>", 'iq'],
    ["<message xmlns='jabber:client'/>", 'message'],
    ["<c:presence xmlns:c='jabber:client'/>", 'presence'],
    ["<message xmlns='jabber:server'/>", undefined],
    ['<message/>', undefined],
    ["<Message xmlns='jabber:client'/>", undefined],
    ["<constructor xmlns='jabber:client'/>", undefined],
    ["<r xmlns='urn:xmpp:sm:3'/>", undefined],
  ])('of %s is %s', (xml, kind) => {
    expect(stanzaKind(parseElement(xml))).toBe(kind);
  });

  test('of one that was built without namespace is told by its name', () => {
    expect(stanzaKind(element('message'))).toBe('message');
  });
});

describe('a stanza is from an address', () => {
  const account = parseJid('juliet@example.com');
  test.each([
    ["from='juliet@example.com'", true],
    ["from='JULIET@example.com'", true],
    ["from='juliet@example.com/balcony'", false],
    ["from='romeo@example.com'", false],
    ["from='juliet@example.com/'", false],
    ['', false],
  ])('exactly if normal form and resourcepart agree: %s, %s', (attribute, expected) => {
    expect(isFrom(parseElement(`<iq xmlns='jabber:client' ${attribute}/>`), account)).toBe(expected);
  });
});
