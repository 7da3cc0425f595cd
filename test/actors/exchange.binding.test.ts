import { describe, expect, it } from 'vitest';
import { type ChannelBindingType, type Offer, SaslError, Sealed, type SecureChannel } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import {
  createExternalServer,
  createOAuthBearerServer,
  createScramKeys,
  createScramServer,
  type ScramName,
  type ScramPlusName,
} from '../../src/sasl/server.ts';
import { bindingData } from '../sasl/scram-peer.ts';
import { converse, type ExchangeOptions, refused, runExchange, utf8, words } from './exchange-run.ts';

const crypto = nodeScramCrypto;
const EXPORTER: ReadonlyMap<string, Uint8Array> = new Map([['tls-exporter', bindingData()]]);

describe('a login that is bound to its TLS connection (RFC 5802 §6)', () => {
  const bound: ExchangeOptions = {
    mechanism: 'SCRAM-SHA-256-PLUS',
    channel: channel(async () => bindingData()),
    channelBinding: 'tls-exporter',
    canBind: true,
  };

  it('succeeds where both sides see the same connection', async () => {
    const asked: ChannelBindingType[] = [];
    const watched = channel(async (type) => {
      asked.push(type);
      return bindingData();
    });
    const exchange = runExchange({ ...bound, channel: watched });
    expect(words(await converse(exchange, await peer('SCRAM-SHA-256-PLUS')))).toEqual(['exchange.verified', undefined]);
    expect(asked).toEqual(['tls-exporter']);
  });

  it('is refused where somebody is in between', async () => {
    const exchange = runExchange({ ...bound, channel: channel(async () => bindingData(31)) });
    expect(words(await converse(exchange, await peer('SCRAM-SHA-256-PLUS')))).toEqual([
      'exchange.refused',
      'sasl/not-authorized',
    ]);
  });

  it('begins with the type that was chosen', async () => {
    const { next } = runExchange({ ...bound, channelBinding: 'tls-server-end-point' });
    const [type, message] = words(await next());
    expect([type, String(message).slice(0, 25)]).toEqual(['exchange.started', 'p=tls-server-end-point,,n']);
  });

  it.each<[string, ExchangeOptions, string]>([
    [
      'the connection is gone',
      { ...bound, channel: channel(() => Promise.reject(new SaslError('x', { condition: 'aborted' }))) },
      'sasl/aborted',
    ],
    ['there is no connection', { ...bound, channel: undefined }, 'sasl/no-mechanism'],
    ['there is no value', { ...bound, channel: channel(async () => new Uint8Array(0)) }, 'sasl/no-mechanism'],
  ])('fails where %s', async (_title, options, code) => {
    expect(words(await runExchange(options).next())).toEqual(['exchange.failed', code]);
  });

  it('does not ask the connection for a value where none is used', async () => {
    const never = channel(() => Promise.reject(new Error('nobody may ask')));
    const { next } = runExchange({ mechanism: 'SCRAM-SHA-256', channel: never, canBind: true });
    expect((await next()).type).toBe('exchange.started');
  });
});

describe('a login that is not bound', () => {
  const both: Offer = { mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'] };

  it.each<[string, Partial<ExchangeOptions>, string]>([
    ['it could have been, had it been offered', { canBind: true, offer: { mechanisms: ['SCRAM-SHA-256'] } }, 'y'],
    ['it could not', { canBind: false, offer: { mechanisms: ['SCRAM-SHA-256'] } }, 'n'],
    ['it was offered and is not used', { canBind: true, offer: both }, 'n'],
  ])('tells the server whether %s (RFC 5802 §6)', async (_title, options, flag) => {
    const [, message] = words(await runExchange({ mechanism: 'SCRAM-SHA-256', ...options }).next());
    expect(String(message).slice(0, 2)).toBe(`${flag},`);
  });

  it.each<[string, Offer, boolean, unknown[]]>([
    ['succeeds where the server confirms what it offered', both, false, ['exchange.verified', undefined]],
    ['succeeds where it must confirm it, and does', both, true, ['exchange.verified', undefined]],
    [
      'fails where the server offered something else (XEP-0474)',
      { mechanisms: ['SCRAM-SHA-256'] },
      false,
      ['exchange.failed', 'sasl/downgrade'],
    ],
  ])('%s', async (_title, offer, requireOfferHash, outcome) => {
    const exchange = runExchange({ mechanism: 'SCRAM-SHA-256', offer, requireOfferHash });
    const server = await peer('SCRAM-SHA-256', { offer: both, sendOfferHash: true });
    expect(words(await converse(exchange, server))).toEqual(outcome);
  });

  it('fails where the server does not confirm what it must (XEP-0474 §6)', async () => {
    const exchange = runExchange({ mechanism: 'SCRAM-SHA-256', offer: both, requireOfferHash: true });
    expect(words(await converse(exchange, await peer('SCRAM-SHA-256')))).toEqual(['exchange.failed', 'sasl/downgrade']);
  });
});

describe('OAUTHBEARER (RFC 7628)', () => {
  const options = { credentials: () => ({ token: 'a.b.c' }), mechanisms: ['OAUTHBEARER'] };

  it('shows the access token', async () => {
    const exchange = runExchange({ mechanism: 'OAUTHBEARER', options });
    const server = bearer('a.b.c');
    expect(words(await converse(exchange, server))).toEqual(['exchange.verified', undefined]);
  });

  it('says why the token was refused, where the failure itself says less (RFC 7628 §3.2.2)', async () => {
    const exchange = runExchange({ mechanism: 'OAUTHBEARER', options });
    const outcome = await converse(exchange, bearer('another'));
    expect(words(outcome)).toEqual(['exchange.refused', 'sasl/credentials-expired']);
    expect(exchange.heard.map(words)[1]).toEqual(['exchange.answered', '\u0001']);
  });

  it('takes the failure at its word, where that says more', async () => {
    const { actor, next } = runExchange({ mechanism: 'OAUTHBEARER', options });
    await next();
    actor.send({ type: 'sasl.challenged', payload: new Sealed(utf8('{"status":"invalid_token"}')) });
    await next();
    actor.send(refused('account-disabled'));
    expect(words(await next())).toEqual(['exchange.refused', 'sasl/account-disabled']);
  });
});

it('EXTERNAL asks for nothing but whom to act as: the certificate was shown already (RFC 6120 §6.3.4)', async () => {
  const exchange = runExchange({ mechanism: 'EXTERNAL', options: { credentials: () => ({}) } });
  const outcome = await converse(exchange, createExternalServer({ username: 'juliet' }));
  expect(words(outcome)).toEqual(['exchange.verified', undefined]);
});

/** The server's side, for juliet's password. */
async function peer(
  mechanism: ScramName | ScramPlusName,
  more: { readonly offer?: Offer; readonly sendOfferHash?: boolean } = {},
) {
  const keys = await createScramKeys('SCRAM-SHA-256', 'pencil', { crypto });
  const keysOf = (username: string) => (username === 'juliet' ? keys : undefined);
  return createScramServer({ mechanism, crypto, channelBindings: EXPORTER, keysOf, ...more });
}

function bearer(good: string) {
  return createOAuthBearerServer({
    verify: (token) => (token === good ? { username: 'juliet' } : { status: 'invalid_token' }),
  });
}

function channel(bindingData: (type: ChannelBindingType) => Promise<Uint8Array>): SecureChannel {
  return { tlsVersion: 'TLSv1.3', bindings: ['tls-exporter', 'tls-server-end-point'], bindingData };
}
