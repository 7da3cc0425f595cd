import { describe, expect, it } from 'vitest';
import { clientMachine } from '../../../machines/index.ts';
import { type TransitionId, transitionIds } from '../../../src/testing/model/index.ts';
import { performTours } from './perform.ts';
import { SITUATIONS, WAYS } from './scenes.ts';

/*
 * The real client against a server that does what the chart wants to see: every tour of what can be caused from outside.
 */

const taken = new Set<TransitionId>();

describe('a real client, led through its chart from outside', () => {
  it.each([...WAYS, ...SITUATIONS])(
    'is after each step where the chart says: $name',
    async (scene) => {
      for (const transition of await performTours(scene, 'transitions')) taken.add(transition);
    },
    60_000,
  );

  it('takes every transition but those that nobody outside can cause', () => {
    expect(transitionIds(clientMachine).filter((id) => !taken.has(id))).toEqual([
      // Actors of our own that fail or end, which they never should.
      ' | xstate.done.actor.session | 0',
      ' | xstate.error.actor.session | 0',
      // Before its first event nobody looks at the client; one that is part of a machine begins elsewhere.
      'beginning |  | 0',
      'beginning |  | 1',
      'beginning |  | 2',
      'restoring | xstate.error.actor.restore | 0',
      // A store is asked once more when a server sends the client elsewhere: here it always answers.
      'resolving.redirected | xstate.error.actor.recall | 0',
      'resolving.redirected | xstate.after.resolveDeadline.client.resolving.redirected | 0',
      // The transport says so once, at its time.
      'linked | transport.connected | 0',
      'linked | transport.secured | 0',
      'linked | transport.closed | 0',
      'linked | stream.opened | 0',
      'linked | xstate.error.actor.transport | 0',
      // Loopback accepts every connection at once.
      'linked.connecting | xstate.after.connectDeadline.client.linked.connecting | 0',
      // PLAIN has no challenges, and a login has deadlines of its own, which come first: the chart of the authentication has its own tests.
      'linked.authenticating | sasl.challenged | 0',
      'linked.authenticating | xstate.error.actor.authentication | 0',
      'linked.authenticating | xstate.after.authenticateDeadline.client.linked.authenticating | 0',
      // The store had a token when it was asked, and none a moment later.
      'linked.loggingIn | xstate.done.actor.authentication | 1',
      'linked.loggingIn | xstate.error.actor.authentication | 0',
      'linked.loggingIn | xstate.after.authenticateDeadline.client.linked.loggingIn | 0',
      'linked.loggingIn.exchanging | sasl.challenged | 0',
      'linked.closing | transport.connected | 0',
      'linked.closing | transport.secured | 0',
      'linked.closing | stream.opened | 0',
    ]);
  });
});
