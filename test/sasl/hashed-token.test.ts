import { describe, expect, test } from 'vitest';
import type { ChannelBinding } from '../../src/sasl/index.ts';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import { createHashedTokenServer, type HashedTokenName } from '../../src/sasl/server.ts';
import { bindingData, conditionOf, exchange, utf8 } from './scram-peer.ts';

/** The token of XEP-0484 §3.3. */
const TOKEN = 'WXZzciBwYmFmdmZnZiBqdmd1IGp2eXFhcmZm';
const USER = { username: 'user', hashedToken: TOKEN };

// No specification prints an example: these are hmac(token, b'Initiator' + data, 'sha256') and so on of Python.
const UNBOUND = {
  initiator: '9097787461a184e0fa84ec00c1381190b6c4d16a8ec4453c7b2ac5e7fcf935ed',
  responder: '4e513409631474863b986c9f3e8c1e27ca29d1d7ab9ed4097e7afd6007bf9c62',
};
const BOUND = {
  initiator: '0c5745576afeea711960549186a31a65c9f328205ee38b66825b3d4c872b395c',
  responder: '1260579b34d55aeba4e43062a412db609a0a7153abd218b0f148445c4e83529f',
};

const CASES: readonly (readonly [HashedTokenName, ChannelBinding | undefined, typeof BOUND])[] = [
  ['HT-SHA-256-NONE', undefined, UNBOUND],
  ['HT-SHA-256-EXPR', { type: 'tls-exporter', data: bindingData() }, BOUND],
  ['HT-SHA-256-UNIQ', { type: 'tls-unique', data: bindingData() }, BOUND],
  ['HT-SHA-256-ENDP', { type: 'tls-server-end-point', data: bindingData() }, BOUND],
];

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe.each(CASES)('%s', (name, channelBinding, { initiator, responder }) => {
  const start = async () => {
    const client = exchange(name, USER, { crypto, channelBinding });
    await client.start();
    return client;
  };

  test('sends the hash of the token, and believes a server that knows it', async () => {
    const client = exchange(name, USER, { crypto, channelBinding });
    expect(await client.start()).toEqual(new Uint8Array([...utf8('user\0'), ...bytes(initiator)]));
    expect(() => client.finish(bytes(responder))).not.toThrow();
    expect(await conditionOf(() => client.finish(bytes(responder)))).toBe('out-of-order');
  });

  test.each([
    ['no proof', undefined],
    ['an empty proof', new Uint8Array(0)],
    ['our own message', bytes(initiator)],
    ['a part of the proof', bytes(responder).subarray(1)],
    ['more than the proof', bytes(`${responder}00`)],
    ['the proof in hexadecimal digits', utf8(responder)],
    ['a proof for other channel binding', bytes(channelBinding ? UNBOUND.responder : BOUND.responder)],
  ])('does not believe a server with %s', async (_, proof) => {
    const client = await start();
    expect(await conditionOf(() => client.finish(proof))).toBe('server-not-authenticated');
    expect(await conditionOf(() => client.finish(bytes(responder)))).toBe('out-of-order');
  });

  test('does not believe a proof with a single wrong bit, wherever it is', async () => {
    for (const index of bytes(responder).keys()) {
      const wrong = bytes(responder);
      wrong[index] = (wrong[index] ?? 0) ^ 1;
      const client = await start();
      expect(await conditionOf(() => client.finish(wrong))).toBe('server-not-authenticated');
    }
  });

  test('has no challenges', async () => {
    const client = await start();
    expect(await conditionOf(() => client.answer(bytes(responder)))).toBe('out-of-order');
    expect(await conditionOf(() => client.finish(bytes(responder)))).toBe('out-of-order');
  });

  test('needs a username, a token, and the data it binds to', async () => {
    for (const credentials of [{ username: 'user' }, { username: 'user', hashedToken: '' }, { hashedToken: TOKEN }]) {
      const client = exchange(name, credentials, { crypto, channelBinding });
      expect(await conditionOf(() => client.start())).toBe('missing-credentials');
    }
    if (!channelBinding) return;
    const other = channelBinding.type === 'tls-unique' ? 'tls-exporter' : 'tls-unique';
    for (const wrong of [
      undefined,
      { type: other, data: bindingData() } as const,
      { ...channelBinding, data: bindingData(0) },
    ]) {
      const client = exchange(name, USER, { crypto, channelBinding: wrong });
      expect(await conditionOf(() => client.start())).toBe('no-mechanism');
    }
  });
});

describe('client and server', () => {
  async function logIn(name: HashedTokenName, hashedToken: string, channelBinding?: ChannelBinding) {
    const channelBindings = new Map([['tls-exporter', bindingData()]]);
    const tokensOf = async (username: string) => (username === 'user' ? ['old', TOKEN] : []);
    const server = createHashedTokenServer({ mechanism: name, crypto, channelBindings, tokensOf });
    const client = exchange(name, { username: 'user', hashedToken }, { crypto, channelBinding });
    const reply = await server.answer(await client.start());
    if (reply.type === 'success') client.finish(reply.data);
    return reply;
  }

  test('log in with one of the tokens', async () => {
    const channelBinding = { type: 'tls-exporter', data: bindingData() } as const;
    expect(await logIn('HT-SHA-256-NONE', TOKEN)).toMatchObject({ type: 'success', username: 'user' });
    expect(await logIn('HT-SHA-256-EXPR', 'old', channelBinding)).toMatchObject({ type: 'success' });
  });

  test('do not with another token, another connection, or a binding that the server does not have', async () => {
    const refused = { type: 'failure', condition: 'not-authorized', text: 'invalid token' };
    expect(await logIn('HT-SHA-256-NONE', 'other')).toEqual(refused);
    expect(await logIn('HT-SHA-256-EXPR', TOKEN, { type: 'tls-exporter', data: bindingData(31) })).toEqual(refused);
    const reply = await logIn('HT-SHA-256-UNIQ', TOKEN, { type: 'tls-unique', data: bindingData() });
    expect(reply).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });

  test.each(['', 'user', 'user\0', '\0abc'])('a server refuses %j', async (message) => {
    const server = createHashedTokenServer({ mechanism: 'HT-SHA-256-NONE', crypto, tokensOf: () => [TOKEN] });
    expect(await server.answer(undefined)).toMatchObject({ type: 'challenge' });
    expect(await server.answer(utf8(message))).toMatchObject({ type: 'failure', condition: 'malformed-request' });
    expect(await server.answer(utf8(message))).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });
});
