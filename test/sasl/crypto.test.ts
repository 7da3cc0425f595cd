import { afterEach, describe, expect, test, vi } from 'vitest';
import { untilAborted } from '../../src/sasl/crypto.ts';
import { webScramCrypto } from '../../src/sasl/crypto-web.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { errorOf, utf8 } from './scram-peer.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('work that the platform cannot interrupt', () => {
  test('is waited for, without a signal and with one', async () => {
    const discarded: string[] = [];
    const discard = (late: string) => void discarded.push(late);
    expect(await untilAborted(Promise.resolve('key'), undefined, discard)).toBe('key');
    expect(await untilAborted(Promise.resolve('key'), new AbortController().signal, discard)).toBe('key');
    await expect(untilAborted(Promise.reject(new Error('x')), new AbortController().signal, discard)).rejects.toThrow(
      'x',
    );
    expect(discarded).toEqual([]);
  });

  test('is not waited for any more after an abort, before it or meanwhile, and its late result is discarded', async () => {
    const reason = new Error('stopped');
    for (const isEarly of [true, false]) {
      const discarded: string[] = [];
      const controller = new AbortController();
      let finish = (_late: string) => {};
      const work = new Promise<string>((resolve) => {
        finish = resolve;
      });
      if (isEarly) controller.abort(reason);
      const waiting = untilAborted(work, controller.signal, (late) => void discarded.push(late));
      if (!isEarly) controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      finish('key');
      await work;
      expect(discarded).toEqual(['key']);
    }
  });
});

describe('the cryptography of browsers', () => {
  test.each(['SHA-1', 'SHA-256', 'SHA-512'] as const)('computes with %s what that of Node does', async (name) => {
    const [key, data] = [utf8('key'), utf8('data')];
    expect(await webScramCrypto.hash(name, data)).toEqual(new Uint8Array(await nodeScramCrypto.hash(name, data)));
    expect(await webScramCrypto.hmac(name, key, data)).toEqual(
      new Uint8Array(await nodeScramCrypto.hmac(name, key, data)),
    );
    expect(await webScramCrypto.pbkdf2(name, key, data, 3, 20)).toEqual(
      new Uint8Array(await nodeScramCrypto.pbkdf2(name, key, data, 3, 20)),
    );
    expect(webScramCrypto.randomBytes(5).length).toBe(5);
  });

  test('is missing in a page that is not secure', async () => {
    vi.stubGlobal('crypto', {});
    const { condition, message } = await errorOf(() => webScramCrypto.hash('SHA-1', utf8('data')));
    expect({ condition, message }).toEqual({
      condition: 'crypto-unavailable',
      message: 'The browser offers no cryptography to this page',
    });
  });
});
