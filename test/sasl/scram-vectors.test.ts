import { describe, expect, test } from 'vitest';
import { webScramCrypto } from '../../src/sasl/browser.ts';
import type { ScramCrypto } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { createScramKeys, type ScramName } from '../../src/sasl/server.ts';
import { EXAMPLE, exchange, text, utf8 } from './scram-peer.ts';

interface Vector {
  readonly source: string;
  readonly mechanism: ScramName;
  readonly clientFirst: string;
  readonly serverFirst: string;
  readonly clientFinal: string;
  readonly serverFinal: string;
  readonly salt: string;
  readonly storedKey: string;
  readonly serverKey: string;
}

const VECTORS: readonly Vector[] = [
  {
    source: 'RFC 5802 §5',
    mechanism: 'SCRAM-SHA-1',
    clientFirst: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    clientFinal: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    salt: 'QSXCR+Q6sek8bf92',
    storedKey: '6dlGYMOdZcOPutkcNY8U2g7vK9Y=',
    serverKey: 'D+CSWLOshSulAsxiupA+qs2/fTE=',
  },
  {
    source: 'RFC 7677 §3',
    mechanism: 'SCRAM-SHA-256',
    ...EXAMPLE,
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    storedKey: 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=',
    serverKey: 'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  },
  {
    // No specification prints one: the inputs of RFC 7677 §3, computed with hashlib.pbkdf2_hmac('sha512', …) and hmac of
    // Python; the same script gives the numbers of both RFCs.
    source: 'Python hashlib',
    mechanism: 'SCRAM-SHA-512',
    clientFirst: EXAMPLE.clientFirst,
    serverFirst: EXAMPLE.serverFirst,
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==',
    serverFinal: 'v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    storedKey: '6AAub3065EYRmyFpM2RNwqK+eGnrkYuEWbXn19LsEmBqzu8QaCXNc1FwpnX9NhH2hK/60dzj9DoO5DvVkOHbvg==',
    serverKey: 'jZHbYjC1aHh0/hKbxyBuGFjDrgjgKTT1esA7awWiKcRZ0o/0b1yWEebBeSVkkCFewf91nLDfKF24mvD5nmE6rA==',
  },
];

const PLATFORMS: readonly (readonly [string, ScramCrypto])[] = [
  ['node:crypto', nodeScramCrypto],
  ['WebCrypto', webScramCrypto],
];

describe.each(PLATFORMS)('on %s', (_, platform) => {
  test.each(VECTORS)('$mechanism says what $source says', async (vector) => {
    const nonce = Buffer.from(vector.clientFirst.slice('n,,n=user,r='.length), 'base64');
    const crypto = { ...platform, randomBytes: () => new Uint8Array(nonce) };
    const client = exchange(vector.mechanism, { username: 'user', password: 'pencil' }, { crypto });
    expect(text(await client.start())).toBe(vector.clientFirst);
    expect(text(await client.answer(utf8(vector.serverFirst)))).toBe(vector.clientFinal);
    expect(() => client.finish(utf8(vector.serverFinal))).not.toThrow();
  });

  test.each(VECTORS)('the keys stored for $mechanism are those of $source', async (vector) => {
    const salt = new Uint8Array(Buffer.from(vector.salt, 'base64'));
    const keys = await createScramKeys(vector.mechanism, 'pencil', { crypto: platform, salt });
    expect(keys).toEqual({
      salt,
      iterations: 4096,
      storedKey: new Uint8Array(Buffer.from(vector.storedKey, 'base64')),
      serverKey: new Uint8Array(Buffer.from(vector.serverKey, 'base64')),
    });
  });

  test('an aborted derivation rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const work = platform.pbkdf2('SHA-256', utf8('pencil'), utf8('salt'), 200_000, 32, controller.signal);
    controller.abort(new Error('stopped'));
    await expect(work).rejects.toThrow('stopped');
  });
});
