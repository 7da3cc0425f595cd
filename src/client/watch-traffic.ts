import { OptionError } from '../errors/index.ts';
import { recorderOf, type TrafficListener } from '../recorder/index.ts';
import { requireArgument } from './check-arguments.ts';
import type { Client } from './client.ts';
import { type Check, hasFunctions, isObject } from './kinds.ts';

/**
 * Shows what goes over the wire of a client from now on, and what becomes of what it sends, whenever somebody wants to look. The
 * returned function ends that.
 *
 * @throws OptionError where the client was made with `recorder: false`
 */
export function watchTraffic(client: Client, listener: TrafficListener): () => void {
  requireArgument('watchTraffic()', 'client', client, CLIENT);
  requireArgument('watchTraffic()', 'listener', listener, LISTENER);
  const recorder = recorderOf(client.actor.getSnapshot().context.settings);
  if (recorder) return recorder.listen(listener);
  throw new OptionError('Expected a client with a recorder, got one that was made with `recorder: false`', {
    hint: 'Leave that option out.',
  });
}

const CLIENT: Check = [(value) => isObject(value) && hasFunctions(Object(value).actor, ['getSnapshot']), 'a client'];

const LISTENER: Check = [
  (value) => hasFunctions(value, ['element', 'text', 'delivery']),
  'an object with element(), text() and delivery()',
];
