import { describe, expect, test } from 'vitest';
import { buildIqError, STANZA_CONDITIONS, StanzaError, type StanzaErrorCondition } from '../../src/stanza/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

/** RFC 6120 §8.3.3; the first type where it names several. */
const CONDITIONS: readonly (readonly [StanzaErrorCondition, StanzaError['errorType']])[] = [
  ['bad-request', 'modify'],
  ['conflict', 'cancel'],
  ['feature-not-implemented', 'cancel'],
  ['forbidden', 'auth'],
  ['gone', 'cancel'],
  ['internal-server-error', 'cancel'],
  ['item-not-found', 'cancel'],
  ['jid-malformed', 'modify'],
  ['not-acceptable', 'modify'],
  ['not-allowed', 'cancel'],
  ['not-authorized', 'auth'],
  ['policy-violation', 'modify'],
  ['recipient-unavailable', 'wait'],
  ['redirect', 'modify'],
  ['registration-required', 'auth'],
  ['remote-server-not-found', 'cancel'],
  ['remote-server-timeout', 'wait'],
  ['resource-constraint', 'wait'],
  ['service-unavailable', 'cancel'],
  ['subscription-required', 'auth'],
  ['undefined-condition', 'cancel'],
  ['unexpected-request', 'wait'],
];

const NS = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";

test('all conditions of RFC 6120 §8.3.3 are known, and no others', () => {
  expect(Object.keys(STANZA_CONDITIONS)).toEqual(CONDITIONS.map(([condition]) => condition));
});

describe.each(CONDITIONS)('%s', (condition, errorType) => {
  test(`has type ${errorType} unless told otherwise`, () => {
    const error = StanzaError.fromElement(parseElement(`<error xmlns='jabber:client'><${condition} ${NS}/></error>`));
    expect(error).toMatchObject({ condition, errorType, code: `stanza/${condition}`, name: 'StanzaError' });
    expect(error.message).toMatch(new RegExp(`^Stanza error ${condition}, [a-z]`));
    expect(new StanzaError(condition)).toEqual(error);
  });

  test('comes back from its element as it went', () => {
    const error = new StanzaError(condition, {
      type: 'continue',
      text: 'For <people> & others',
      lang: 'en',
      by: 'example.com',
      uri: condition === 'gone' || condition === 'redirect' ? 'xmpp:juliet@example.org' : undefined,
      application: element('{http://example.com/ns}quota', { left: 0 }),
    });
    const answer = buildIqError(element('{jabber:client}iq', { id: '1', type: 'get' }), error);
    expect(StanzaError.fromElement(answer)).toEqual(error);
    expect({ ...StanzaError.fromElement(answer) }).toEqual({ ...error });
  });
});

describe('the error of a stanza', () => {
  test('is read with all that it carries (RFC 6120 §8.3.4)', () => {
    const stanza = parseElement(
      "<message xmlns='jabber:client' type='error' xml:lang='en'><body>Hi</body><error by='example.net' type='modify'>" +
        `<bad-request ${NS}/><text ${NS} xml:lang='de'>Zu lang</text><too-many-parameters xmlns='http://example.org/ns'/>` +
        '</error></message>',
    );
    const error = StanzaError.fromElement(stanza);
    expect({ ...error, message: error.message }).toEqual({
      attempts: [],
      name: 'StanzaError',
      level: 'stanza',
      message: 'Stanza error bad-request, the request is malformed: "Zu lang"',
      condition: 'bad-request',
      errorType: 'modify',
      text: 'Zu lang',
      lang: 'de',
      by: 'example.net',
      uri: undefined,
      application: parseElement("<too-many-parameters xmlns='http://example.org/ns'/>"),
      hint: undefined,
      phase: undefined,
      endpoint: undefined,
    });
  });

  test('may say where the recipient is now (RFC 6120 §8.3.3.5)', () => {
    const error = StanzaError.fromElement(
      parseElement(
        `<iq xmlns='jabber:client' type='error'><error type='cancel'><gone ${NS}>xmpp:romeo@afterlife.example.net</gone></error></iq>`,
      ),
    );
    expect(error).toMatchObject({ condition: 'gone', uri: 'xmpp:romeo@afterlife.example.net' });
  });

  test.each([
    [
      'a condition that no specification defines',
      `<error type='wait'><on-holiday ${NS}/></error>`,
      'undefined-condition',
      'wait',
    ],
    [
      'a condition called constructor',
      `<error type='wait'><constructor ${NS}/></error>`,
      'undefined-condition',
      'wait',
    ],
    ['a condition called __proto__', `<error><__proto__ ${NS}/></error>`, 'undefined-condition', 'cancel'],
    ['a condition in another namespace', "<error><conflict xmlns='urn:x'/></error>", 'undefined-condition', 'cancel'],
    ['no condition', "<error type='auth'/>", 'undefined-condition', 'auth'],
    ['an unknown type', `<error type='fatal'><forbidden ${NS}/></error>`, 'forbidden', 'auth'],
    ['two conditions', `<error><forbidden ${NS}/><conflict ${NS}/></error>`, 'forbidden', 'auth'],
    ['no error at all', '', 'undefined-condition', 'cancel'],
  ])('is understood in spite of %s', (_, xml, condition, errorType) => {
    const stanza = parseElement(`<iq xmlns='jabber:client' type='error'>${xml}</iq>`);
    expect(StanzaError.fromElement(stanza)).toMatchObject({ condition, errorType });
  });

  test('speaks the language of its stanza if it names none', () => {
    const stanza = parseElement(
      `<iq xmlns='jabber:client' type='error' xml:lang='fr'><error><conflict ${NS}/><text ${NS}>Non</text></error></iq>`,
    );
    expect(StanzaError.fromElement(stanza)).toMatchObject({ text: 'Non', lang: 'fr' });
  });

  test('has a text of the peer in its message, short and on one line', () => {
    const { message } = new StanzaError('forbidden', { text: `a\r\n${'x'.repeat(1000)}` });
    expect(message).toBe(`Stanza error forbidden, the permission for this is missing: "a\\r\\n${'x'.repeat(197)}"`);
  });
});
