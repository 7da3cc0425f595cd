import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, StateMachine } from 'xstate';
import * as door from '../../machines/index.ts';
import { implementsNames, usesNames } from './names.ts';
import {
  acceptsStop,
  describesStates,
  handlesActorErrors,
  hasDeadlines,
  hasNoInlineFunctions,
  hasNoWildcard,
  hasUniqueIds,
  limitsIterations,
  needsToRest,
  reachesStates,
  usesKnownTags,
} from './rules.ts';

const FOLDER = join(import.meta.dirname, '../../machines');
const machines: readonly AnyStateMachine[] = Object.values(door).filter(isMachine);

/** States to stay in for as long as it pleases, and why. */
const RESTING: Readonly<Record<string, string>> = {
  'client.offline': 'no connection is wanted',
  'client.linked.online.stability.stable': 'logged in; liveness is the business of the region beside it',
  'client.linked.online.liveness.fresh': 'the transport says when it is over',
  'client.failed.terminal': 'trying again would do no good',
  'client.failed.needsCredentials': 'only other credentials help',
  'client.failed.gaveUp': 'the policy wants no further round',
  'session.absent': 'lasts until the client logs in',
  'session.live': 'lasts until the client is no longer online',
  'session.suspended': 'lasts until the client resumes it or gives it up, after rounds that are bounded',
};

/** Actors that actions spawn, beside those that the chart invokes. */
const SPAWNED: Readonly<Record<string, readonly string[]>> = { session: ['router', 'iq', 'outbox', 'publisher'] };

describe('the machines', () => {
  it('of every machine file are exported, and looked at here', async () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.machine.ts'));
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      const found = Object.values<unknown>(await import(join(FOLDER, file))).filter(isMachine);
      expect({ file, ids: found.map(({ id }) => `${id}.machine.ts`) }).toEqual({ file, ids: [file] });
      expect(machines).toEqual(expect.arrayContaining(found));
    }
    expect(machines).toHaveLength(files.length);
  });

  it('have files of at most 250 lines', () => {
    const long = readdirSync(FOLDER)
      .map((file) => ({ file, lines: readFileSync(join(FOLDER, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  it('rest only where a reason is given', () => {
    const ids = machines.flatMap((machine) => needsToRest(machine, restingIn(machine)));
    expect(ids).toEqual([]);
    expect(Object.keys(RESTING).filter((id) => !machines.some((machine) => id.startsWith(`${machine.id}.`)))).toEqual(
      [],
    );
  });

  it('can be stopped in every state of a client', () => {
    expect(acceptsStop(door.clientMachine)).toEqual([]);
  });
});

describe.each(machines.map((machine) => ({ id: machine.id, machine })))('the machine $id', ({ id, machine }) => {
  const resting = restingIn(machine);

  it.each([
    ['has no handler for any event whatever', hasNoWildcard],
    ['handles the failure of every actor it invokes', handlesActorErrors],
    ['has a deadline in every state that waits', () => hasDeadlines(machine, resting)],
    ['describes every state', describesStates],
    ['has no function in its chart', hasNoInlineFunctions],
    ['implements every name that its chart uses', implementsNames],
    ['uses every name that it implements', () => usesNames(machine, SPAWNED[id] ?? [])],
    ['reaches every state', reachesStates],
    ['gives every state an id of its own', hasUniqueIds],
    ['has documented tags only', usesKnownTags],
    ['limits the iterations of a transition', limitsIterations],
  ])('%s', (_title, violations) => {
    expect(violations(machine)).toEqual([]);
  });
});

function isMachine(value: unknown): value is AnyStateMachine {
  return value instanceof StateMachine;
}

function restingIn({ id }: AnyStateMachine): string[] {
  return Object.keys(RESTING).filter((state) => state.startsWith(`${id}.`));
}
