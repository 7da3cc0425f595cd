import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildAbort,
  buildAuth,
  buildResponse,
  maskSasl,
  parseSaslElement,
  SaslError,
  Sealed,
} from '../../src/sasl/index.ts';
import { buildChallenge, buildFailure, buildSuccess, parseClientSaslElement } from '../../src/sasl/server.ts';
import { element } from '../../src/xml/element.ts';
import { conditionOf, utf8 } from './scram-peer.ts';

const NS = 'urn:ietf:params:xml:ns:xmpp-sasl';
const EMPTY = new Sealed(new Uint8Array(0));

describe('what the client sends', () => {
  test.each([
    ['no initial response', buildAuth('EXTERNAL'), element(`{${NS}}auth`, { mechanism: 'EXTERNAL' })],
    ['an empty one', buildAuth('EXTERNAL', EMPTY), element(`{${NS}}auth`, { mechanism: 'EXTERNAL' }, '=')],
    [
      'an initial response',
      buildAuth('PLAIN', new Sealed(utf8('\0juliet\0r0m30myr0m30'))),
      element(`{${NS}}auth`, { mechanism: 'PLAIN' }, 'AGp1bGlldAByMG0zMG15cjBtMzA='),
    ],
    ['a response', buildResponse(new Sealed(utf8('biws'))), element(`{${NS}}response`, {}, 'Yml3cw==')],
    ['an empty response', buildResponse(EMPTY), element(`{${NS}}response`)],
    ['abort', buildAbort(), element(`{${NS}}abort`)],
  ])('%s', (_, built, expected) => {
    expect(built).toEqual(expected);
  });

  test('is read by a server', () => {
    const payload = new Sealed(utf8('secret'));
    expect(parseClientSaslElement(buildAuth('PLAIN'))).toEqual({
      type: 'auth',
      mechanism: 'PLAIN',
      initial: undefined,
    });
    const read = [buildAuth('PLAIN', payload), buildAuth('PLAIN', EMPTY), buildResponse(payload), buildResponse(EMPTY)]
      .map(parseClientSaslElement)
      .map((message) => {
        if (message?.type === 'auth') return message.initial?.reveal();
        return message?.type === 'response' ? message.payload.reveal() : message;
      });
    expect(read).toEqual([utf8('secret'), new Uint8Array(0), utf8('secret'), new Uint8Array(0)]);
    expect(parseClientSaslElement(buildAbort())).toEqual({ type: 'abort' });
    expect(parseClientSaslElement(element('{jabber:client}auth'))).toBeUndefined();
    expect(parseClientSaslElement(element(`{${NS}}auth`))).toEqual({
      type: 'malformed',
      condition: 'invalid-mechanism',
    });
    expect(parseClientSaslElement(element(`{${NS}}response`, {}, 'AA'))).toEqual({
      type: 'malformed',
      condition: 'incorrect-encoding',
    });
  });
});

describe('what the server sends', () => {
  test.each([
    ['a challenge', buildChallenge(new Sealed(utf8('r=…'))), 'challenge', utf8('r=…')],
    ['an empty challenge', element(`{${NS}}challenge`), 'challenge', new Uint8Array(0)],
    ['a challenge that says it is empty', buildChallenge(EMPTY), 'challenge', new Uint8Array(0)],
    ['success', buildSuccess(), 'success', undefined],
    ['success with empty data', buildSuccess(EMPTY), 'success', new Uint8Array(0)],
    ['success with data', buildSuccess(new Sealed(utf8('v='))), 'success', utf8('v=')],
  ])('%s', (_, received, type, payload) => {
    const message = parseSaslElement(received);
    expect(message?.type).toBe(type);
    expect(message?.type === 'failure' ? message : message?.payload?.reveal()).toEqual(payload);
  });

  test('a failure is an error already', () => {
    const message = parseSaslElement(buildFailure('not-authorized', 'no'), 'user@example.org');
    if (message?.type !== 'failure') throw new Error('expected a failure');
    expect(message.error).toBeInstanceOf(SaslError);
    expect(message.error).toMatchObject({ condition: 'not-authorized', text: 'no' });
    expect(message.error.hint).toContain('user@example.org');
  });

  test.each([
    element('{jabber:client}success'),
    element('{urn:xmpp:sasl:2}success'),
    element(`{${NS}}auth`, { mechanism: 'PLAIN' }),
    element(`{${NS}}mechanisms`),
  ])('%j is none of them', (received) => {
    expect(parseSaslElement(received)).toBeUndefined();
  });

  test.each([
    'AA',
    'AAA',
    'A===',
    'AA= =',
    ' AAAA',
    'AAAA\n',
    'AA\nAA',
    '==',
    'AAAA=',
    'AA==AAAA',
    'AB==',
    'AAB=',
    'A-_A',
    'AAAé',
    ' ',
  ])('%j is not base64', async (text) => {
    for (const name of ['challenge', 'success']) {
      const received = element(`{${NS}}${name}`, {}, text);
      expect(await conditionOf(() => parseSaslElement(received))).toBe('malformed-challenge');
    }
  });

  test('a payload with an element in it is refused', async () => {
    const received = element(`{${NS}}success`, {}, 'AAAA', element('x'));
    expect(await conditionOf(() => parseSaslElement(received))).toBe('malformed-challenge');
  });

  test('any bytes come back as they were', () => {
    const property = fc.property(fc.uint8Array(), (bytes) => {
      const message = parseSaslElement(buildChallenge(new Sealed(bytes)));
      expect(message?.type === 'challenge' && message.payload.reveal()).toEqual(bytes);
    });
    fc.assert(property);
  });
});

describe('the mask for logs', () => {
  const payload = new Sealed(utf8('\0juliet\0r0m30myr0m30'));

  test.each([
    ['auth', buildAuth('PLAIN', payload), element(`{${NS}}auth`, { mechanism: 'PLAIN' }, '[masked]')],
    ['response', buildResponse(payload), element(`{${NS}}response`, {}, '[masked]')],
    ['challenge', buildChallenge(payload), element(`{${NS}}challenge`, {}, '[masked]')],
    ['success', buildSuccess(payload), element(`{${NS}}success`, {}, '[masked]')],
    ['an element inside', element(`{${NS}}success`, {}, element('x')), element(`{${NS}}success`, {}, '[masked]')],
  ])('hides the payload of %s', (_, shown, masked) => {
    expect(maskSasl(shown)).toEqual(masked);
  });

  test.each([
    buildAbort(),
    buildAuth('EXTERNAL'),
    buildSuccess(),
    buildFailure('not-authorized', 'no'),
    element('{jabber:client}message', {}, element('body', {}, 'Hi')),
  ])('leaves %j as it is', (shown) => {
    expect(maskSasl(shown)).toBe(shown);
  });
});
