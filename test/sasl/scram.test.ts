import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MECHANISMS } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { prepare } from '../../src/sasl/prepare.ts';
import { saslprep } from '../../src/sasl/saslprep.ts';
import { createScramKeys, createScramServer, SCRAM_HASHES, type ScramName } from '../../src/sasl/server.ts';
import {
  conditionOf,
  cryptoWithNonce,
  EXAMPLE,
  errorOf,
  exchange,
  startedExample,
  text,
  UNBOUND_PASSWORD_MECHANISMS,
  utf8,
} from './scram-peer.ts';

const crypto = nodeScramCrypto;
const NAMES: readonly ScramName[] = ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

const anyText = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((candidate) => saslprep(candidate) !== undefined);

describe('client and server', () => {
  test('log in whoever knows the password, and nobody else', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...NAMES),
      anyText,
      anyText,
      fc.option(anyText, { nil: undefined }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (mechanism, username, password, authzid, iterations, right) => {
        const keys = await createScramKeys(mechanism, right ? password : password + password, { crypto, iterations });
        const known = await prepare(username, 'username');
        const keysOf = (name: string) => (name === known ? keys : undefined);
        const server = createScramServer({ mechanism, crypto, keysOf });
        const client = exchange(mechanism, { username, password, authzid }, { crypto, minIterations: 1 });

        const challenge = await server.answer(await client.start());
        if (challenge.type !== 'challenge') throw new Error(JSON.stringify(challenge));
        const reply = await server.answer(await client.answer(challenge.data));
        if (right) {
          expect(reply).toMatchObject({
            type: 'success',
            username: known,
            authzid: authzid && (await prepare(authzid, 'authorization identity')),
          });
          if (reply.type === 'success') client.finish(reply.data);
        } else {
          expect(reply).toEqual({ type: 'failure', condition: 'not-authorized', text: 'invalid proof' });
        }
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  test('a server that does not know the password cannot pass for one that does', async () => {
    const keys = await createScramKeys('SCRAM-SHA-256', 'pencil', { crypto });
    const intruder = { ...keys, serverKey: new Uint8Array(32) };
    const server = createScramServer({ mechanism: 'SCRAM-SHA-256', crypto, keysOf: () => intruder });
    const client = exchange('SCRAM-SHA-256', { username: 'user', password: 'pencil' }, { crypto });
    const challenge = await server.answer(await client.start());
    if (challenge.type !== 'challenge') throw new Error('expected a challenge');
    const reply = await server.answer(await client.answer(challenge.data));
    if (reply.type !== 'success') throw new Error('expected success');
    expect(await conditionOf(() => client.finish(reply.data))).toBe('server-not-authenticated');
  });

  test('two exchanges use different nonces', async () => {
    const [first, second] = [0, 1].map(() =>
      exchange('SCRAM-SHA-1', { username: 'user', password: 'pencil' }, { crypto }),
    );
    const messages = [text(await first?.start()), text(await second?.start())];
    expect(messages[0]).toMatch(/^n,,n=user,r=[A-Za-z0-9+/]{32}$/);
    expect(messages[0]).not.toBe(messages[1]);
  });
});

describe('the first message of the client', () => {
  test.each([
    ['the username as it is', { username: 'user' }, 'n,,n=user,r='],
    ['a comma and an equals sign escaped', { username: 'a,b=c=2C' }, 'n,,n=a=2Cb=3Dc=3D2C,r='],
    ['an authorization identity', { username: 'u', authzid: 'a=b@example.org' }, 'n,a=a=3Db@example.org,n=u,r='],
    ['the username normalised', { username: 'ﬁn' }, 'n,,n=fin,r='],
  ])('has %s', async (_, credentials, beginning) => {
    const client = exchange('SCRAM-SHA-256', { password: 'pencil', ...credentials }, { crypto });
    expect(text(await client.start()).slice(0, -32)).toBe(beginning);
  });

  test.each([
    ['no username', { password: 'pencil' }, 'missing-credentials'],
    ['an empty username', { username: '', password: 'pencil' }, 'missing-credentials'],
    ['no password', { username: 'user' }, 'missing-credentials'],
    ['an empty password', { username: 'user', password: '' }, 'missing-credentials'],
    ['NUL in the username', { username: 'us\0er', password: 'pencil' }, 'invalid-credentials'],
    ['a line feed in the password', { username: 'user', password: 'pencil\n' }, 'invalid-credentials'],
    ['half a character in the password', { username: 'user', password: '\ud83d' }, 'invalid-credentials'],
  ])('cannot be made with %s', async (_, credentials, condition) => {
    for (const { name } of UNBOUND_PASSWORD_MECHANISMS) {
      expect(await conditionOf(() => exchange(name, credentials, { crypto }).start())).toBe(condition);
    }
  });

  test('is made once', async () => {
    for (const { name } of UNBOUND_PASSWORD_MECHANISMS) {
      const client = exchange(name, { username: 'user', password: 'pencil' }, { crypto });
      await client.start();
      expect(await conditionOf(() => client.start())).toBe('out-of-order');
      expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('out-of-order');
    }
  });
});

describe('abort', () => {
  test('before the first message', async () => {
    for (const { name } of UNBOUND_PASSWORD_MECHANISMS) {
      const signal = AbortSignal.abort(new Error('stopped'));
      const client = exchange(name, { username: 'user', password: 'pencil' }, { crypto, signal });
      const error = await errorOf(() => client.start());
      expect(error).toMatchObject({ condition: 'aborted', code: 'sasl/aborted', cause: signal.reason });
    }
  });

  test('before the proof: no key is derived', async () => {
    const controller = new AbortController();
    const counting = cryptoWithNonce(EXAMPLE.nonce);
    const client = await startedExample({ crypto: counting, signal: controller.signal });
    controller.abort();
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('aborted');
    expect(counting.derivations).toBe(0);
  });

  test('while the key is derived, without waiting for it', async () => {
    const controller = new AbortController();
    const never = { ...cryptoWithNonce(EXAMPLE.nonce), pbkdf2: waitForAbort };
    const client = await startedExample({ crypto: never, signal: controller.signal });
    const answer = errorOf(() => client.answer(utf8(EXAMPLE.serverFirst)));
    controller.abort(new Error('stopped'));
    expect(await answer).toMatchObject({ condition: 'aborted', cause: controller.signal.reason });
    expect(await conditionOf(() => client.finish(utf8(EXAMPLE.serverFinal)))).toMatch(/^(out-of|server-not)/);
  });
});

describe('a server refuses', () => {
  const keysOf = () => createScramKeys('SCRAM-SHA-256', 'pencil', { crypto, iterations: 1 });
  const start = () => createScramServer({ mechanism: 'SCRAM-SHA-256', crypto, keysOf });

  test.each([
    'n=user,r=abc',
    'n,n=user,r=abc',
    'x,,n=user,r=abc',
    'n,,r=abc,n=user',
    'n,,n=user',
    'n,,n=,r=abc',
    'n,,n=us=er,r=abc',
    'n,,n=us=2cer,r=abc',
    'n,,m=1,n=user,r=abc',
    'n,,n=user,r=',
    'n,a=x=y,n=user,r=abc',
    'p=tls-exporter,,n=user,r=abc',
    '',
  ])('the first message %s', async (message) => {
    expect(await start().answer(utf8(message))).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });

  test.each([
    ['a foreign nonce', (nonce: string) => `c=biws,r=x${nonce},p=AAAA`, 'the nonce is not that of this exchange'],
    ['another GS2 header', (nonce: string) => `c=eSws,r=${nonce},p=AAAA`, 'the GS2 header was not repeated'],
    ['no proof', (nonce: string) => `c=biws,r=${nonce}`, 'expected p= at the end'],
    ['a proof that is not base64', (nonce: string) => `c=biws,r=${nonce},p=A`, 'expected base64 in p='],
    ['a proof of a wrong length', (nonce: string) => `c=biws,r=${nonce},p=AAAA`, 'the proof has a wrong length'],
    ['two proofs', (nonce: string) => `c=biws,r=${nonce},p=AAAA,p=AAAA`, 'expected p= only once'],
    ['a wrong order', (nonce: string) => `r=${nonce},c=biws,p=AAAA`, 'expected c=, got r='],
    ['m=', (nonce: string) => `c=biws,r=${nonce},m=1,p=AAAA`, 'expected no m=, an extension this side does not know'],
  ])('a last message with %s', async (_, message, reason) => {
    const server = start();
    const challenge = await server.answer(utf8('n,,n=user,r=abc'));
    if (challenge.type !== 'challenge') throw new Error('expected a challenge');
    const nonce = /^r=([^,]+)/.exec(text(challenge.data))?.[1] ?? '';
    expect(nonce).toMatch(/^abc.{24}$/);
    const reply = await server.answer(utf8(message(nonce)));
    expect(reply).toEqual({ type: 'failure', condition: 'malformed-request', text: reason });
    expect(await server.answer(utf8(message(nonce)))).toEqual({
      type: 'failure',
      condition: 'malformed-request',
      text: 'no message was expected',
    });
  });

  test('a user it does not know', async () => {
    const server = createScramServer({ mechanism: 'SCRAM-SHA-1', crypto, keysOf: () => undefined });
    expect(await server.answer(utf8('n,,n=user,r=abc'))).toMatchObject({ condition: 'not-authorized' });
  });

  test('nothing yet where the initial response is missing', async () => {
    const server = start();
    expect(await server.answer(undefined)).toEqual({ type: 'challenge', data: new Uint8Array(0) });
    expect(await server.answer(utf8('n,,n=user,r=abc'))).toMatchObject({ type: 'challenge' });
  });
});

test('every SCRAM mechanism of the client has its server', () => {
  const names = MECHANISMS.map(({ name }) => name).filter((name) => name.startsWith('SCRAM-'));
  const unbound = Object.keys(SCRAM_HASHES);
  expect(names).toEqual([...unbound.map((name) => `${name}-PLUS`), ...unbound]);
});

function waitForAbort(...args: Parameters<typeof nodeScramCrypto.pbkdf2>): Promise<Uint8Array> {
  const signal = args[5];
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}
