import { describe, expect, it } from 'vitest';
import type { FastToken } from '../../src/sasl/index.ts';
import { createTestClock } from '../support/clock.ts';
import { ACCOUNT, type ExchangeOptions, refused, runExchange, succeeded, words } from './exchange-run.ts';

const STORED: FastToken = { mechanism: 'HT-SHA-256-NONE', token: 'the-first', userAgent: 'this-installation' };
const NEWER: FastToken = { ...STORED, token: 'the-second' };
const LOGIN: ExchangeOptions = { mechanism: 'HT-SHA-256-NONE', usesToken: true };

describe('a store that two clients of an account share', () => {
  it('gives no token to a login that knew of another mechanism', async () => {
    const tokens = new Map([[ACCOUNT, { ...STORED, mechanism: 'HT-SHA-256-EXPR' }]]);
    const { next } = runExchange({ ...LOGIN, options: { tokens } });
    expect(words(await next())).toEqual(['exchange.failed', 'sasl/missing-credentials']);
  });

  it('gives no token to a login that would show it for another user agent (XEP-0484 §3.4)', async () => {
    const tokens = new Map([[ACCOUNT, { ...STORED, userAgent: 'the-other-installation' }]]);
    const { next } = runExchange({ ...LOGIN, options: { tokens } });
    expect(words(await next())).toEqual(['exchange.failed', 'sasl/missing-credentials']);
  });

  it('keeps the token that the other one got while ours was refused', async () => {
    const tokens = new Map([[ACCOUNT, STORED]]);
    const { actor, next } = runExchange({ ...LOGIN, options: { tokens } });
    await next();
    tokens.set(ACCOUNT, NEWER);
    actor.send(refused('not-authorized'));
    await next();
    expect(tokens.get(ACCOUNT)).toBe(NEWER);
  });
});

describe('a token', () => {
  it.each(['malformed-challenge', 'tasks-required'] as const)(
    'is kept where %s says nothing about it',
    async (condition) => {
      const tokens = new Map([[ACCOUNT, STORED]]);
      const { actor, next } = runExchange({ ...LOGIN, options: { tokens } });
      await next();
      actor.send(refused(condition));
      await next();
      expect(tokens.get(ACCOUNT)).toBe(STORED);
    },
  );

  it('is dropped after a login with a password that gives no other: the server does not do this any more', async () => {
    const tokens = new Map([[ACCOUNT, STORED]]);
    const { actor, next } = runExchange({ mechanism: 'PLAIN', options: { tokens } });
    await next();
    actor.send(succeeded());
    expect(words(await next())).toEqual(['exchange.verified', undefined]);
    expect(tokens.size).toBe(0);
  });
});

describe('a store that is silent after a login', () => {
  it('costs nobody the login: that is reported while the server still waits', async () => {
    const clock = createTestClock();
    const pins = { get: () => new Promise<string>(() => {}), set: () => {}, delete: () => {} };
    const timeouts = { authenticate: 1000 };
    const { actor, next } = runExchange({ mechanism: 'PLAIN', options: { pins, clock, timeouts } });
    await next();
    actor.send(succeeded());
    clock.increment(500);
    expect(words(await next())).toEqual(['exchange.verified', 'transport/store-failed']);
    expect(clock.timers()).toEqual([]);
  });
});

it('a success is believed of nobody who was not asked', async () => {
  const { actor, next } = runExchange({
    mechanism: 'PLAIN',
    options: { credentials: () => new Promise(() => {}) },
  });
  actor.send(succeeded());
  expect(words(await next())).toEqual(['exchange.failed', 'sasl/out-of-order']);
});
