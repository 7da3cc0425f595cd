import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientInput } from '../../src/client/client-input.ts';
import { createClient } from '../../src/node.ts';
import { type Server, startServer } from '../../src/testing/server.ts';

/** Nothing else contains these words, in any of the forms in which SASL sends them. */
const PASSWORD = 'correct-horse-battery-staple';
const WRONG = 'wrong-mule-battery-staple';

let server: Server;

beforeEach(async () => {
  server = await startServer({ domain: 'example.org', accounts: { juliet: PASSWORD } });
});

afterEach(() => server.stop());

describe('a password', () => {
  it('is not in the input of the chart', () => {
    const input = clientInput({ jid: 'juliet@example.org', password: PASSWORD });
    expect([inspect(input, { depth: 9 }), JSON.stringify(input)].join()).not.toMatch(secrets(PASSWORD));
    expect(textsIn(input)).not.toMatch(secrets(PASSWORD));
  });

  it.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])(
    'is seen nowhere when it logs in with %s',
    async (mechanism) => {
      const { texts, look } = witness();
      const client = createClient({
        jid: 'juliet@example.org',
        password: PASSWORD,
        mechanisms: [mechanism],
        memory: server.connect,
        onTraffic: look,
        inspect: look,
      });
      client.start();
      await client.online();
      look(client.actor.getSnapshot());
      texts.push(JSON.stringify(client.actor.getPersistedSnapshot()));
      await client.stop();
      expect(texts.length).toBeGreaterThan(50);
      expect(texts.join('\n')).toContain('sasl.authenticate');
      expect(texts.filter((text) => secrets(PASSWORD).test(text))).toEqual([]);
    },
  );

  it('is in no error when it is refused', async () => {
    const { texts, look } = witness();
    const client = createClient({ jid: 'juliet@example.org', password: WRONG, memory: server.connect, inspect: look });
    client.start();
    const error: unknown = await client.online().catch((reason: unknown) => reason);
    look(error);
    look(client.actor.getSnapshot());
    await client.stop();
    expect(Reflect.get(Object(error), 'code')).toBe('sasl/not-authorized');
    expect(texts.filter((text) => secrets(WRONG).test(text))).toEqual([]);
  });

  it('would be found if it were there', () => {
    const leaks = [
      { deep: new Map([['key', [`n,,n=juliet,p=${PASSWORD}`]]]) },
      { base64: Buffer.from(`\0juliet\0${PASSWORD}`).toString('base64') },
      { bytes: new TextEncoder().encode(`\0juliet\0${PASSWORD}`) },
      new Error('x', { cause: new Error(PASSWORD) }),
      { [Symbol('hidden')]: PASSWORD },
    ];
    for (const leak of leaks) expect(textsIn(leak)).toMatch(secrets(PASSWORD));
  });
});

/** Looks at everything that can be reached from what it is shown: each object once. */
function witness() {
  const seen = new WeakSet<object>();
  const texts: string[] = [];
  const look = (value: unknown): void => {
    const event: unknown = Reflect.get(Object(value), 'event');
    texts.push(textsIn(value, seen), inspect(event, { depth: 5 }), JSON.stringify(event) ?? '');
  };
  return { texts, look };
}

/** All texts and bytes in a value: what an inspector, a log or a debugger could show. */
function textsIn(value: unknown, seen = new WeakSet<object>()): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return '';
  seen.add(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  const inner: unknown[] = value instanceof Map ? [...value.entries()] : value instanceof Set ? [...value] : [];
  for (const key of Reflect.ownKeys(value))
    inner.push(String(key), Reflect.getOwnPropertyDescriptor(value, key)?.value);
  return inner.map((part) => textsIn(part, seen)).join('\n');
}

/** In clear, and in base64 at each of its three offsets. */
function secrets(password: string): RegExp {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from('\0'.repeat(offset) + password).toString('base64');
    return text.slice(offset === 0 ? 0 : 4, 20).replaceAll('+', '\\+');
  });
  return new RegExp([password, ...base64].join('|'));
}
