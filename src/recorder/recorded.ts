import type { clientMachine } from '../../machines/client.machine.ts';
import { recorderOf } from './flight-recorder.ts';

/**
 * The same machine; its actors tell the recorder in their settings which events they take. A recorder sees no stanza this way, for no
 * stanza is an event of this chart, and costs nothing where nothing happens.
 */
export function recorded(machine: typeof clientMachine): typeof clientMachine {
  const { getInitialSnapshot, transition } = machine;
  machine.getInitialSnapshot = (scope, input) => {
    const snapshot = getInitialSnapshot.call(machine, scope, input);
    recorderOf(snapshot.context.settings)?.begin(snapshot);
    return snapshot;
  };
  machine.transition = (before, event, scope) => {
    const recorder = recorderOf(before.context.settings);
    if (!recorder) return transition.call(machine, before, event, scope);
    const step = recorder.takes(before, event);
    const after = transition.call(machine, before, event, scope);
    if (step) recorder.took(step, before, after);
    return after;
  };
  return machine;
}
