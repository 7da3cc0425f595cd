import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InspectionEvent } from 'xstate';
import type { TrafficEntry } from '../../machines/index.ts';
import { clientInput } from '../../src/client/options.ts';
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
    expect(shown(input)).not.toMatch(secrets(PASSWORD));
  });

  it.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])(
    'is seen nowhere when it logs in with %s',
    async (mechanism) => {
      const seen: InspectionEvent[] = [];
      const texts: string[] = [];
      const traffic: TrafficEntry[] = [];
      const client = createClient({
        jid: 'juliet@example.org',
        password: PASSWORD,
        mechanisms: [mechanism],
        memory: server.connect,
        onTraffic: (entry) => traffic.push(entry),
        inspect(event) {
          seen.push(event);
          texts.push(textOf(event));
        },
      });
      client.start();
      await client.online();
      const { actor } = client;
      texts.push(shown(actor.getSnapshot()), JSON.stringify(actor.getPersistedSnapshot()), shown(traffic));
      await client.stop();
      expect(seen.length).toBeGreaterThan(50);
      expect(texts.join('\n')).toContain('sasl.authenticate');
      expect(texts.filter((text) => secrets(PASSWORD).test(text))).toEqual([]);
    },
  );

  it('is in no error when it is refused', async () => {
    const texts: string[] = [];
    const client = createClient({
      jid: 'juliet@example.org',
      password: WRONG,
      memory: server.connect,
      inspect: (event) => texts.push(textOf(event)),
    });
    client.start();
    const error: unknown = await client.online().catch((reason: unknown) => reason);
    texts.push(shown(error), shown(client.actor.getSnapshot()));
    await client.stop();
    expect(Reflect.get(Object(error), 'code')).toBe('sasl/not-authorized');
    expect(texts.filter((text) => secrets(WRONG).test(text))).toEqual([]);
  });

  it('would be found if it were there', () => {
    const leak = { deep: [{ payload: `n,,n=juliet,p=${PASSWORD}` }] };
    expect(shown(leak)).toMatch(secrets(PASSWORD));
    expect(shown({ base64: Buffer.from(`\0juliet\0${PASSWORD}`).toString('base64') })).toMatch(secrets(PASSWORD));
    expect(shown({ bytes: new TextEncoder().encode(PASSWORD) })).toMatch(secrets(PASSWORD));
  });
});

/** What an inspector, a log or a debugger would show. */
function textOf(event: InspectionEvent): string {
  return [
    shown(Reflect.get(event, 'event')),
    shown(Reflect.get(event, 'snapshot')),
    shown(Reflect.get(event, 'action')),
  ].join('\n');
}

function shown(value: unknown): string {
  const byInspect = inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null, showHidden: true });
  return `${byInspect}\n${JSON.stringify(value, withoutCircles()) ?? ''}`;
}

function withoutCircles() {
  const seen = new WeakSet<object>();
  return (_key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return '[seen]';
    seen.add(value);
    return value;
  };
}

/** In clear, as bytes in decimal, and in base64 at each of its three offsets. */
function secrets(password: string): RegExp {
  const bytes = [...Buffer.from(password)].slice(0, 12);
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from('x'.repeat(offset) + password)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, 16),
  );
  return new RegExp([password, bytes.join(',\\s*'), ...base64.map((text) => text.replace(/[+]/g, '\\+'))].join('|'));
}
