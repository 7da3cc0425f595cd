import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildAuthenticate,
  buildBind2,
  buildFast,
  buildRequestToken,
  buildSasl2Abort,
  buildSasl2Response,
  maskSasl,
  Sealed,
} from '../../src/sasl/index.ts';
import {
  buildSasl2Challenge,
  buildSasl2Failure,
  buildSasl2Features,
  buildSasl2Success,
  buildToken,
} from '../../src/sasl/server.ts';
import { type Element, element, serialize } from '../../src/xml/index.ts';
import { utf8 } from './scram-peer.ts';

const NS = 'urn:xmpp:sasl:2';
const PAYLOAD = new Sealed(utf8('\0juliet\0r0m30myr0m30'));
const EMPTY = new Sealed(new Uint8Array(0));
const AGENT = { id: 'd4565fa7-4d72-4749-b3d3-740edbf87770', software: 'AwesomeXMPP' };
const BOUND = element('{urn:xmpp:bind:0}bound', {}, element('{urn:xmpp:sm:3}enabled', { id: 'sm', resume: 'true' }));

describe('the mask for logs, in SASL2', () => {
  test.each([
    [
      'an initial response',
      buildAuthenticate({ mechanism: 'PLAIN', initial: PAYLOAD, userAgent: AGENT, inline: [buildBind2({ tag: 'A' })] }),
      '<authenticate xmlns="urn:xmpp:sasl:2" mechanism="PLAIN"><initial-response>[masked]</initial-response>' +
        '<user-agent id="d4565fa7-4d72-4749-b3d3-740edbf87770"><software>AwesomeXMPP</software></user-agent>' +
        '<bind xmlns="urn:xmpp:bind:0"><tag>A</tag></bind></authenticate>',
    ],
    ['a response', buildSasl2Response(PAYLOAD), '<response xmlns="urn:xmpp:sasl:2">[masked]</response>'],
    ['a challenge', buildSasl2Challenge(PAYLOAD), '<challenge xmlns="urn:xmpp:sasl:2">[masked]</challenge>'],
    [
      'an element in a challenge',
      element(`{${NS}}challenge`, {}, element('x', {}, 'AAAA')),
      '<challenge xmlns="urn:xmpp:sasl:2">[masked]</challenge>',
    ],
    [
      'a success, and its token but not the expiry',
      buildSasl2Success({
        additional: PAYLOAD,
        identifier: 'juliet@example.org/A',
        inline: [BOUND, buildToken('secret-token:fast-x', '2026-12-31T00:00:00Z')],
      }),
      '<success xmlns="urn:xmpp:sasl:2"><additional-data>[masked]</additional-data>' +
        '<authorization-identifier>juliet@example.org/A</authorization-identifier>' +
        '<bound xmlns="urn:xmpp:bind:0"><enabled xmlns="urn:xmpp:sm:3" id="sm" resume="true"/></bound>' +
        '<token xmlns="urn:xmpp:fast:0" expiry="2026-12-31T00:00:00Z" token="[masked]"/></success>',
    ],
    [
      'a demand for tasks',
      element(`{${NS}}continue`, {}, element('additional-data', {}, 'AAAA'), element('tasks')),
      '<continue xmlns="urn:xmpp:sasl:2"><additional-data>[masked]</additional-data><tasks/></continue>',
    ],
  ])('hides the payload of %s', (_, shown, masked) => {
    expect(serialize(maskSasl(shown))).toBe(masked);
  });

  test.each([
    ['abort', buildSasl2Abort()],
    ['no initial response', authenticate(undefined, buildRequestToken('HT-SHA-256-NONE'))],
    ['an empty initial response', authenticate(EMPTY, buildFast({ count: 1 }))],
    ['a success without data', buildSasl2Success({ identifier: 'juliet@example.org/A', inline: [BOUND] })],
    ['a token without a secret', buildSasl2Success({ identifier: 'a@b', inline: [element('{urn:xmpp:fast:0}token')] })],
    ['a failure', buildSasl2Failure('not-authorized', 'no')],
    ['an offer', buildSasl2Features({ mechanisms: ['PLAIN'], inline: { bind: [], sm: true, fast: ['X'] } })],
    ['a response of others', element(`{${NS}}success`, {}, element('{urn:x}response', {}, 'shown'))],
    ['a token of others', element(`{${NS}}success`, {}, element('{urn:x}token', { token: 'shown' }))],
    ['a quotation', element('{jabber:client}message', {}, element(`{${NS}}response`, {}, 'shown'))],
  ])('leaves %s as it is', (_, shown) => {
    expect(maskSasl(shown)).toBe(shown);
  });

  test('leaves no payload and no token in the text of any message, and changes nothing else', () => {
    const property = fc.property(fc.constantFrom('authenticate', 'success', 'continue'), parts, (name, inner) => {
      const message = (secret: string) => build({ name: `{${NS}}${name}`, text: '', inner }, secret);
      const logged = serialize(maskSasl(message('s3cret')));
      expect(logged).not.toContain('s3cret');
      expect(logged).toBe(serialize(message('[masked]')));
    });
    fc.assert(property, { numRuns: 500 });
  });
});

/** An element of a message: its text is harmless, the secret comes later. */
interface Part {
  readonly name: string;
  readonly text: string;
  readonly inner: readonly Part[];
}

const TOKEN = '{urn:xmpp:fast:0}token';
const PAYLOADS = ['initial-response', 'response', 'challenge', 'additional-data'].map((name) => `{${NS}}${name}`);
const OTHERS = ['{urn:xmpp:bind:0}bound', '{urn:xmpp:fast:0}fast', '{urn:x}token', '{urn:x}response', `{${NS}}token`];

const part: (depth?: number) => fc.Arbitrary<Part> = fc.memo((depth) =>
  fc.record({
    name: fc.constantFrom(TOKEN, ...PAYLOADS, ...OTHERS),
    text: fc.string({ unit: fc.constantFrom('a', ' ', '<', '&', '"') }),
    inner: depth > 1 ? fc.array(part(), { maxLength: 3 }) : fc.constant([]),
  }),
);
const parts = fc.array(part(5), { minLength: 1, maxLength: 4 });

function build({ name, text, inner }: Part, secret: string): Element {
  if (PAYLOADS.includes(name)) return element(name, { id: text }, secret);
  const attributes = name === TOKEN ? { expiry: text, token: secret } : { token: text };
  const children = inner.map((child) => build(child, secret));
  return element(name, attributes, text, children);
}

function authenticate(initial: Sealed<Uint8Array> | undefined, inline: Element): Element {
  return buildAuthenticate({ mechanism: 'EXTERNAL', initial, userAgent: AGENT, inline: [inline] });
}
