import { describe, expect, test } from 'vitest';
import { SaslError } from '../../src/sasl/index.ts';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import { createOAuthBearerServer } from '../../src/sasl/server.ts';
import { conditionOf, errorOf, exchange, text, utf8 } from './scram-peer.ts';

const TOKEN = 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==';

async function started() {
  const client = exchange('OAUTHBEARER', { token: TOKEN }, { crypto });
  await client.start();
  return client;
}

describe('OAUTHBEARER', () => {
  test.each([
    [
      'RFC 7628 §4.1, without host and port',
      { token: TOKEN, authzid: 'user@example.com' },
      `n,a=user@example.com,\x01auth=Bearer ${TOKEN}\x01\x01`,
    ],
    ['no identity', { token: TOKEN, username: 'user', password: 'pencil' }, `n,,\x01auth=Bearer ${TOKEN}\x01\x01`],
    [
      'an identity with a comma',
      { token: 'a', authzid: 'a,b=c@example.com' },
      'n,a=a=2Cb=3Dc@example.com,\x01auth=Bearer a\x01\x01',
    ],
  ])('sends the message of %s', async (_, credentials, message) => {
    expect(text(await exchange('OAUTHBEARER', credentials, { crypto }).start())).toBe(message);
  });

  test.each([
    [undefined, 'missing-credentials'],
    ['', 'missing-credentials'],
    ['a b', 'invalid-credentials'],
    ['a\x01auth=Bearer b', 'invalid-credentials'],
    ['a=b', 'invalid-credentials'],
    ['é', 'invalid-credentials'],
  ])('does not send the token %j', async (token, condition) => {
    expect(await conditionOf(() => exchange('OAUTHBEARER', { token }, { crypto }).start())).toBe(condition);
  });

  test.each([
    [
      'RFC 7628 §4.3',
      '{"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/.well-known/openid-configuration"}',
      'credentials-expired',
      'invalid_token',
    ],
    ['too little scope', '{"status":"insufficient_scope"}', 'not-authorized', 'insufficient_scope'],
    ['a bad request', '{"status":"invalid_request"}', 'malformed-request', 'invalid_request'],
    ['a status of its own', '{"status":"__proto__"}', 'not-authorized', '__proto__'],
  ])('answers %s with %%x01, and then knows why it failed', async (_, challenge, condition, status) => {
    const failure = new SaslError('The server refused', { condition: 'not-authorized' });
    const client = await started();
    expect(await client.answer(utf8(challenge))).toEqual(new Uint8Array([1]));
    expect(client.explain?.(failure)).toMatchObject({ condition, text: status, code: `sasl/${condition}` });
    expect(client.explain?.(failure)).toBe(failure);
    const lied = await started();
    await lied.answer(utf8(challenge));
    expect(await conditionOf(() => lied.finish(undefined))).toBe(condition);
  });

  test('keeps a failure that says more, and one that nothing explains', async () => {
    const disabled = new SaslError('The server refused', { condition: 'account-disabled' });
    const client = await started();
    await client.answer(utf8('{"status":"invalid_token"}'));
    expect(client.explain?.(disabled)).toBe(disabled);
    expect((await started()).explain?.(disabled)).toBe(disabled);
  });

  test.each(['', '{', '[]', 'null', '"invalid_token"', '{}', '{"status":401}', '{"status":null}'])(
    'refuses the error %j',
    async (challenge) => {
      const client = await started();
      expect(await conditionOf(() => client.answer(utf8(challenge)))).toBe('malformed-challenge');
      expect(await conditionOf(() => client.finish(undefined))).toBe('out-of-order');
    },
  );

  test('refuses an error that is not UTF-8', async () => {
    const client = await started();
    expect(await conditionOf(() => client.answer(new Uint8Array([0xff])))).toBe('malformed-challenge');
  });

  test('says no more than one line of a long status', async () => {
    const client = await started();
    await client.answer(utf8(JSON.stringify({ status: `a\n${'b'.repeat(5000)}` })));
    const { message } = await errorOf(() => client.finish(undefined));
    expect(message.length).toBeLessThan(300);
    expect(message).not.toContain('\n');
  });

  test('has one error, no data after success, no second start, and an end', async () => {
    const challenged = await started();
    await challenged.answer(utf8('{"status":"invalid_token"}'));
    expect(await conditionOf(() => challenged.answer(utf8('{"status":"invalid_token"}')))).toBe('out-of-order');
    const gifted = await started();
    expect(await conditionOf(() => gifted.finish(utf8('more')))).toBe('malformed-challenge');
    const done = await started();
    done.finish(undefined);
    expect(await conditionOf(() => done.finish(undefined))).toBe('out-of-order');
    expect(await conditionOf(() => done.start())).toBe('out-of-order');
    const aborted = exchange('OAUTHBEARER', { token: TOKEN }, { crypto, signal: AbortSignal.abort() });
    expect(await conditionOf(() => aborted.start())).toBe('aborted');
  });
});

describe('client and server', () => {
  const verify = async (token: string) => (token === TOKEN ? { username: 'user' } : { status: 'invalid_token' });

  test('log in with the token', async () => {
    const client = exchange('OAUTHBEARER', { token: TOKEN, authzid: 'user@example.com' }, { crypto });
    const reply = await createOAuthBearerServer({ verify }).answer(await client.start());
    expect(reply).toEqual({ type: 'success', username: 'user', authzid: 'user@example.com', data: undefined });
  });

  test('do not log in with another one', async () => {
    const client = exchange('OAUTHBEARER', { token: 'other' }, { crypto });
    const server = createOAuthBearerServer({ verify });
    expect(await server.answer(undefined)).toEqual({ type: 'challenge', data: new Uint8Array(0) });
    const challenge = await server.answer(await client.start());
    if (challenge.type !== 'challenge') throw new Error('expected a challenge');
    const reply = await server.answer(await client.answer(challenge.data));
    expect(reply).toEqual({ type: 'failure', condition: 'not-authorized', text: 'invalid token' });
    expect(await server.answer(utf8('x'))).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });

  test('agree on other pairs beside the token (RFC 7628 §4.1)', async () => {
    const message = `n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer ${TOKEN}\x01\x01`;
    expect(await createOAuthBearerServer({ verify }).answer(utf8(message))).toMatchObject({ type: 'success' });
  });

  test.each([
    '',
    'n,,',
    'n,,\x01\x01',
    `n,,\x01auth=Bearer ${TOKEN}\x01`,
    'n,,\x01auth=Bearer \x01\x01',
    `auth=Bearer ${TOKEN}\x01\x01`,
    `n,,auth=Bearer ${TOKEN}\x01\x01`,
  ])('a server refuses %j', async (message) => {
    const reply = await createOAuthBearerServer({ verify }).answer(utf8(message));
    expect(reply).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });
});
