import { describe, expect, test } from 'vitest';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import { createPlainServer } from '../../src/sasl/server.ts';
import { conditionOf, exchange, text, utf8 } from './scram-peer.ts';

const credentials = { username: 'tim', password: 'tanstaaftanstaaf' };

describe('PLAIN', () => {
  test.each([
    ['RFC 4616 §4, first example', credentials, '\0tim\0tanstaaftanstaaf'],
    [
      'RFC 4616 §4, second example',
      { authzid: 'Ursel', username: 'Kurt', password: 'xipj3plmq' },
      'Ursel\0Kurt\0xipj3plmq',
    ],
  ])('sends the message of %s', async (_, given, message) => {
    expect(text(await exchange('PLAIN', given, { crypto }).start())).toBe(message);
  });

  test('logs in, with empty data or none', async () => {
    const verify = (username: string, password: string) => username === 'tim' && password === 'tanstaaftanstaaf';
    for (const additional of [undefined, new Uint8Array(0)]) {
      const client = exchange('PLAIN', credentials, { crypto });
      const reply = await createPlainServer({ verify }).answer(await client.start());
      expect(reply).toEqual({ type: 'success', username: 'tim', authzid: undefined, data: undefined });
      client.finish(additional);
      expect(await conditionOf(() => client.finish(additional))).toBe('out-of-order');
    }
  });

  test('has no challenges and no data after success', async () => {
    const challenged = exchange('PLAIN', credentials, { crypto });
    await challenged.start();
    expect(await conditionOf(() => challenged.answer(new Uint8Array(0)))).toBe('out-of-order');
    expect(await conditionOf(() => challenged.finish(undefined))).toBe('out-of-order');
    const gifted = exchange('PLAIN', credentials, { crypto });
    await gifted.start();
    expect(await conditionOf(() => gifted.finish(utf8('more')))).toBe('malformed-challenge');
    expect(await conditionOf(() => exchange('PLAIN', credentials, { crypto }).finish(undefined))).toBe('out-of-order');
  });

  test.each(['', 'tim', 'tim\0pw', '\0\0pw', '\0tim\0', '\0tim\0p\0w'])('a server refuses %j', async (message) => {
    const server = createPlainServer({ verify: () => true });
    expect(await server.answer(utf8(message))).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });

  test('a server refuses a wrong password, asks for a missing message, and is over after its answer', async () => {
    const server = createPlainServer({ verify: async () => false });
    expect(await server.answer(undefined)).toEqual({ type: 'challenge', data: new Uint8Array(0) });
    expect(await server.answer(utf8('\0tim\0pw'))).toMatchObject({ type: 'failure', condition: 'not-authorized' });
    expect(await server.answer(utf8('\0tim\0pw'))).toMatchObject({ type: 'failure', condition: 'malformed-request' });
  });
});
