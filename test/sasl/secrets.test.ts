import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { buildAuth, maskSasl, SaslError, Sealed } from '../../src/sasl/index.ts';
import {
  bindingData,
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

const PASSWORD = 'correct-horse-battery';

describe('no secret is seen', () => {
  test('in an exchange, at any of its steps', async () => {
    for (const { name } of UNBOUND_PASSWORD_MECHANISMS) {
      const crypto = cryptoWithNonce(EXAMPLE.nonce);
      const client = exchange(name, { username: 'user', password: PASSWORD }, { crypto });
      expectHidden(client);
      await client.start();
      expectHidden(client);
      if (name !== 'PLAIN') {
        const [, proof = ''] = text(await client.answer(utf8(EXAMPLE.serverFirst))).split('p=');
        expectHidden(client, proof);
      }
    }
  });

  test('in an exchange, after its end', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expectHidden(client, 'pencil', EXAMPLE.serverFinal.slice(2));
    client.finish(utf8(EXAMPLE.serverFinal));
    expectHidden(client, 'pencil');
  });

  test('in errors about credentials', async () => {
    const crypto = cryptoWithNonce(EXAMPLE.nonce);
    for (const { name } of UNBOUND_PASSWORD_MECHANISMS) {
      for (const password of [`${PASSWORD}\0`, `${PASSWORD}\ud800`]) {
        expectHidden(await errorOf(() => exchange(name, { username: 'user', password }, { crypto }).start()));
      }
      expectHidden(await errorOf(() => exchange(name, { username: '', password: PASSWORD }, { crypto }).start()));
    }
  });

  test('in exchanges with tokens, nor in their errors', async () => {
    const crypto = cryptoWithNonce(EXAMPLE.nonce);
    const credentials = { username: 'user', token: PASSWORD, hashedToken: PASSWORD };
    const channelBinding = { type: 'tls-exporter', data: bindingData() } as const;
    for (const name of ['OAUTHBEARER', 'HT-SHA-256-NONE', 'HT-SHA-256-EXPR']) {
      const client = exchange(name, credentials, { crypto, channelBinding });
      expectHidden(client);
      await client.start();
      expectHidden(client);
      expectHidden(await errorOf(() => client.finish(utf8('no proof'))));
      const broken = { ...credentials, username: '\0', token: `${PASSWORD}\n` };
      expectHidden(await errorOf(() => exchange(name, broken, { crypto, channelBinding }).start()));
    }
    const refused = exchange('OAUTHBEARER', credentials, { crypto });
    await refused.start();
    await refused.answer(utf8('{"status":"invalid_token"}'));
    expectHidden(refused);
    expectHidden(await errorOf(() => refused.finish(undefined)));
  });

  test('in errors about a lying server', async () => {
    for (const lie of ['', 'r=x', `${EXAMPLE.serverFirst},m=1`, EXAMPLE.serverFirst.replace('4096', '1')]) {
      const client = await startedExample();
      expectHidden(await errorOf(() => client.answer(utf8(lie))), 'pencil', EXAMPLE.nonce);
    }
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    const error = await errorOf(() => client.finish(utf8('v=AAAA')));
    expect(error).toBeInstanceOf(SaslError);
    expectHidden(error, 'pencil', EXAMPLE.serverFinal.slice(2));
  });

  test('in a sealed value, whatever holds it', () => {
    const sealed = new Sealed(utf8(PASSWORD));
    expectHidden({
      type: 'sasl.response',
      payload: sealed,
      list: [sealed],
      map: new Map([['a', new Sealed(PASSWORD)]]),
    });
    expect(`${sealed}`).toBe('[sealed]');
    expect(JSON.stringify({ sealed })).toBe('{"sealed":"[sealed]"}');
    expect(inspect({ sealed }, { depth: 9, showHidden: true })).toBe('{ sealed: [sealed] }');
    expect(inspect(sealed, { customInspect: false, showHidden: true })).toBe('Sealed {}');
    expect(sealed.reveal()).toEqual(utf8(PASSWORD));
  });

  test('in a masked element', () => {
    expectHidden(maskSasl(buildAuth('PLAIN', new Sealed(utf8(`\0user\0${PASSWORD}`)))));
  });
});

test('the bytes of the password are erased once the proof is made', async () => {
  const crypto = cryptoWithNonce(EXAMPLE.nonce);
  const seen: Uint8Array[] = [];
  const pbkdf2: typeof crypto.pbkdf2 = (name, password, ...rest) => {
    seen.push(password);
    return crypto.pbkdf2(name, password, ...rest);
  };
  const client = await startedExample({ crypto: { ...crypto, pbkdf2 } });
  await client.answer(utf8(EXAMPLE.serverFirst));
  expect(seen).toEqual([new Uint8Array('pencil'.length)]);
  const failing = await startedExample({ crypto: { ...crypto, pbkdf2 } });
  expect(await conditionOf(() => failing.answer(utf8('r=x')))).toBe('malformed-challenge');
});

/** Neither as text, nor as base64, nor as the numbers of its bytes. */
function expectHidden(shown: unknown, ...secrets: readonly string[]): void {
  const views = [
    JSON.stringify(shown) ?? '',
    inspect(shown, { depth: 9, showHidden: true }),
    inspect(shown, { depth: 9, showHidden: true, customInspect: false, showProxy: true }),
    shown instanceof Error ? `${shown.stack}${JSON.stringify({ ...shown })}` : String(shown),
  ];
  for (const secret of [PASSWORD, ...secrets]) {
    const bytes = Buffer.from(secret);
    const spellings = [
      secret,
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('hex'),
      [...bytes].join(','),
    ];
    for (const view of views) {
      const compact = view.replaceAll(/[\s]/g, '');
      for (const spelling of spellings) expect(compact).not.toContain(spelling);
    }
  }
}
