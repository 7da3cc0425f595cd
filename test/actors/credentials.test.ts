import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AccountStore } from '../../machines/index.ts';
import type { FastToken } from '../../src/sasl/index.ts';
import { ACCOUNT, type ExchangeOptions, refused, runExchange, succeeded, words } from './exchange-run.ts';

const GIVEN = { token: 'the-secret-token', expiry: '2030-01-01T00:00:00Z' };
const INLINE = { bind: ['urn:xmpp:carbons:2'], sm: true };

describe('after a login the stores keep', () => {
  it('the mechanism, and the token with all that it takes to use it in the first flight', async () => {
    const { pins, tokens } = await logIn({ mechanism: 'PLAIN', requestedToken: 'HT-SHA-256-EXPR', inline: INLINE });
    expect(pins.get(ACCOUNT)).toBe('PLAIN');
    expect(tokens.get(ACCOUNT)).toEqual({
      mechanism: 'HT-SHA-256-EXPR',
      token: 'the-secret-token',
      expiry: '2030-01-01T00:00:00Z',
      userAgent: 'this-installation',
      inline: INLINE,
    });
    expect(JSON.parse(JSON.stringify(tokens.get(ACCOUNT)))).toEqual(tokens.get(ACCOUNT));
  });

  it('first the mechanism, then the token: who has a token has a pin', async () => {
    const order: string[] = [];
    const pins = watched<string>('pins', order);
    const tokens = watched<FastToken>('tokens', order);
    const exchange = runExchange({ mechanism: 'PLAIN', requestedToken: 'HT-SHA-256-NONE', options: { pins, tokens } });
    await exchange.next();
    exchange.actor.send(succeeded(GIVEN));
    expect(words(await exchange.next())).toEqual(['exchange.verified', undefined]);
    expect(order).toEqual([`pins.get ${ACCOUNT}`, `pins.set ${ACCOUNT}`, `tokens.set ${ACCOUNT}`]);
  });

  it.each<[string, string | undefined, string]>([
    ['nothing that says less than before', 'SCRAM-SHA-256', 'SCRAM-SHA-256'],
    ['nothing that nobody understands any more', 'OTP', 'OTP'],
    ['the mechanism where nothing was known', undefined, 'PLAIN'],
  ])('%s', async (_title, before, after) => {
    const { pins } = await logIn({ mechanism: 'PLAIN' }, new Map(before === undefined ? [] : [[ACCOUNT, before]]));
    expect(pins.get(ACCOUNT)).toBe(after);
  });

  it('no token that nobody asked for: nobody knows for what it is good', async () => {
    const { tokens } = await logIn({ mechanism: 'PLAIN', requestedToken: undefined });
    expect(tokens.size).toBe(0);
  });

  it('no token where the application wants none', async () => {
    const exchange = runExchange({ mechanism: 'PLAIN', requestedToken: 'HT-SHA-256-NONE', options: { tokens: false } });
    await exchange.next();
    exchange.actor.send(succeeded(GIVEN));
    expect(words(await exchange.next())).toEqual(['exchange.verified', undefined]);
  });

  it('nothing where the server did not prove itself, or refused', async () => {
    const pins = new Map<string, string>();
    const tokens = new Map<string, FastToken>();
    const options = { mechanism: 'SCRAM-SHA-1', requestedToken: 'HT-SHA-256-NONE', options: { pins, tokens } };
    const lying = runExchange(options);
    await lying.next();
    lying.actor.send(succeeded(GIVEN));
    expect(words(await lying.next())).toEqual(['exchange.failed', 'sasl/server-not-authenticated']);
    const refusing = runExchange(options);
    await refusing.next();
    refusing.actor.send(refused('not-authorized'));
    await refusing.next();
    expect([pins.size, tokens.size]).toEqual([0, 0]);
  });
});

describe('a store that fails after a login', () => {
  it.each<[string, ExchangeOptions['options']]>([
    ['throws', { pins: failing(() => raise('the-secret-token')) }],
    ['rejects', { tokens: failing(() => Promise.reject(new Error('the-secret-token'))) }],
    ['throws what is no error', { tokens: failing(() => raise('the-secret-token', true)) }],
  ])('since it %s is reported, and costs nobody the login', async (_title, options) => {
    const exchange = runExchange({ mechanism: 'PLAIN', requestedToken: 'HT-SHA-256-NONE', options: { ...options } });
    await exchange.next();
    exchange.actor.send(succeeded(GIVEN));
    const event = await exchange.next();
    expect(words(event)).toEqual(['exchange.verified', 'transport/store-failed']);
    const unsaved = event.type === 'exchange.verified' ? event.unsaved : undefined;
    expect(unsaved?.message).toMatch(/^The store of the application could not be written: (?:Error|string)$/);
    expect(inspect(unsaved, { depth: 9, showHidden: true })).not.toContain('the-secret-token');
  });
});

/** Logs in with PLAIN; the server gives a token. */
async function logIn(options: ExchangeOptions, pins = new Map<string, string>()) {
  const tokens = new Map<string, FastToken>();
  const exchange = runExchange({ ...options, options: { pins, tokens } });
  await exchange.next();
  exchange.actor.send(succeeded(GIVEN));
  expect(words(await exchange.next())).toEqual(['exchange.verified', undefined]);
  return { pins, tokens };
}

function watched<T>(name: string, order: string[]): AccountStore<T> {
  return {
    get: async (account) => void order.push(`${name}.get ${account}`),
    set: async (account) => order.push(`${name}.set ${account}`),
    delete: async (account) => order.push(`${name}.delete ${account}`),
  };
}

function failing<T>(set: () => unknown): AccountStore<T> {
  return { get: () => undefined, set, delete: () => {} };
}

function raise(text: string, bare = false): never {
  if (bare) throw text;
  throw new Error(text);
}
