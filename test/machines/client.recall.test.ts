import { describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../machines/index.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { run } from './client-run.ts';
import {
  authenticated,
  begin,
  beginAnywhere,
  CONNECTED,
  crashed,
  DIRECT_TLS,
  failed,
  found,
  OPENED,
  passed,
  recalled,
  SASL_OFFER,
  SECURED,
  SETTLING,
  STARTTLS,
  step,
  steps,
} from './client-steps.ts';
import { SASL2_OFFER, sasl2Login, TOKEN } from './login-steps.ts';

const START: ClientEvent = { type: 'start' };
const STORE_FAILED = new TransportError('x', { condition: 'store-failed' });

describe('before anything is dialled, the stores of the application are asked', () => {
  it('in each round: what they knew may have changed', () => {
    const first = steps(begin(), START);
    expect([first.path, ...first.effects]).toEqual(['resolving.recalling', 'start recall']);
    const waiting = steps(first, recalled({ pin: 'PLAIN', token: TOKEN }), found(STARTTLS), failed('timeout'));
    const again = steps(waiting, { type: 'reconnect.now' });
    expect([again.path, ...again.effects]).toEqual(['resolving.recalling', 'start recall']);
    const next = steps(again, recalled({ pin: 'SCRAM-SHA-1' }));
    expect(next.snapshot.context.recalled).toEqual({ pin: 'SCRAM-SHA-1', token: undefined });
  });

  it('and the authentication learns what they know, in both profiles', () => {
    const recollection = { pin: 'SCRAM-SHA-1', token: undefined };
    const connecting = steps(begin(), START, recalled(recollection), found(DIRECT_TLS), CONNECTED, SECURED, OPENED);
    for (const offer of [SASL_OFFER, SASL2_OFFER]) {
      expect(step(connecting.snapshot, offer).inputs.authentication?.recalled).toEqual(recollection);
    }
  });

  it('and what they know is forgotten with the negotiation', () => {
    const { context } = sasl2Login().boundOnline.snapshot;
    expect(context.recalled).toEqual({ pin: undefined, token: undefined });
  });
});

describe('a store that does not answer', () => {
  it.each<[string, ClientEvent, string]>([
    ['fails', crashed('recall', STORE_FAILED), 'x'],
    [
      'is silent',
      passed('resolveDeadline', 'resolving.recalling'),
      'A store of the application did not answer in time',
    ],
  ])('because it %s lets nobody in: without the pin anybody could talk us into less', (_title, event, message) => {
    for (const from of [steps(begin(), START), steps(beginAnywhere(), START)]) {
      const next = step(from.snapshot, event);
      const { error, tried, sources } = next.snapshot.context;
      expect([next.path, error?.code, error?.message]).toEqual([
        'reconnecting.backingOff',
        'transport/store-failed',
        message,
      ]);
      // Nobody was asked where the server is, and nobody is blamed.
      expect({ tried, asked: sources[0] }).toEqual({ tried: [], asked: 'dns' });
      expect(next.effects).toEqual(['stop recall', 'session ← session.end', 'session ← publish reconnecting']);
    }
  });

  it('has its own time', () => {
    const recalling = steps(begin({ timeouts: { resolve: 7 } }), START);
    const resolving = step(recalling.snapshot, recalled());
    expect([recalling.deadlines, resolving.deadlines]).toEqual([{ resolveDeadline: 7 }, { resolveDeadline: 7 }]);
  });

  it('because its actor broke is a bug', () => {
    const { path, snapshot } = step(steps(begin(), START).snapshot, crashed('recall', new Error('x')));
    expect([path, snapshot.context.error?.code]).toEqual(['failed.terminal', 'transport/internal-error']);
  });

  it.each<[string, Partial<ClientOptions>]>([
    [
      'throws',
      {
        pins: store(() => {
          throw new Error('secret');
        }),
      },
    ],
    ['rejects', { tokens: store(() => Promise.reject(new Error('secret'))) }],
  ])('because it %s says no more than that, and is asked again in the next round', async (_title, options) => {
    const client = run([STARTTLS], { ...options, reconnect: () => 1000 });
    await client.start();
    expect(client.look()).toEqual({
      path: 'reconnecting.backingOff',
      error: ['transport/store-failed', 'resolving.recalling', undefined],
    });
    expect(client.actor.getSnapshot().context.error?.message).toBe(
      'The store of the application could not be read: Error',
    );
    client.clock.increment(1000);
    expect(client.look().path).toBe('resolving.recalling');
    expect(client.dialled).toEqual([]);
  });

  it('for ever is given up after its time', async () => {
    const client = run([STARTTLS], { pins: store(() => new Promise(() => {})), timeouts: { resolve: 50 } });
    await client.start();
    expect(client.look().path).toBe('resolving.recalling');
    client.clock.increment(50);
    expect(client.look()).toEqual({
      path: 'reconnecting.backingOff',
      error: ['transport/store-failed', 'resolving.recalling', undefined],
    });
  });
});

describe('a store that keeps nothing', () => {
  it('costs nobody the login: it is an error of the application, which hears of it', () => {
    const { verifyingWithFeatures } = sasl2Login();
    const next = step(verifyingWithFeatures.snapshot, authenticated(undefined, { unsaved: STORE_FAILED }));
    expect(next.path).toBe(SETTLING);
    expect(next.told[0]).toEqual({ type: 'publish', event: { type: 'error', error: STORE_FAILED } });
  });
});

function store(get: () => undefined | Promise<undefined>) {
  return { get, set: () => {}, delete: () => {} };
}
