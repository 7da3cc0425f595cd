import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AccountStore } from '../../machines/index.ts';
import type { FastToken, SaslCondition, SecureChannel } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { createHashedTokenServer } from '../../src/sasl/server.ts';
import { bindingData } from '../sasl/scram-peer.ts';
import { ACCOUNT, converse, type ExchangeOptions, outcomeWith, refused, runExchange, words } from './exchange-run.ts';

const STORED: FastToken = {
  mechanism: 'HT-SHA-256-EXPR',
  token: 'the-secret-token',
  expiry: '2030-01-01T00:00:00Z',
  userAgent: 'of-the-token',
  inline: { bind: ['urn:xmpp:carbons:2'], sm: true },
};
const CHANNEL: SecureChannel = {
  tlsVersion: 'TLSv1.3',
  bindings: ['tls-exporter'],
  bindingData: async () => bindingData(),
};

describe('a login with the stored token (XEP-0484 §3.4)', () => {
  it('sends what only its owner can make of it, bound to the connection, and asks nobody for a password', async () => {
    const tokens = new Map([[ACCOUNT, STORED]]);
    const exchange = runExchange(withToken({ tokens }));
    expect(words(await converse(exchange, server('the-secret-token')))).toEqual(['exchange.verified', undefined]);
    const [first] = exchange.heard;
    const message = first && String(words(first)[1]);
    expect(message?.startsWith('juliet\0')).toBe(true);
    expect(message).not.toContain('the-secret-token');
    expect(tokens.get(ACCOUNT)).toBe(STORED);
  });

  it('says nothing of the server as it was at the last login with a password: the pin stays', async () => {
    const pins = new Map([[ACCOUNT, 'SCRAM-SHA-1']]);
    await converse(runExchange(withToken({ tokens: new Map([[ACCOUNT, STORED]]), pins })), server('the-secret-token'));
    expect(pins.get(ACCOUNT)).toBe('SCRAM-SHA-1');
  });

  it('does not believe a server that cannot prove that it knows the token', async () => {
    const exchange = runExchange(withToken({ tokens: new Map([[ACCOUNT, STORED]]) }));
    await exchange.next();
    exchange.actor.send({ type: 'sasl.succeeded', payload: undefined, outcome: undefined });
    expect(words(await exchange.next())).toEqual(['exchange.failed', 'sasl/server-not-authenticated']);
  });

  it('keeps the token that the server gives instead, for the same mechanism and user agent (XEP-0484 §3.5)', async () => {
    const tokens = new Map([[ACCOUNT, STORED]]);
    const exchange = runExchange(withToken({ tokens }));
    const rotated = outcomeWith({ token: 'the-next-token', expiry: '2031-01-01T00:00:00Z' });
    expect(words(await converse(exchange, server('the-secret-token'), rotated))).toEqual([
      'exchange.verified',
      undefined,
    ]);
    expect(tokens.get(ACCOUNT)).toEqual({
      mechanism: 'HT-SHA-256-EXPR',
      token: 'the-next-token',
      expiry: '2031-01-01T00:00:00Z',
      userAgent: 'of-the-token',
      inline: STORED.inline,
    });
  });
});

describe('a token that is refused', () => {
  it.each<SaslCondition>(['not-authorized', 'credentials-expired', 'malformed-request', 'invalid-mechanism'])(
    'with %s is forgotten',
    async (condition) => {
      const tokens = new Map([[ACCOUNT, STORED]]);
      const { actor, next } = runExchange(withToken({ tokens }));
      await next();
      actor.send(refused(condition));
      expect(words(await next())).toEqual(['exchange.refused', `sasl/${condition}`]);
      expect(tokens.size).toBe(0);
    },
  );

  it('with temporary-auth-failure is kept: nothing is wrong with it', async () => {
    const tokens = new Map([[ACCOUNT, STORED]]);
    const { actor, next } = runExchange(withToken({ tokens }));
    await next();
    actor.send(refused('temporary-auth-failure'));
    expect(words(await next())).toEqual(['exchange.refused', 'sasl/temporary-auth-failure']);
    expect(tokens.get(ACCOUNT)).toBe(STORED);
  });

  it('is refused all the same where the store does not forget it', async () => {
    const tokens = store({ delete: () => Promise.reject(new Error('the-secret-token')) });
    const { actor, next } = runExchange(withToken({ tokens }));
    await next();
    actor.send(refused('not-authorized'));
    expect(words(await next())).toEqual(['exchange.refused', 'sasl/not-authorized']);
  });

  it('leaves the token of a login with a password alone', async () => {
    const tokens = new Map([[ACCOUNT, STORED]]);
    const { actor, next } = runExchange({ mechanism: 'PLAIN', options: { tokens } });
    await next();
    actor.send(refused('not-authorized'));
    await next();
    expect(tokens.get(ACCOUNT)).toBe(STORED);
  });
});

describe('a token that cannot be had', () => {
  it.each<[string, AccountStore<FastToken> | false]>([
    ['since the store has none any more', store({ get: () => undefined })],
    ['since what it has is damaged', store({ get: () => JSON.parse('{"mechanism":"HT-SHA-256-EXPR","token":7}') })],
    ['since the store fails', store({ get: () => Promise.reject(new Error('the-secret-token')) })],
    ['since there is no store', false],
  ])('%s ends the exchange before anything is sent, without its words', async (_title, tokens) => {
    const { next, heard } = runExchange(withToken({ tokens }));
    const event = await next();
    expect(words(event)).toEqual(['exchange.failed', 'sasl/missing-credentials']);
    expect(inspect(heard, { depth: 9, showHidden: true })).not.toContain('the-secret-token');
  });
});

/** The account has a token, and logs in with it. */
function withToken(options: ExchangeOptions['options']): ExchangeOptions {
  return {
    mechanism: STORED.mechanism,
    usesToken: true,
    userAgent: STORED.userAgent,
    inline: STORED.inline,
    channel: CHANNEL,
    channelBinding: 'tls-exporter',
    canBind: true,
    options: {
      ...options,
      credentials: () => {
        throw new Error('nobody may ask for a password');
      },
    },
  };
}

function server(...known: readonly string[]) {
  return createHashedTokenServer({
    mechanism: 'HT-SHA-256-EXPR',
    crypto: nodeScramCrypto,
    channelBindings: new Map([['tls-exporter', bindingData()]]),
    tokensOf: (username) => (username === 'juliet' ? known : []),
  });
}

function store(own: Partial<AccountStore<FastToken>>): AccountStore<FastToken> {
  return { get: () => STORED, set: () => {}, delete: () => {}, ...own };
}
