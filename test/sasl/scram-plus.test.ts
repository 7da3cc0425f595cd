import { describe, expect, test } from 'vitest';
import { type ChannelBindingType, type ExchangeOptions, SaslError } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { createScramKeys, createScramServer, type ScramPlusName } from '../../src/sasl/server.ts';
import { bindingData, conditionOf, cryptoWithNonce, EXAMPLE, exchange, text, utf8 } from './scram-peer.ts';

const crypto = nodeScramCrypto;
const USER = { username: 'user', password: 'pencil' };
const NONCE = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';

interface Vector {
  readonly mechanism: ScramPlusName;
  readonly type: ChannelBindingType;
  readonly length: number;
  readonly c: string;
  readonly proof: string;
  readonly signature: string;
}

/**
 * RFC 5802 prints no example with channel binding, and that of XEP-0388 does not verify. These are the inputs of RFC 7677 §3
 * bound to the bytes 0, 1, 2 …, computed with hashlib and hmac of Python; the same script gives the numbers of RFC 7677.
 */
const VECTORS: readonly Vector[] = [
  {
    mechanism: 'SCRAM-SHA-1-PLUS',
    type: 'tls-unique',
    length: 12,
    c: 'cD10bHMtdW5pcXVlLCwAAQIDBAUGBwgJCgs=',
    proof: 'QFkg+ulaqERFv4niHp/atSnglKc=',
    signature: '+OU00NmE2EJp2C6JjMHszib3gCQ=',
  },
  {
    mechanism: 'SCRAM-SHA-256-PLUS',
    type: 'tls-exporter',
    length: 32,
    c: 'cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f',
    proof: 'QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=',
    signature: '2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs=',
  },
  {
    mechanism: 'SCRAM-SHA-512-PLUS',
    type: 'tls-server-end-point',
    length: 32,
    c: 'cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    proof: 'nUe1i4s2cekqhb7FffOD5zf+Z5ND38FUAFbPlUjSAwoyboI7VOhAtMMUAAy8HJsUz3Yj/DT0ORLFrxG7KFQhCg==',
    signature: 'EZ1ynPIwK8As82frRzuwOuJuRxiciscpscrKTaNvot0mx0lgtMvUrjImXTwwOZwJlj5Di09qjLHj0Q4mhV2gJA==',
  },
];

test.each(VECTORS)('$mechanism bound to $type says what Python computes', async (vector) => {
  const channelBinding = { type: vector.type, data: bindingData(vector.length) };
  const client = exchange(vector.mechanism, USER, { crypto: cryptoWithNonce(EXAMPLE.nonce), channelBinding });
  expect(text(await client.start())).toBe(`p=${vector.type},,n=user,r=${EXAMPLE.nonce}`);
  expect(text(await client.answer(utf8(EXAMPLE.serverFirst)))).toBe(`c=${vector.c},r=${NONCE},p=${vector.proof}`);
  expect(() => client.finish(utf8(`v=${vector.signature}`))).not.toThrow();
});

describe('the flag of a login without channel binding', () => {
  const UNBOUND = ['SCRAM-SHA-256', 'PLAIN'];
  const BOTH = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];

  test.each<readonly [string, Partial<ExchangeOptions>, string]>([
    ['n if the client cannot bind', { offer: { mechanisms: UNBOUND } }, 'n'],
    ['n if nobody says what was offered', { canBind: true }, 'n'],
    ['n if -PLUS was offered and is not used', { canBind: true, offer: { mechanisms: BOTH } }, 'n'],
    ['y if the client can bind and no -PLUS was offered', { canBind: true, offer: { mechanisms: UNBOUND } }, 'y'],
    ['the same with data at hand', { channelBinding: { type: 'tls-exporter', data: bindingData() } }, 'n'],
  ])('is %s', async (_, options, flag) => {
    const client = exchange('SCRAM-SHA-256', USER, { crypto, ...options });
    expect(text(await client.start()).slice(0, 3)).toBe(`${flag},,`);
  });

  test('is part of what is signed: y', async () => {
    const options = { crypto: cryptoWithNonce(EXAMPLE.nonce), canBind: true, offer: { mechanisms: UNBOUND } };
    const client = exchange('SCRAM-SHA-256', USER, options);
    expect(text(await client.start())).toBe(`y,,n=user,r=${EXAMPLE.nonce}`);
    const response = `c=eSws,r=${NONCE},p=FoqiHTtQEDE8lz1CdaEe3tK4mS+iMDTl77SPyDS53DY=`;
    expect(text(await client.answer(utf8(EXAMPLE.serverFirst)))).toBe(response);
  });
});

test('a mechanism with channel binding does not start without data, or with none in it', async () => {
  for (const channelBinding of [undefined, { type: 'tls-exporter', data: bindingData(0) } as const]) {
    const client = exchange('SCRAM-SHA-256-PLUS', USER, { crypto, channelBinding });
    expect(await conditionOf(() => client.start())).toBe('no-mechanism');
    expect(await conditionOf(() => client.start())).toBe('out-of-order');
  }
});

test('an exchange is over if a message comes before its own', async () => {
  for (const name of ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']) {
    const channelBinding = { type: 'tls-exporter', data: bindingData() } as const;
    const client = exchange(name, USER, { crypto, channelBinding });
    const started = conditionOf(() => client.start());
    expect(await conditionOf(() => client.finish(undefined))).toBe('out-of-order');
    expect(await started).toBe('out-of-order');
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('out-of-order');
  }
});

test('an authorization identity stands between the flag and the name', async () => {
  const channelBinding = { type: 'tls-exporter', data: bindingData() } as const;
  const credentials = { ...USER, authzid: 'user@example.org' };
  const client = exchange('SCRAM-SHA-1-PLUS', credentials, { crypto, channelBinding });
  expect(text(await client.start())).toMatch(/^p=tls-exporter,a=user@example\.org,n=user,r=/);
});

describe('client and server', () => {
  const MECHANISMS = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
  const right = { type: 'tls-exporter', data: bindingData() } as const;

  async function logIn(name: 'SCRAM-SHA-256-PLUS' | 'SCRAM-SHA-256', options: Partial<ExchangeOptions>) {
    const keysOf = () => createScramKeys('SCRAM-SHA-256', 'pencil', { crypto, iterations: 4096 });
    const channelBindings = new Map([
      ['tls-exporter', bindingData()],
      ['tls-unique', bindingData(12)],
    ]);
    const offer = { mechanisms: MECHANISMS };
    const server = createScramServer({ mechanism: name, crypto, keysOf, channelBindings, offer });
    const client = exchange(name, USER, { crypto, ...options });
    const challenge = await server.answer(await client.start());
    if (challenge.type !== 'challenge') return challenge;
    const reply = await server.answer(await client.answer(challenge.data));
    if (reply.type === 'success') client.finish(reply.data);
    return reply;
  }

  test('log in over one connection', async () => {
    expect(await logIn('SCRAM-SHA-256-PLUS', { channelBinding: right })).toMatchObject({ type: 'success' });
    const unique = { type: 'tls-unique', data: bindingData(12) } as const;
    expect(await logIn('SCRAM-SHA-256-PLUS', { channelBinding: unique })).toMatchObject({ type: 'success' });
    expect(await logIn('SCRAM-SHA-256', {})).toMatchObject({ type: 'success' });
  });

  const wrongBit = bindingData();
  wrongBit[31] = 0;

  test.each<readonly [string, Partial<ExchangeOptions>, string, string]>([
    [
      'another connection',
      { channelBinding: { ...right, data: wrongBit } },
      'not-authorized',
      'channel-bindings-dont-match',
    ],
    [
      'a part of the data',
      { channelBinding: { ...right, data: bindingData(31) } },
      'not-authorized',
      'channel-bindings-dont-match',
    ],
    [
      'more than the data',
      { channelBinding: { ...right, data: bindingData(33) } },
      'not-authorized',
      'channel-bindings-dont-match',
    ],
    [
      'the data of another type',
      { channelBinding: { type: 'tls-unique', data: bindingData() } },
      'not-authorized',
      'channel-bindings-dont-match',
    ],
    [
      'a type the server does not have',
      { channelBinding: { ...right, type: 'tls-server-end-point' } },
      'malformed-request',
      'unsupported-channel-binding-type',
    ],
  ])('do not log in with %s', async (_, options, condition, reason) => {
    expect(await logIn('SCRAM-SHA-256-PLUS', options)).toEqual({ type: 'failure', condition, text: reason });
  });

  test('find out that -PLUS was taken out of the offer', async () => {
    const reply = await logIn('SCRAM-SHA-256', { canBind: true, offer: { mechanisms: ['SCRAM-SHA-256'] } });
    const reason = 'server-does-support-channel-binding';
    expect(reply).toEqual({ type: 'failure', condition: 'malformed-request', text: reason });
  });

  test.each([
    ['SCRAM-SHA-256-PLUS', 'n,,n=user,r=abc'],
    ['SCRAM-SHA-256-PLUS', 'y,,n=user,r=abc'],
    ['SCRAM-SHA-256', 'p=tls-exporter,,n=user,r=abc'],
  ] as const)('%s does not begin with %s', async (mechanism, message) => {
    const server = createScramServer({ mechanism, crypto, keysOf: () => undefined });
    const reply = { type: 'failure', condition: 'malformed-request', text: 'channel-binding-not-supported' };
    expect(await server.answer(utf8(message))).toEqual(reply);
  });

  test('a client cannot bind a login that it began without', async () => {
    const keysOf = () => createScramKeys('SCRAM-SHA-256', 'pencil', { crypto });
    const server = createScramServer({ mechanism: 'SCRAM-SHA-256', crypto, keysOf });
    const challenge = await server.answer(utf8('n,,n=user,r=abc'));
    if (challenge.type !== 'challenge') throw new SaslError('expected a challenge', { condition: 'out-of-order' });
    const [, nonce = ''] = /^r=([^,]+)/.exec(text(challenge.data)) ?? [];
    const bound = Buffer.concat([Buffer.from('n,,'), bindingData()]).toString('base64');
    const reply = await server.answer(utf8(`c=${bound},r=${nonce},p=${'A'.repeat(43)}=`));
    expect(reply).toMatchObject({ type: 'failure', condition: 'not-authorized' });
  });
});
