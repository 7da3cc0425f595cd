import { expect } from 'vitest';
import { classifyFailure, type FailureClass } from '../../machines/index.ts';
import type { XmppError } from '../../src/node.ts';
import { stateOf } from '../support/client-stage.ts';
import type { Attempt } from './fault-servers.ts';
import { BACK_OFF, expectHolding, OTHER_ENDPOINT, outcomeOf } from './fault-stage.ts';

/** What a client makes of a fault: the code of its error and the class of that. `NOTHING` where it wanted to go anyway. */
export type Outcome = readonly [code: string, failureClass: FailureClass] | typeof NOTHING;

/** It is offline, as it was told. */
export const NOTHING = 'nothing';

/** Where an error leads before the client is online. */
const PLACE: Readonly<Record<FailureClass, string>> = {
  terminal: 'failed.terminal',
  'needs-credentials': 'failed.needsCredentials',
  retry: 'reconnecting.backingOff',
  'retry-elsewhere': `linked.connecting at ${OTHER_ENDPOINT}`,
};

/** Whoever was online waits for its turn before it goes anywhere, lest all clients of a server storm the next one. */
const AFTER_ONLINE: Readonly<Record<FailureClass, FailureClass>> = {
  terminal: 'terminal',
  'needs-credentials': 'needs-credentials',
  retry: 'retry',
  'retry-elsewhere': 'retry',
};

/** For how long the state there sets a timer, in milliseconds. */
const TIMER: Readonly<Record<FailureClass, readonly number[]>> = {
  terminal: [],
  'needs-credentials': [],
  retry: [BACK_OFF],
  'retry-elsewhere': [15_000],
};

/** The actors that a client has all its life, by their ids. */
export const LASTING_ACTORS = ['session', 'outbox', 'iq', 'router'];

/** What is not the same for all. */
export interface Circumstances {
  /** The state in which the client notices; that of the step. */
  readonly phase?: string | undefined;
  /** How long it tries to send its last words, in milliseconds; nobody keeps it from that. */
  readonly linger?: number;
}

/**
 * Waits for what becomes of the client, and sees that nothing is left of its connection, neither before nor after it is stopped.
 * Returns the error, for those who want to see more of it.
 */
export async function expectFate(
  fate: Attempt,
  expected: Outcome,
  { phase = fate.step.state, linger = 0 }: Circumstances = {},
): Promise<XmppError | undefined> {
  const { client, stage, waiting } = fate;
  const { error, place } = await outcomeOf(client);
  const now = stage.clock.now();
  stage.clock.increment(linger);
  if (expected === NOTHING) {
    expect([error, place]).toEqual([undefined, 'offline']);
    await expectHolding(fate, { timers: [], actors: LASTING_ACTORS });
  } else {
    const [code, failureClass] = expected;
    const after = isOnline(fate) ? AFTER_ONLINE[failureClass] : failureClass;
    expect({ ...told(error), place }).toEqual({
      code,
      class: failureClass,
      // Which state within that, is nobody's business.
      phase: isOnline(fate) ? expect.stringMatching(/^linked\.online\b/) : phase,
      endpoint: fate.endpoint,
      hint: expect.stringMatching(/^\S+ \S+/),
      place: PLACE[after],
    });
    const actors = after === 'retry-elsewhere' ? [...LASTING_ACTORS, 'transport'] : LASTING_ACTORS;
    await expectHolding(fate, { timers: TIMER[after].map((time) => now + time), actors });
  }
  await client.stop();
  expect([stateOf(client), await waiting.told, waiting.listeners()]).toEqual(['offline', hopeOf(fate, expected), 0]);
  await expectHolding(fate, { timers: [], actors: LASTING_ACTORS });
  return error;
}

function told(error: XmppError | undefined) {
  if (!error) return { code: undefined };
  const { code, phase, endpoint, hint } = error;
  return { code, class: classifyFailure(error), phase, endpoint, hint };
}

/** What those are told who wait for the client to be online: the error, or in the end that it was stopped. */
function hopeOf(fate: Attempt, expected: Outcome): string {
  if (isOnline(fate)) return 'online';
  const isOver = expected !== NOTHING && (expected[1] === 'terminal' || expected[1] === 'needs-credentials');
  return isOver ? expected[0] : 'session/stopped';
}

function isOnline({ step }: Attempt): boolean {
  return step.state === 'linked.online';
}
