import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildAuthenticate,
  buildBind2,
  buildFast,
  buildRequestToken,
  buildSasl2Abort,
  buildSasl2Response,
  type Sasl2Request,
  type SaslFailureCondition,
  Sealed,
} from '../../src/sasl/index.ts';
import { type ClientAuthenticate, parseClientSasl2Element } from '../../src/sasl/server.ts';
import { type Element, element, parseElement, serialize } from '../../src/xml/index.ts';
import { utf8 } from './scram-peer.ts';

const NS = 'urn:xmpp:sasl:2';
const EMPTY = new Sealed(new Uint8Array(0));
const AGENT = { id: 'd4565fa7-4d72-4749-b3d3-740edbf87770', software: 'AwesomeXMPP', device: "Kiva's Phone" };
const PLAIN: Sasl2Request = { mechanism: 'PLAIN', initial: undefined, userAgent: { id: AGENT.id }, inline: [] };

describe('what the client sends', () => {
  test('is the request of XEP-0388 §2.3', () => {
    const initial = new Sealed(utf8('p=tls-exporter,,n=user,r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6'));
    expect(buildAuthenticate({ mechanism: 'SCRAM-SHA-1-PLUS', initial, userAgent: AGENT, inline: [] })).toEqual(
      parseElement(
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='SCRAM-SHA-1-PLUS'>" +
          '<initial-response>cD10bHMtZXhwb3J0ZXIsLG49dXNlcixyPTEyQzRDRDVDLUUzOEUtNEE5OC04RjZELTE1QzM4RjUxQ0NDNg==</initial-response>' +
          "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'>" +
          "<software>AwesomeXMPP</software><device>Kiva's Phone</device></user-agent></authenticate>",
      ),
    );
  });

  test.each([
    ['no initial response', undefined, ''],
    ['an empty one', EMPTY, '<initial-response/>'],
    ['one', new Sealed(utf8('\0juliet\0r0m30')), '<initial-response>AGp1bGlldAByMG0zMA==</initial-response>'],
  ])('has %s', (_, initial, expected) => {
    const sent = `<authenticate xmlns="${NS}" mechanism="PLAIN">${expected}<user-agent id="${AGENT.id}"/></authenticate>`;
    expect(serialize(buildAuthenticate({ ...PLAIN, initial }))).toBe(sent);
  });

  test('takes along what is asked for inline (XEP-0386 §3.2, XEP-0198 §9, XEP-0484 §3.2)', () => {
    const bind = buildBind2({
      tag: 'AwesomeXMPP',
      features: [
        element('{urn:xmpp:carbons:2}enable'),
        element('{urn:xmpp:sm:3}enable'),
        element('{urn:xmpp:csi:0}inactive'),
      ],
    });
    const resume = element('{urn:xmpp:sm:3}resume', { h: '5', previd: 'some-long-sm-id' });
    const inline = [resume, bind, buildRequestToken('HT-SHA-256-ENDP')];
    expect(buildAuthenticate({ ...PLAIN, inline })).toEqual(
      parseElement(
        `<authenticate xmlns='${NS}' mechanism='PLAIN'><user-agent id='${AGENT.id}'/>` +
          "<resume xmlns='urn:xmpp:sm:3' h='5' previd='some-long-sm-id'/>" +
          "<bind xmlns='urn:xmpp:bind:0'><tag>AwesomeXMPP</tag><enable xmlns='urn:xmpp:carbons:2'/>" +
          "<enable xmlns='urn:xmpp:sm:3'/><inactive xmlns='urn:xmpp:csi:0'/></bind>" +
          "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-ENDP'/></authenticate>",
      ),
    );
  });

  test.each([
    ['binding without a tag', buildBind2(), "<bind xmlns='urn:xmpp:bind:0'/>"],
    ['that a token is used', buildFast(), "<fast xmlns='urn:xmpp:fast:0'/>"],
    [
      'for the how manieth time (XEP-0484 §3.4)',
      buildFast({ count: 123 }),
      "<fast xmlns='urn:xmpp:fast:0' count='123'/>",
    ],
    [
      'and for the last one (XEP-0484 §3.6)',
      buildFast({ count: 123, invalidate: true }),
      "<fast xmlns='urn:xmpp:fast:0' count='123' invalidate='true'/>",
    ],
    ['but not the last', buildFast({ invalidate: false }), "<fast xmlns='urn:xmpp:fast:0'/>"],
    ['a response', buildSasl2Response(new Sealed(utf8('biws'))), `<response xmlns='${NS}'>Yml3cw==</response>`],
    ['an empty response', buildSasl2Response(EMPTY), `<response xmlns='${NS}'/>`],
    ['abort', buildSasl2Abort(), `<abort xmlns='${NS}'/>`],
  ])('may say %s', (_, built, expected) => {
    expect(built).toEqual(parseElement(expected));
  });
});

describe('what a server reads', () => {
  test('is the request with a token of XEP-0484 §3.4', () => {
    const bind = buildBind2({ tag: 'AwesomeXMPP' });
    const resume = element('{urn:xmpp:sm:3}resume', { h: '5', previd: 'x' });
    const inline = [bind, resume, buildFast({ count: 123, invalidate: true }), buildRequestToken('HT-SHA-256-NONE')];
    const request = { mechanism: 'HT-SHA-256-ENDP', initial: new Sealed(utf8('user\0…')), userAgent: AGENT, inline };
    const message = authenticate(buildAuthenticate(request));
    expect(message).toEqual({
      type: 'authenticate',
      mechanism: 'HT-SHA-256-ENDP',
      initial: expect.any(Sealed),
      userAgent: AGENT,
      bind,
      resume,
      fast: { count: 123, invalidate: true },
      requestToken: 'HT-SHA-256-NONE',
    });
    expect(message.initial?.reveal()).toEqual(utf8('user\0…'));
  });

  test('may have nothing but a mechanism', () => {
    expect(authenticate(element(`{${NS}}authenticate`, { mechanism: 'EXTERNAL' }))).toEqual({
      type: 'authenticate',
      mechanism: 'EXTERNAL',
      initial: undefined,
      userAgent: {},
      bind: undefined,
      resume: undefined,
      fast: undefined,
      requestToken: undefined,
    });
  });

  test('tells an empty initial response from none', () => {
    expect(authenticate(buildAuthenticate({ ...PLAIN, initial: EMPTY })).initial?.reveal()).toEqual(new Uint8Array(0));
    expect(authenticate(buildAuthenticate(PLAIN)).initial).toBeUndefined();
  });

  test.each<readonly [string, Readonly<Record<string, string>>, ClientAuthenticate['fast']]>([
    ['nothing', {}, { invalidate: false }],
    ['a count', { count: '1' }, { count: 1, invalidate: false }],
    ['1', { invalidate: '1' }, { invalidate: true }],
    ['true', { invalidate: 'true' }, { invalidate: true }],
    ['0', { invalidate: '0' }, { invalidate: false }],
    ['false', { invalidate: 'false' }, { invalidate: false }],
  ])('knows how a token is used: %s', (_, attributes, expected) => {
    expect(authenticate(fast(attributes)).fast).toEqual(expected);
  });

  test('brings any bytes of a response as they were', () => {
    const property = fc.property(fc.uint8Array(), (bytes) => {
      const message = parseClientSasl2Element(buildSasl2Response(new Sealed(bytes)));
      expect(message?.type === 'response' && message.payload.reveal()).toEqual(bytes);
    });
    fc.assert(property);
  });

  test('can be abort, with a reason or without (XEP-0388 §4.5)', () => {
    expect(parseClientSasl2Element(buildSasl2Abort())).toEqual({ type: 'abort' });
    expect(parseClientSasl2Element(element(`{${NS}}abort`, {}, element('text', {}, 'Bye')))).toEqual({ type: 'abort' });
  });

  test.each<readonly [string, Element, SaslFailureCondition]>([
    ['no mechanism', element(`{${NS}}authenticate`), 'invalid-mechanism'],
    ['an empty mechanism', element(`{${NS}}authenticate`, { mechanism: '' }), 'invalid-mechanism'],
    ['data that are not base64', request(element('initial-response', {}, 'AA')), 'incorrect-encoding'],
    ['the convention of SASL', request(element('initial-response', {}, '=')), 'incorrect-encoding'],
    ['an element as data', request(element('initial-response', {}, element('x'))), 'incorrect-encoding'],
    ['a response that is not base64', element(`{${NS}}response`, {}, 'AA'), 'incorrect-encoding'],
    ['a token wanted for nothing', request(element('{urn:xmpp:fast:0}request-token')), 'malformed-request'],
    ['the count 0', fast({ count: '0' }), 'malformed-request'],
    ['the count -1', fast({ count: '-1' }), 'malformed-request'],
    ['the count 1.5', fast({ count: '1.5' }), 'malformed-request'],
    ['the count 1e3', fast({ count: '1e3' }), 'malformed-request'],
    ['the count 01', fast({ count: '01' }), 'malformed-request'],
    ['an empty count', fast({ count: '' }), 'malformed-request'],
    ['a count that no number is exact for', fast({ count: '1'.repeat(16) }), 'malformed-request'],
    ['an odd truth', fast({ invalidate: 'yes' }), 'malformed-request'],
    ['more than a truth', fast({ invalidate: 'untrue' }), 'malformed-request'],
    ['a truth and more', fast({ invalidate: '01' }), 'malformed-request'],
  ])('is malformed with %s', (_, received, condition) => {
    expect(parseClientSasl2Element(received)).toEqual({ type: 'malformed', condition });
  });

  test.each([
    element('{jabber:client}authenticate', { mechanism: 'PLAIN' }),
    element('{urn:ietf:params:xml:ns:xmpp-sasl}response'),
    element(`{${NS}}challenge`),
    element(`{${NS}}next`, { task: 'TOTP-EXAMPLE' }),
  ])('%j is none of the messages of a client', (received) => {
    expect(parseClientSasl2Element(received)).toBeUndefined();
  });
});

function request(child: Element): Element {
  return element(`{${NS}}authenticate`, { mechanism: 'PLAIN' }, child);
}

function fast(attributes: Readonly<Record<string, string>>): Element {
  return request(element('{urn:xmpp:fast:0}fast', attributes));
}

function authenticate(received: Element): ClientAuthenticate {
  const message = parseClientSasl2Element(received);
  if (message?.type !== 'authenticate') throw new Error(`expected a request, got ${message?.type}`);
  return message;
}
