import { describe, expect, it, onTestFinished } from 'vitest';
import { clientMachine } from '../../machines/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import { ROADS } from '../client/resume-stage.ts';
import { statesOf } from '../machines/rules.ts';
import { stateOf } from '../support/client-stage.ts';
import { whenIn } from '../support/when.ts';
import { expectFate } from './fault-fate.ts';
import { FAULTS } from './fault-kinds.ts';
import { serveFaults } from './fault-servers.ts';
import { PATIENCE } from './fault-silence.ts';
import { pass, stageFaults } from './fault-stage.ts';
import { faultSteps } from './fault-steps.ts';

const stage = stageFaults();
const servers = serveFaults(stage);

describe.each(ROADS)('over %s a client fails, says where and why, and leaves nothing open, when the server', (road) => {
  const steps = faultSteps(road);

  describe.each(FAULTS.filter(({ roads }) => roads.includes(road)))('$title', (fault) => {
    it.each(steps)('in $title', async (step) => {
      const fate = await servers.lead(road, step);
      await fault.happen(fate);
      const { usually, except, phase } = fault;
      await expectFate(fate, except?.[step.title] ?? usually, { phase: phase?.(step) });
    });
  });

  describe('says nothing', () => {
    const waiting = steps.flatMap((step) => {
      const patience = PATIENCE[step.title];
      return patience ? [{ step, patience, in: step.title }] : [];
    });

    it.each(waiting)('in $in, until its time is over', async ({ step, patience: { times, outcome } }) => {
      const fate = await servers.lead(road, step);
      for (const time of times) {
        pass(stage, time - 1);
        expect(`${stateOf(fate.client)}.`).toContain(`${step.state}.`);
        pass(stage, 1);
      }
      // What a client may take to send its last words to somebody who reads nothing.
      const linger = /handshaking$/.test(step.state) ? 1_000 : 0;
      await expectFate(fate, outcome, { linger });
    });
  });
});

describe.each(ROADS.slice(1))('over %s a client that dials', (road) => {
  it('goes elsewhere when it is refused', async () => {
    const { port, stop } = await startScriptedServer({ domain: 'capulet.example', tls: false });
    await stop();
    const fate = servers.dial(road, port);
    await expectFate(fate, ['transport/connection-refused', 'retry-elsewhere']);
  });

  it('goes elsewhere when nobody answers in time', async () => {
    const { port, stop } = await startScriptedServer({ domain: 'capulet.example', tls: false });
    onTestFinished(() => stop());
    const fate = servers.dial(road, port);
    await whenIn(fate.client, 'linked.connecting');
    // All at once, so that no answer can come.
    stage.clock.increment(14_999);
    expect(stateOf(fate.client)).toBe('linked.connecting');
    stage.clock.increment(1);
    await expectFate(fate, ['transport/timeout', 'retry-elsewhere']);
  });
});

describe('the matrix', () => {
  it('has every state of a connection in which a client waits', () => {
    const waiting = statesOf(clientMachine)
      .filter(({ type, always, path }) => type === 'atomic' && !always?.length && path[0] === 'linked')
      .map(({ path }) => path.join('.').replace(/^linked\.online\..*/, 'linked.online'));
    const steps = ROADS.flatMap(faultSteps).map(({ state }) => state);
    expect([...new Set(steps)].sort()).toEqual([...new Set(waiting)].sort());
  });

  it('says for each step how long a client waits, but where the application lets the server wait', () => {
    const steps = ROADS.flatMap(faultSteps).map(({ title }) => title);
    const unbounded = ['linked.authenticating, keeping a pin', 'linked.loggingIn.verifying'];
    expect([...new Set(steps)].sort()).toEqual([...Object.keys(PATIENCE), ...unbounded].sort());
  });
});
