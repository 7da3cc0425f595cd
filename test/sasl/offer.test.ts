import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Offer } from '../../src/sasl/index.ts';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import { hashOffer } from '../../src/sasl/offer.ts';
import { createScramKeys, createScramServer } from '../../src/sasl/server.ts';
import { conditionOf, cryptoWithNonce, EXAMPLE, errorOf, exchange, startedExample, text, utf8 } from './scram-peer.ts';

/** The example of XEP-0474 §5.3. */
const OFFER: Offer = {
  mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
  channelBindings: ['tls-server-end-point', 'tls-exporter'],
};
const HASH = 'G6k/rBLDqgOhRRaCuuatSDFkJ08=';

describe('the hash of an offer', () => {
  test('is that of XEP-0474', async () => {
    expect(await hashOffer('SHA-1', OFFER, crypto)).toBe(HASH);
  });

  test('does not depend on the order of the lists', async () => {
    const reversed = {
      mechanisms: OFFER.mechanisms.toReversed(),
      channelBindings: OFFER.channelBindings?.toReversed(),
    };
    expect(await hashOffer('SHA-1', reversed, crypto)).toBe(HASH);
  });

  // Computed with hashlib of Python.
  test('tells an empty list of channel bindings from none', async () => {
    const mechanisms = ['SCRAM-SHA-256', 'PLAIN'];
    expect(await hashOffer('SHA-256', { mechanisms }, crypto)).toBe('Rgy1OtqF8B/re2ip4rVzs2herVHnECfKbsLqKQgUMgo=');
    expect(await hashOffer('SHA-256', { mechanisms, channelBindings: [] }, crypto)).toBe(
      'UzQajgapjuoNRETKCNV1g1zapAbBiaY9mIhExQJWVpQ=',
    );
  });

  test('sorts by bytes: capitals first, a beginning before the whole, and not by UTF-16 units', async () => {
    const sorted = ['A', 'AA', 'B', 'a', '\uffee', '\u{1f600}'];
    const expected = createHash('sha256').update(sorted.join('\x1e')).digest('base64');
    expect(await hashOffer('SHA-256', { mechanisms: sorted.toReversed() }, crypto)).toBe(expected);
  });
});

test('the whole exchange printed in XEP-0474 §5.3 verifies', () => {
  const nonce = '12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6a09117a6-ac50-4f2f-93f1-93799c2bddf6';
  const bound = 'cD10bHMtZXhwb3J0ZXIsLFRISVMgSVMgRkFLRSBDQiBEQVRB';
  const message = [
    'n=user,r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6',
    `r=${nonce},s=QSXCR+Q6sek8bf92,i=4096,h=${HASH}`,
    `c=${bound},r=${nonce},x=19C6532F-1CF4-4A27-A18D-DC9CEA41BBB3`,
  ].join(',');
  const salted = pbkdf2Sync('pencil', Buffer.from('QSXCR+Q6sek8bf92', 'base64'), 4096, 20, 'sha1');
  const hmac = (key: Buffer, data: string) => createHmac('sha1', key).update(data).digest();
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha1').update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
  expect(proof.toString('base64')).toBe('M/SIDjT+dfcxUh89jZEypRvFxB4=');
  expect(hmac(hmac(salted, 'Server Key'), message).toString('base64')).toBe('MQrMPvv7yv4x4Cq4W4Ih25EqS2c=');
});

describe('a client compares what arrived with what the server says it offered', () => {
  const offer: Offer = { mechanisms: ['SCRAM-SHA-256', 'PLAIN'] };
  const right = 'Rgy1OtqF8B/re2ip4rVzs2herVHnECfKbsLqKQgUMgo=';

  test.each([
    ['the same', `,h=${right}`, offer],
    ['the same, among other extensions', `,d=abc,h=${right},x=1`, offer],
    ['no word about it', '', offer],
    ['an older version of the specification', ',d=abc', offer],
  ])('and goes on: %s', async (_, extensions, known) => {
    const client = await startedExample({ offer: known });
    expect(text(await client.answer(utf8(EXAMPLE.serverFirst + extensions)))).toMatch(/^c=biws,/);
  });

  test.each([
    ['a mechanism was taken out', `,h=${right}`, { mechanisms: ['PLAIN'] }],
    ['a mechanism was added', `,h=${right}`, { mechanisms: ['SCRAM-SHA-256', 'PLAIN', 'X'] }],
    ['a list of channel bindings was added', `,h=${right}`, { ...offer, channelBindings: [] }],
    ['the hash is that of another function', `,h=${HASH}`, offer],
    ['the hash is not base64', ',h=?', offer],
    ['a part of the hash', `,h=${right.slice(0, -2)}`, offer],
  ])('and stops: %s', async (_, extensions, known) => {
    const counting = cryptoWithNonce(EXAMPLE.nonce);
    const client = await startedExample({ crypto: counting, offer: known });
    const error = await errorOf(() => client.answer(utf8(EXAMPLE.serverFirst + extensions)));
    expect(error).toMatchObject({ condition: 'downgrade', code: 'sasl/downgrade' });
    expect(counting.derivations).toBe(0);
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('out-of-order');
  });

  test('and stops where the hash is needed and missing', async () => {
    const client = await startedExample({ offer, requireOfferHash: true });
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('downgrade');
    const unknown = await startedExample({ requireOfferHash: true });
    expect(await conditionOf(() => unknown.answer(utf8(`${EXAMPLE.serverFirst},h=${right}`)))).toBe('downgrade');
    const confirmed = await startedExample({ offer, requireOfferHash: true });
    expect(text(await confirmed.answer(utf8(`${EXAMPLE.serverFirst},h=${right}`)))).toMatch(/^c=biws,/);
  });
});

describe('client and server', () => {
  async function logIn(offered: Offer, arrived: Offer, tamper: (challenge: string) => string = (same) => same) {
    const keysOf = () => createScramKeys('SCRAM-SHA-1', 'pencil', { crypto });
    const server = createScramServer({ mechanism: 'SCRAM-SHA-1', crypto, keysOf, offer: offered, sendOfferHash: true });
    const client = exchange('SCRAM-SHA-1', { username: 'user', password: 'pencil' }, { crypto, offer: arrived });
    const challenge = await server.answer(await client.start());
    if (challenge.type !== 'challenge') return challenge;
    const reply = await server.answer(await client.answer(utf8(tamper(text(challenge.data)))));
    if (reply.type === 'success') client.finish(reply.data);
    return reply;
  }

  test('log in if the offer arrived', async () => {
    expect(await logIn(OFFER, OFFER)).toMatchObject({ type: 'success' });
  });

  test('do not if it was changed', async () => {
    const arrived = { ...OFFER, mechanisms: ['SCRAM-SHA-1'] };
    expect(await conditionOf(() => logIn(OFFER, arrived))).toBe('downgrade');
  });

  test('nor if the hash was changed as well: the server sees that other messages were signed', async () => {
    const arrived = { mechanisms: ['SCRAM-SHA-1'] };
    const hash = await hashOffer('SHA-1', arrived, crypto);
    const reply = await logIn(OFFER, arrived, (challenge) => challenge.replace(/h=.*/, `h=${hash}`));
    expect(reply).toMatchObject({ type: 'failure', condition: 'not-authorized', text: 'invalid proof' });
  });

  test('nor if the hash was taken out', async () => {
    const reply = await logIn(OFFER, { mechanisms: ['SCRAM-SHA-1'] }, (challenge) => challenge.replace(/,h=.*/, ''));
    expect(reply).toMatchObject({ type: 'failure', condition: 'not-authorized' });
  });
});
