import { describe, expect, test } from 'vitest';
import { parseJid } from '../../src/jid/index.ts';
import {
  buildBindRequest,
  buildBindResult,
  buildSessionRequest,
  parseBindRequest,
  parseBindResult,
} from '../../src/payloads/index.ts';
import { parseElement } from '../../src/xml/index.ts';

const BIND = "xmlns='urn:ietf:params:xml:ns:xmpp-bind'";

function result(inner: string): string {
  return `<iq xmlns='jabber:client' id='tn281v37' type='result'>${inner}</iq>`;
}

describe('a request to bind a resource', () => {
  test('leaves the choice to the server (RFC 6120 §7.6.1)', () => {
    const iq = parseElement(`<iq xmlns='jabber:client' id='tn281v37' type='set'><bind ${BIND}/></iq>`);
    expect(buildBindRequest('tn281v37')).toEqual(iq);
    expect(parseBindRequest(iq)).toBeUndefined();
  });

  test('or asks for one (RFC 6120 §7.7.1)', () => {
    const iq = parseElement(
      `<iq xmlns='jabber:client' id='wy2xa82b4' type='set'><bind ${BIND}><resource>balcony</resource></bind></iq>`,
    );
    expect(buildBindRequest('wy2xa82b4', 'balcony')).toEqual(iq);
    expect(parseBindRequest(iq)).toBe('balcony');
  });
});

describe('the answer to a request to bind a resource', () => {
  const iq = parseElement(
    result(`<bind ${BIND}><jid>juliet@im.example.com/4db06f06-1ea4-11dc-aca3-000bcd821bfb</jid></bind>`),
  );
  const jid = parseJid('juliet@im.example.com/4db06f06-1ea4-11dc-aca3-000bcd821bfb');

  test('has the address of the session (RFC 6120 §7.6.1)', () => {
    expect(parseBindResult(iq)).toEqual(jid);
    expect(buildBindResult(buildBindRequest('tn281v37'), jid)).toEqual(iq);
  });

  test('may be given without its iq', () => {
    expect(parseBindResult(parseElement(`<bind ${BIND}><jid> a@example.com/x </jid></bind>`)).full).toBe(
      'a@example.com/x',
    );
  });

  test.each([
    ['', 'Expected "bind" in namespace "urn:ietf:params:xml:ns:xmpp-bind", got nothing'],
    [
      '<bind/>',
      'Expected "bind" in namespace "urn:ietf:params:xml:ns:xmpp-bind", got "bind" in namespace "jabber:client"',
    ],
    [
      `<iq><bind ${BIND}/></iq>`,
      'Expected "bind" in namespace "urn:ietf:params:xml:ns:xmpp-bind", got "iq" in namespace "jabber:client"',
    ],
    [`<bind ${BIND}/>`, 'Expected a full JID in the answer to a bind request, got none'],
    [`<bind ${BIND}><jid/></bind>`, 'Expected a full JID in the answer to a bind request, got ""'],
    [
      `<bind ${BIND}><jid>a@example.com</jid></bind>`,
      'Expected a full JID in the answer to a bind request, got "a@example.com"',
    ],
    [`<bind ${BIND}><jid>a b@c/d</jid></bind>`, 'Expected a full JID in the answer to a bind request, got "a b@c/d"'],
    [
      `<bind ${BIND}><jid xmlns='urn:x'>a@b/c</jid></bind>`,
      'Expected a full JID in the answer to a bind request, got none',
    ],
  ])('is refused without one: %s', (inner, text) => {
    expect(() => parseBindResult(parseElement(result(inner)))).toThrow(
      expect.objectContaining({ name: 'StanzaError', condition: 'bad-request', text }),
    );
  });

  test('is refused where it is another element, or none', () => {
    expect(() => parseBindResult(undefined)).toThrow(expect.objectContaining({ condition: 'bad-request' }));
    expect(() => parseBindResult(parseElement("<message xmlns='jabber:client'/>"))).toThrow(
      expect.objectContaining({
        text: 'Expected "bind" in namespace "urn:ietf:params:xml:ns:xmpp-bind", got "message" in namespace "jabber:client"',
      }),
    );
  });

  test('is the error that the server answered with, if it did (RFC 6120 §7.6.2.1)', () => {
    const refused = parseElement(
      "<iq xmlns='jabber:client' id='tn281v37' type='error'><error type='wait'>" +
        "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    );
    expect(() => parseBindResult(refused)).toThrow(
      expect.objectContaining({ name: 'StanzaError', condition: 'resource-constraint', errorType: 'wait' }),
    );
  });
});

test('a session is established as RFC 3921 §3 has it', () => {
  expect(buildSessionRequest('sess_1')).toEqual(
    parseElement(
      "<iq xmlns='jabber:client' id='sess_1' type='set'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
    ),
  );
});
