import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nodeScramCrypto } from '../../src/sasl/crypto-node.ts';
import { type HashName, SaltedPasswords, type ScramCrypto } from '../../src/sasl/index.ts';
import { textsIn } from '../machines/witness.ts';

const BALCONY = new TextEncoder().encode('balcony');
const SALT = Uint8Array.of(1, 2, 3, 4);

describe('a salted password (RFC 5802 §5.1)', () => {
  it('is computed once for the logins of one account to one server', async () => {
    const { crypto, computed } = counting();
    const first = await crypto.pbkdf2('SHA-256', BALCONY, SALT, 4096, 32);
    const second = await crypto.pbkdf2('SHA-256', BALCONY, SALT, 4096, 32);
    expect(computed()).toBe(1);
    expect(second).toEqual(first);
    expect(second).toEqual(await nodeScramCrypto.pbkdf2('SHA-256', BALCONY, SALT, 4096, 32));
  });

  it('is remembered although each exchange erases its own', async () => {
    const { crypto } = counting();
    const first = await crypto.pbkdf2('SHA-1', BALCONY, SALT, 4096, 20);
    first.fill(0);
    expect(await crypto.pbkdf2('SHA-1', BALCONY, SALT, 4096, 20)).toEqual(
      await nodeScramCrypto.pbkdf2('SHA-1', BALCONY, SALT, 4096, 20),
    );
  });

  const sources: [string, HashName, Uint8Array, Uint8Array, number, number][] = [
    ['another password', 'SHA-256', new TextEncoder().encode('orchard'), SALT, 4096, 32],
    ['another salt', 'SHA-256', BALCONY, Uint8Array.of(1, 2, 3, 5), 4096, 32],
    ['more iterations', 'SHA-256', BALCONY, SALT, 4097, 32],
    ['another hash function', 'SHA-512', BALCONY, SALT, 4096, 64],
  ];
  it.each(sources)('is computed anew for %s', async (_title, ...source) => {
    const { crypto, computed } = counting();
    await crypto.pbkdf2('SHA-256', BALCONY, SALT, 4096, 32);
    expect(await crypto.pbkdf2(...source)).toEqual(await nodeScramCrypto.pbkdf2(...source));
    expect(computed()).toBe(2);
  });

  it('is computed by each object for itself: nothing is shared between clients', async () => {
    let computed = 0;
    const counted: ScramCrypto = {
      ...nodeScramCrypto,
      pbkdf2: (...source) => {
        computed += 1;
        return nodeScramCrypto.pbkdf2(...source);
      },
    };
    for (const passwords of [new SaltedPasswords(), new SaltedPasswords()]) {
      await passwords.remembering(counted).pbkdf2('SHA-256', BALCONY, SALT, 4096, 32);
    }
    expect(computed).toBe(2);
  });

  it('is not remembered where the computation was aborted', async () => {
    const { crypto, computed } = counting();
    const signal = AbortSignal.abort(new Error('left'));
    await expect(crypto.pbkdf2('SHA-256', BALCONY, SALT, 4096, 32, signal)).rejects.toThrow('left');
    await crypto.pbkdf2('SHA-256', BALCONY, SALT, 4096, 32);
    expect(computed()).toBe(2);
  });

  it('shows itself to nobody', async () => {
    const passwords = new SaltedPasswords();
    const salted = await passwords.remembering(nodeScramCrypto).pbkdf2('SHA-256', BALCONY, SALT, 4096, 32);
    const shown = [inspect(passwords, { depth: 9, showHidden: true }), JSON.stringify(passwords), textsIn(passwords)];
    for (const text of ['balcony', Buffer.from(salted).toString('base64'), Buffer.from(salted).toString('latin1')]) {
      expect(shown.join('\n')).not.toContain(text);
    }
  });
});

function counting() {
  let computed = 0;
  const crypto = new SaltedPasswords().remembering({
    ...nodeScramCrypto,
    pbkdf2: (...source) => {
      computed += 1;
      return nodeScramCrypto.pbkdf2(...source);
    },
  });
  return { crypto, computed: () => computed };
}
