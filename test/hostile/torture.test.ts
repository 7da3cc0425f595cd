import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Client, classifyFailure, XmppError } from '../../src/node.ts';
import { openSockets, stageClients, stateOf } from '../support/client-stage.ts';
import { pass } from './fault-stage.ts';
import { type LoginName, serveLogins } from './torture-logins.ts';
import { tortured } from './torture-rack.ts';
import { CHATTY, type Result, type Round, TORTURES } from './torture-rows.ts';
import { callsOn, isSettled, logIn, putOnRack, recover, release, settled } from './torture-run.ts';

const stage = stageClients(tortured);
const logins = serveLogins();
const LOGINS: readonly LoginName[] = ['memory', 'SASL2', 'revoked', 'DNS', 'host-meta'];
const ROUNDS: readonly Round[] = ['first', 'again'];

/** What functions of an application may know, and errors must not tell. */
const SECRET = 'Deny thy father and refuse thy name';

const WAYS_TO_FAIL = {
  'throws an error': () => {
    throw new Error(SECRET);
  },
  'throws what is no error': () => {
    throw undefined;
  },
  'gives a promise that is rejected': () => Promise.reject(new Error(SECRET)),
  'gives a promise that is rejected with what is no error': () => Promise.reject(undefined),
  'gives a promise that is never settled': () => new Promise(() => {}),
  'gives null': () => null,
} as const;
type WayToFail = keyof typeof WAYS_TO_FAIL;

/** Where a client is that failed; each of these logins has one endpoint. */
const PLACE = {
  terminal: 'failed.terminal',
  'needs-credentials': 'failed.needsCredentials',
  retry: 'reconnecting.backingOff',
  'retry-elsewhere': 'reconnecting.backingOff',
};

describe('a client goes on or says why not, and gets where it wants to the next time, when once', () => {
  it.each(cases())('$name $way, at the $round login, in $during ($login)', async (torture) => {
    const { name, during, login, round, way, result } = torture;
    const victim = putOnRack(stage, logins(login));
    const { client, rack, told } = victim;
    await logIn(victim, round, () => rack.arm({ name, state: during }, WAYS_TO_FAIL[way]));
    await expect.poll(() => rack.hasFailed, { interval: 1 }).toBe(true);
    if (result.after > 0) {
      pass(stage, result.after - 1);
      expect(isSettled(client)).toBe(false);
      pass(stage, 1);
    }
    await settled(client);
    if (result.error) expectError(client, result.error, result.phase ?? during);
    else expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
    await expect.poll(() => told, { interval: 1 }).toEqual(result.tells);
    await recover(victim);
    // Those who wait hear of an error that is for good, and of no other.
    expect(await victim.online()).toBe(isForGood(result) ? result.error?.[0] : 'online');
    await release(victim);
  });
});

describe('a client that is called back all the time', () => {
  const all = Object.entries(CHATTY).flatMap(([name, { result, rounds }]) =>
    rounds.map((round) => ({ name, round, result })),
  );

  it.each(all)('$result when $name throws in any state, at the $round login', async ({ name, round, result }) => {
    const calls = await callsOn(stage, logins('memory'), round);
    const states = calls.filter((call) => call.name === name).map(({ state }) => state);
    expect(states).not.toEqual([]);
    // XState in development warns of timers that outlive their actor.
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => void vi.restoreAllMocks());
    for (const state of states) {
      for (const way of ['throws an error', 'throws what is no error'] as const) {
        const victim = putOnRack(stage, logins('memory'));
        await logIn(victim, round, () => victim.rack.arm({ name, state }, WAYS_TO_FAIL[way]));
        await settled(victim.client);
        const isOnline = victim.client.actor.getSnapshot().hasTag('online');
        if (result === 'goes on') expect([state, isOnline]).toEqual([state, true]);
        if (!isOnline) expectTyped(await errorOf(victim.client));
        await victim.client.stop();
        await expect.poll(openSockets, { interval: 1 }).toEqual([]);
        // What could not be cleared passes, and nobody hears of it any more.
        pass(stage, name === 'clock.clearTimeout' ? 600_000 : 0);
        expect([state, stage.clock.timers()]).toEqual([state, []]);
      }
    }
  });
});

describe('the list of what can fail', () => {
  it('has everything that a client calls on its way online, and nothing else', async () => {
    const called = new Set<string>();
    for (const login of LOGINS) {
      for (const round of ROUNDS) {
        for (const { name, state } of await callsOn(stage, logins(login), round)) called.add(`${name} in ${state}`);
      }
    }
    const listed = Object.entries(TORTURES).flatMap(([name, rows]) => rows.map(({ during }) => `${name} in ${during}`));
    const unlisted = Object.keys(CHATTY).concat('subprotocols.logic session', 'wire.end', 'wire.pause', 'wire.resume');
    const relevant = [...called].filter((call) => !unlisted.some((name) => call.startsWith(name)));
    expect(relevant.sort()).toEqual([...new Set(listed)].sort());
  });
});

function expectError(client: Client, [code, failureClass]: NonNullable<Result['error']>, phase: string): void {
  const { error } = client.actor.getSnapshot().context;
  expect(stateOf(client)).toBe(PLACE[failureClass]);
  expect([error?.code, error && classifyFailure(error), error?.phase]).toEqual([code, failureClass, phase]);
  expectTyped(error);
}

function isForGood({ error }: Result): boolean {
  return error !== undefined && PLACE[error[1]].startsWith('failed');
}

/** Why a client is not online, as whoever waits for it hears, or as it knows itself. */
async function errorOf(client: Client): Promise<unknown> {
  const { status, context } = client.actor.getSnapshot();
  if (status === 'active') return context.error;
  return client.online().catch((error: unknown) => error);
}

function expectTyped(error: unknown): void {
  expect(error).toBeInstanceOf(XmppError);
  const words = expect.stringMatching(/./);
  expect(error).toMatchObject({ code: words, phase: words, hint: words, message: expect.not.stringContaining(SECRET) });
}

function cases() {
  return Object.entries(TORTURES).flatMap(([name, rows]) =>
    rows.flatMap(({ throws, rejects, hangs, lies, rounds, ...where }) => {
      const results: Readonly<Record<WayToFail, Result | undefined>> = {
        'throws an error': throws,
        'throws what is no error': throws,
        'gives a promise that is rejected': rejects,
        'gives a promise that is rejected with what is no error': rejects,
        'gives a promise that is never settled': hangs ?? lies,
        'gives null': lies,
      };
      return rounds.flatMap((round) =>
        (Object.keys(WAYS_TO_FAIL) as WayToFail[]).flatMap((way) => {
          const result = results[way];
          return result ? [{ name, round, way, result, ...where }] : [];
        }),
      );
    }),
  );
}
