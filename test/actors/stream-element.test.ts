import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '../../machines/index.ts';
import { readStreamElement } from '../../src/actors/stream-element.ts';
import { parseElement } from '../../src/xml/index.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SASL2 = 'urn:xmpp:sasl:2';
const STREAM = 'http://etherx.jabber.org/streams';

describe('what a server says before there is a session', () => {
  it.each<[string, string, TransportEvent['type']]>([
    ['features', `<features xmlns='${STREAM}'/>`, 'features.received'],
    [
      'a stream error',
      `<error xmlns='${STREAM}'><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>`,
      'stream.failed',
    ],
    ['its consent to TLS', "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", 'tls.proceeded'],
    ['that it wants no TLS', "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", 'tls.refused'],
    ['a challenge of RFC 6120', `<challenge xmlns='${SASL}'>aGk=</challenge>`, 'sasl.challenged'],
    ['a success of RFC 6120', `<success xmlns='${SASL}'/>`, 'sasl.succeeded'],
    ['a failure of RFC 6120', `<failure xmlns='${SASL}'><not-authorized/></failure>`, 'sasl.failed'],
    ['a challenge of XEP-0388', `<challenge xmlns='${SASL2}'>aGk=</challenge>`, 'sasl.challenged'],
    ['a success of XEP-0388', success(), 'sasl.succeeded'],
    ['a failure of XEP-0388', `<failure xmlns='${SASL2}'><not-authorized xmlns='${SASL}'/></failure>`, 'sasl.failed'],
    [
      'that it wants more than the login',
      `<continue xmlns='${SASL2}'><tasks><task>TOTP</task></tasks></continue>`,
      'sasl.failed',
    ],
    ['a stanza', "<message xmlns='jabber:client'/>", 'stanza.received'],
    ['what nobody knows, in a namespace that somebody does', `<surprise xmlns='${STREAM}'/>`, 'stanza.received'],
    ['what nobody knows of SASL', `<surprise xmlns='${SASL2}'/>`, 'stanza.received'],
    ['what only looks like it', "<success xmlns='urn:example'/>", 'stanza.received'],
  ])('%s', (_title, xml, type) => {
    expect(read(xml).type).toBe(type);
  });

  it('in a success: what was agreed along with it, in the profile of XEP-0388 alone', () => {
    expect(read(success("<bound xmlns='urn:xmpp:bind:0'/>", 'juliet@example.org/x'))).toMatchObject({
      type: 'sasl.succeeded',
      outcome: { identifier: 'juliet@example.org/x', bound: { name: 'bound' }, bindFailed: false, token: undefined },
    });
    expect(read(`<success xmlns='${SASL}'>aGk=</success>`)).toMatchObject({
      type: 'sasl.succeeded',
      outcome: undefined,
    });
  });

  it('in a success: a token, sealed', () => {
    const event = read(
      success("<token xmlns='urn:xmpp:fast:0' token='the-secret-token' expiry='2030-01-01T00:00:00Z'/>"),
    );
    expect(event.type === 'sasl.succeeded' && event.outcome?.token?.reveal().token).toBe('the-secret-token');
    expect(JSON.stringify(event)).not.toContain('the-secret-token');
  });

  it.each([
    ['a challenge that is no base64', `<challenge xmlns='${SASL}'>!</challenge>`],
    ['a challenge of XEP-0388 that is no base64', `<challenge xmlns='${SASL2}'>!</challenge>`],
    ['a success that does not say who we are', `<success xmlns='${SASL2}'/>`],
    ['a success that says two things', success("<bound xmlns='urn:xmpp:bind:0'/><bound xmlns='urn:xmpp:bind:0'/>")],
  ])('%s is a failure of the authentication', (_title, xml) => {
    const event = read(xml);
    expect([event.type, 'error' in event && event.error.code]).toEqual(['sasl.failed', 'sasl/malformed-challenge']);
  });

  it('a failure with a hint that names the account', () => {
    const event = read(`<failure xmlns='${SASL2}'><not-authorized xmlns='${SASL}'/></failure>`);
    expect('error' in event && event.error.hint).toContain('juliet@example.org');
  });
});

function read(xml: string): TransportEvent {
  return readStreamElement(parseElement(xml), 'juliet@example.org');
}

function success(inner = '', identifier = 'juliet@example.org'): string {
  return `<success xmlns='${SASL2}'><authorization-identifier>${identifier}</authorization-identifier>${inner}</success>`;
}
