import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createActor, toPromise } from 'xstate';
import type { AccountStore, Recollection } from '../../machines/index.ts';
import { recallLogic } from '../../src/actors/recall.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';

const ACCOUNT = 'juliet@example.org';
const TOKEN = {
  mechanism: 'HT-SHA-256-EXPR',
  token: 'the-secret-token',
  expiry: '2030-01-01T00:00:00Z',
  userAgent: 'of-the-token',
  inline: { bind: ['urn:xmpp:carbons:2'], sm: true },
};

describe('what the stores know about an account', () => {
  it('is the mechanism that worked, and the token without the token', async () => {
    const known = await recall({ pins: new Map([[ACCOUNT, 'SCRAM-SHA-1']]), tokens: new Map([[ACCOUNT, TOKEN]]) });
    expect(known).toEqual({
      pin: 'SCRAM-SHA-1',
      token: { mechanism: 'HT-SHA-256-EXPR', userAgent: 'of-the-token', inline: TOKEN.inline },
    });
    expect(inspect(known, { depth: 9, showHidden: true })).not.toContain('the-secret-token');
  });

  it('is asked for the account alone: the resource is none of their business', async () => {
    const asked: string[] = [];
    const pins: AccountStore<string> = { ...storeOf(undefined), get: (account) => void asked.push(account) };
    await recall({ jid: `${ACCOUNT}/balcony`, pins });
    expect(asked).toEqual([ACCOUNT]);
  });

  it('is nothing where they know nothing, or where no tokens are kept', async () => {
    const nothing = { pin: undefined, token: undefined };
    expect(await recall({})).toEqual(nothing);
    expect(await recall({ tokens: false })).toEqual(nothing);
    expect(await recall({ pins: storeOf(Promise.resolve(undefined)), tokens: storeOf(null) })).toEqual(nothing);
  });

  it.each<[string, unknown]>([
    ['a number', 7],
    ['an object', { mechanism: 'SCRAM-SHA-1' }],
    ['null', null],
  ])('is no pin where it is %s', async (_title, pin) => {
    expect((await recall({ pins: storeOf(pin) })).pin).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a text', JSON.stringify(TOKEN)],
    ['a number', 7],
    ['an array', [TOKEN]],
    ['without a mechanism', { ...TOKEN, mechanism: undefined }],
    ['without a token', { ...TOKEN, token: '' }],
    ['with a token that is no text', { ...TOKEN, token: { secret: 'x' } }],
    ['without the user agent that it was given to', { ...TOKEN, userAgent: null }],
  ])('is no token where it is %s', async (_title, token) => {
    expect((await recall({ tokens: storeOf(token) })).token).toBeUndefined();
  });

  it.each<[string, unknown, unknown]>([
    ['nothing, where nothing was kept', undefined, undefined],
    ['only names', { bind: ['urn:xmpp:csi:0', 7, null], sm: 'yes' }, { bind: ['urn:xmpp:csi:0'], sm: false }],
    ['no Bind 2, where that is no list', { bind: 'urn:xmpp:csi:0', sm: true }, { bind: undefined, sm: true }],
  ])('is, of what goes along, %s', async (_title, inline, expected) => {
    expect((await recall({ tokens: storeOf({ ...TOKEN, inline }) })).token?.inline).toEqual(expected);
  });
});

describe('a store that cannot be read', () => {
  it.each<[string, Partial<ClientOptions>, string]>([
    ['throws', { pins: storeOf(() => raise(new TypeError('the-secret-token'))) }, 'TypeError'],
    ['rejects', { tokens: storeOf(() => Promise.reject(new Error('the-secret-token'))) }, 'Error'],
    ['rejects with a text', { pins: storeOf(() => Promise.reject('the-secret-token')) }, 'string'],
  ])('since it %s is an error that says nothing of what it knows', async (_title, options, kind) => {
    const error: unknown = await recall(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      condition: 'store-failed',
      message: `The store of the application could not be read: ${kind}`,
    });
    expect(Reflect.get(Object(error), 'cause')).toBeUndefined();
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('the-secret-token');
  });
});

function recall(options: Partial<ClientOptions>): Promise<Recollection> {
  const settings = clientInput({ jid: ACCOUNT, password: 'pencil', ...options });
  return toPromise(createActor(recallLogic, { input: { settings } }).start());
}

/** A store of an application that keeps what it likes, or does what it likes. */
function storeOf<T>(value: unknown): AccountStore<T> {
  const get = typeof value === 'function' ? value : () => value;
  return { get: () => get(), set: () => {}, delete: () => {} };
}

function raise(error: Error): never {
  throw error;
}
