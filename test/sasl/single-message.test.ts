import { describe, expect, test } from 'vitest';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import { conditionOf, exchange, text, utf8 } from './scram-peer.ts';

describe('EXTERNAL', () => {
  test.each([
    ['RFC 4422 appendix A: nothing', {}, ''],
    ['an authorization identity', { authzid: 'fred@example.com' }, 'fred@example.com'],
    ['no username or password', { username: 'fred', password: 'pencil' }, ''],
  ])('sends %s', async (_, credentials, message) => {
    expect(text(await exchange('EXTERNAL', credentials, { crypto }).start())).toBe(message);
  });

  test('refuses NUL', async () => {
    const client = exchange('EXTERNAL', { authzid: 'fred\0' }, { crypto });
    expect(await conditionOf(() => client.start())).toBe('invalid-credentials');
  });
});

describe('ANONYMOUS', () => {
  test.each([
    ['nothing', {}, ''],
    ['nothing of the account', { username: 'fred', password: 'pencil', authzid: 'fred@example.com' }, ''],
    ['the trace of RFC 4505 §3', { trace: 'sirhc' }, 'sirhc'],
    ['255 characters, not bytes', { trace: '\u{1f600}'.repeat(255) }, '\u{1f600}'.repeat(255)],
  ])('sends %s', async (_, credentials, message) => {
    expect(text(await exchange('ANONYMOUS', credentials, { crypto }).start())).toBe(message);
  });

  test.each(['a\0b', 'a\n', '\ud800', 'x'.repeat(256)])('does not send the trace %j', async (trace) => {
    expect(await conditionOf(() => exchange('ANONYMOUS', { trace }, { crypto }).start())).toBe('invalid-credentials');
  });
});

describe.each(['EXTERNAL', 'ANONYMOUS'])('%s', (name) => {
  const start = async () => {
    const client = exchange(name, {}, { crypto });
    await client.start();
    return client;
  };

  test('is done when the server reports success', async () => {
    const client = await start();
    client.finish(undefined);
    expect(await conditionOf(() => client.finish(undefined))).toBe('out-of-order');
    (await start()).finish(new Uint8Array(0));
  });

  test('has no challenges, no data after success and no second start', async () => {
    const challenged = await start();
    expect(await conditionOf(() => challenged.answer(new Uint8Array(0)))).toBe('out-of-order');
    expect(await conditionOf(() => challenged.finish(undefined))).toBe('out-of-order');
    const gifted = await start();
    expect(await conditionOf(() => gifted.finish(utf8('more')))).toBe('malformed-challenge');
    const again = await start();
    expect(await conditionOf(() => again.start())).toBe('out-of-order');
    expect(await conditionOf(() => again.finish(undefined))).toBe('out-of-order');
    expect(await conditionOf(() => exchange(name, {}, { crypto }).finish(undefined))).toBe('out-of-order');
  });

  test('is over if a message comes before its own', async () => {
    const client = exchange(name, {}, { crypto });
    const started = conditionOf(() => client.start());
    expect(await conditionOf(() => client.finish(undefined))).toBe('out-of-order');
    expect(await started).toBe('out-of-order');
  });

  test('can be aborted', async () => {
    const client = exchange(name, {}, { crypto, signal: AbortSignal.abort() });
    expect(await conditionOf(() => client.start())).toBe('aborted');
  });
});
