import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseSasl2Element, type Sasl2Message } from '../../src/sasl/index.ts';
import { buildSasl2Success, buildToken } from '../../src/sasl/server.ts';
import { type Element, element, parseElement } from '../../src/xml/index.ts';
import { errorOf, utf8 } from './scram-peer.ts';

const NONE = { bound: undefined, bindFailed: false, resumption: undefined, token: undefined };
const IDENTIFIER = '<authorization-identifier>a@b</authorization-identifier>';
const UNIDENTIFIED = 'a <success/> without an <authorization-identifier/> that could be a JID';
const NOT_BASE64 = '<additional-data/> with data that are not base64';

describe('a success', () => {
  test('is that of XEP-0388 §2.6.1', () => {
    const { payload, outcome } = success(`<success xmlns='urn:xmpp:sasl:2'>
      <additional-data>
        dj1tc1ZIcy9CeklPSERxWGVWSDdFbW1EdTlpZDg9
      </additional-data>
      <authorization-identifier>user@example.org</authorization-identifier>
    </success>`);
    expect(payload?.reveal()).toEqual(utf8('v=msVHs/BzIOHDqXeVH7EmmDu9id8='));
    expect(outcome).toEqual({ ...NONE, identifier: 'user@example.org' });
  });

  test('may have no data, or empty ones (XEP-0388 §2.2)', () => {
    const identifier = '<authorization-identifier>alice@example.org</authorization-identifier>';
    const bare = success(`<success xmlns='urn:xmpp:sasl:2'>${identifier}</success>`);
    expect(bare).toEqual({
      type: 'success',
      payload: undefined,
      outcome: { ...NONE, identifier: 'alice@example.org' },
    });
    const empty = success(`<success xmlns='urn:xmpp:sasl:2'>${identifier}<additional-data/></success>`);
    expect(empty.payload?.reveal()).toEqual(new Uint8Array(0));
  });

  test('brings the stream that was resumed (XEP-0388 §2.6.1)', () => {
    const { outcome } = success(`<success xmlns='urn:xmpp:sasl:2'>
      <additional-data>
        SGFkIHlvdSBnb2luZywgdGhlcmUsIGRpZG4ndCBJPw==
      </additional-data>
      <authorization-identifier>juliet@montague.example</authorization-identifier>
      <resumed xmlns='urn:xmpp:sm:3' h='345' previd='124'/>
    </success>`);
    const resumption = element('{urn:xmpp:sm:3}resumed', { h: '345', previd: '124' });
    expect(outcome).toEqual({ ...NONE, identifier: 'juliet@montague.example', resumption });
  });

  test('brings the resource that was bound (XEP-0386 §3.2)', () => {
    const bound = `<bound xmlns='urn:xmpp:bind:0'>
        <metadata xmlns='urn:xmpp:mam:2'>
          <start id='YWxwaGEg' timestamp='2008-08-22T21:09:04Z' />
          <end id='b21lZ2Eg' timestamp='2020-04-20T14:34:21Z' />
        </metadata>
      </bound>`;
    const { outcome } = success(`<success xmlns='urn:xmpp:sasl:2'>
      <authorization-identifier>user@example.com/AwesomeXMPP.4232f4d4</authorization-identifier>${bound}</success>`);
    const identifier = 'user@example.com/AwesomeXMPP.4232f4d4';
    expect(outcome).toEqual({ ...NONE, identifier, bound: parseElement(bound) });
  });

  test('says that resumption failed, and managing the new stream too (XEP-0198 §9.3)', () => {
    const failed = `<failed xmlns='urn:xmpp:sm:3' h='7'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`;
    const bound = `<bound xmlns='urn:xmpp:bind:0'><failed xmlns='urn:xmpp:sm:3'>
      <internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed></bound>`;
    const { outcome } = success(`<success xmlns='urn:xmpp:sasl:2'>
      <authorization-identifier>user@example.com/resource</authorization-identifier>${failed}${bound}</success>`);
    const identifier = 'user@example.com/resource';
    expect(outcome).toEqual({ ...NONE, identifier, bound: parseElement(bound), resumption: parseElement(failed) });
  });

  test('says that nothing could be bound, as Prosody does', () => {
    const { outcome } = success(`<success xmlns='urn:xmpp:sasl:2'><failed xmlns='urn:xmpp:bind:0'>
      <error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></failed>
      <authorization-identifier>user@example.com</authorization-identifier></success>`);
    expect(outcome).toEqual({ ...NONE, identifier: 'user@example.com', bindFailed: true });
  });

  test.each([
    ['no identifier', '', UNIDENTIFIED],
    ['an empty one', '<authorization-identifier/>', UNIDENTIFIED],
    ['one of others', "<authorization-identifier xmlns='urn:x'>a@b</authorization-identifier>", UNIDENTIFIED],
    ['an element in it', '<authorization-identifier>a@b<x/>c</authorization-identifier>', UNIDENTIFIED],
    ['one too long', `<authorization-identifier>${'a'.repeat(3072)}</authorization-identifier>`, UNIDENTIFIED],
    ['the misprint of XEP-0484 §3.3', '<authorization-identity>a@b</authorization-identity>', UNIDENTIFIED],
    ['two of them', `${IDENTIFIER}${IDENTIFIER}`, 'a <success/> with more than one <authorization-identifier/>'],
    ['data that are not base64', `${IDENTIFIER}<additional-data>AA</additional-data>`, NOT_BASE64],
    ['the convention of SASL', `${IDENTIFIER}<additional-data>=</additional-data>`, NOT_BASE64],
    [
      'data twice',
      `<additional-data/><additional-data/>${IDENTIFIER}`,
      'a <success/> with more than one <additional-data/>',
    ],
    [
      'two resources',
      `${IDENTIFIER}<bound xmlns='urn:xmpp:bind:0'/><bound xmlns='urn:xmpp:bind:0'/>`,
      'a <success/> with more than one <bound/>',
    ],
    [
      'two tokens',
      `${IDENTIFIER}<token xmlns='urn:xmpp:fast:0'/><token xmlns='urn:xmpp:fast:0'/>`,
      'a <success/> with more than one <token/>',
    ],
    [
      'a stream that was resumed and was not',
      `${IDENTIFIER}<failed xmlns='urn:xmpp:sm:3'/><resumed xmlns='urn:xmpp:sm:3'/>`,
      'a <success/> with more than one <resumed/> or <failed/>',
    ],
  ])('is refused with %s', async (_, inner, what) => {
    const error = await errorOf(() => success(`<success xmlns='urn:xmpp:sasl:2'>${inner}</success>`));
    expect(error).toMatchObject({ condition: 'malformed-challenge', message: `The server sent ${what}` });
  });
});

describe('a token', () => {
  const secret = 'WXZzciBwYmFmdmZnZiBqdmd1IGp2eXFhcmZm';

  test('comes sealed, with its expiry (XEP-0484 §3.3)', () => {
    const { outcome } = success(`<success xmlns='urn:xmpp:sasl:2'>
      <authorization-identifier>user@example.com/AwesomeXMPP.4232f4d4</authorization-identifier>
      <bound xmlns='urn:xmpp:bind:0'/>
      <token xmlns='urn:xmpp:fast:0'
         expiry='2020-03-12T14:36:15Z'
         token='WXZzciBwYmFmdmZnZiBqdmd1IGp2eXFhcmZm' />
    </success>`);
    expect(outcome.token?.reveal()).toEqual({ token: secret, expiry: '2020-03-12T14:36:15Z' });
    expect(JSON.stringify(outcome) + inspect(outcome, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  test.each<readonly [string, Readonly<Record<string, string>>, string | undefined]>([
    ['no expiry', { token: secret }, secret],
    ['an empty expiry', { token: secret, expiry: '' }, secret],
    ['no secret', { expiry: '2020-03-12T14:36:15Z' }, undefined],
    ['an empty secret', { token: '' }, undefined],
    ['an endless secret', { token: 'x'.repeat(4097) }, undefined],
    ['an endless expiry', { token: secret, expiry: '2'.repeat(65) }, undefined],
  ])('with %s costs nobody the login', (_, attributes, token) => {
    const received = buildSasl2Success({
      identifier: 'a@b',
      inline: [element('{urn:xmpp:fast:0}token', attributes)],
    });
    expect(success(received).outcome.token?.reveal()).toEqual(token && { token, expiry: undefined });
  });

  test('is nowhere in the elements that go on, wherever a server put it', () => {
    const token = buildToken(secret, '2020-03-12T14:36:15Z');
    const nest = (name: string): Element =>
      element(
        name,
        { h: '1', 'xml:lang': 'en' },
        'a',
        token,
        'b',
        element('{urn:x}x', {}, token, element('kept', {}, 'c')),
      );
    const kept = (name: string): Element =>
      element(name, { h: '1', 'xml:lang': 'en' }, 'ab', element('{urn:x}x', {}, element('kept', {}, 'c')));
    const { outcome } = success(
      buildSasl2Success({
        identifier: 'a@b/c',
        inline: [nest('{urn:xmpp:bind:0}bound'), nest('{urn:xmpp:sm:3}failed'), token],
      }),
    );
    expect(outcome.bound).toEqual(kept('{urn:xmpp:bind:0}bound'));
    expect(outcome.resumption).toEqual(kept('{urn:xmpp:sm:3}failed'));
    expect(outcome.token?.reveal().token).toBe(secret);
  });
});

type Success = Extract<Sasl2Message, { type: 'success' }>;

function success(received: string | Element): Success {
  const message = parseSasl2Element(typeof received === 'string' ? parseElement(received) : received);
  if (message?.type !== 'success') throw new Error(`expected success, got ${message?.type}`);
  return message;
}
