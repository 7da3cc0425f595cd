import type { MachineName } from './subjects.ts';

/** Why no test can notice a mutant, or what is missing in the tests that could. */
export interface Survivor {
  /** Whether the chart does the same with the mistake as without it. */
  readonly isEquivalent: boolean;
  readonly reason: string;
}

const LIVENESS =
  'The client watches whether its server is there in every scene: none has `liveness: false`. A test written by hand notices it.';
const STORE_FAILED =
  'In no case of the table does an authentication say that a store failed. A test written by hand notices it.';

/** The mutants that survive, by the machine and their name. Each was looked at by hand. */
export const SURVIVORS: Readonly<Record<MachineName, Readonly<Record<string, Survivor>>>> = {
  session: {},
  authentication: {
    'transition retargeted: exchanging.preparing | exchange.failed | 0: to exchanging': {
      isEquivalent: false,
      reason:
        'It leaves out the question whether there is another mechanism. There is one in every scene with a token; where the server offers nothing beside the token, the exchange would begin without a mechanism instead of failing.',
    },
  },
  client: {
    'action dropped: offline | start | 1: forgetFailures': {
      isEquivalent: false,
      reason:
        'What it forgets is forgotten by the next state as well, except the number of failed rounds. That number is left out of the key, so no node remembers it: without the action the first wait after `stop` and `start` would go on with the old number. A test written by hand in test/client notices it.',
    },
    'action dropped: resolving.redirected | xstate.done.actor.recall | 0: rememberRecollection': {
      isEquivalent: false,
      reason:
        'Where a server sends us elsewhere, the scenes recall neither a pin nor a token. A test written by hand notices it.',
    },
    'action dropped: linked.authenticating | xstate.done.actor.authentication | 1: announceUnsaved': {
      isEquivalent: false,
      reason: STORE_FAILED,
    },
    'action dropped: linked.loggingIn | xstate.done.actor.authentication | 4: rememberLogin': {
      isEquivalent: true,
      reason:
        'A session was resumed. What was enabled along with it is forgotten by the entry of `online` before anybody asks. There is no earlier refusal to forget: whoever was refused has failed, and that ends every session that could be resumed.',
    },
    'action dropped: linked.loggingIn | xstate.done.actor.authentication | 4: announceUnsaved': {
      isEquivalent: false,
      reason:
        'In no case of the table does an authentication say that a store failed. The tests written by hand in test/machines say so only where no session is resumed.',
    },
    'action dropped: linked.loggingIn | xstate.done.actor.authentication | 5: announceUnsaved': {
      isEquivalent: false,
      reason: STORE_FAILED,
    },
    'action dropped: linked.loggingIn | xstate.done.actor.authentication | 6: announceUnsaved': {
      isEquivalent: false,
      reason: STORE_FAILED,
    },
    'guard removed: linked.online.liveness.fresh | network.online | 0: watchesLiveness': {
      isEquivalent: false,
      reason: LIVENESS,
    },
    'guard removed: linked.online.liveness.fresh | network.offline | 0: watchesLiveness': {
      isEquivalent: false,
      reason: LIVENESS,
    },
    'action dropped: linked.online.stability.stable | entry: resetRetry': {
      isEquivalent: false,
      reason:
        'No scene is online after a redirect, and the number of failed rounds is left out of the key: nothing is there to be reset. A test written by hand notices it.',
    },
  },
};
