import { OptionError } from '../errors/index.ts';
import { recorderOf, type TrafficListener } from '../recorder/index.ts';
import type { Client } from './client.ts';

/**
 * Shows what goes over the wire of a client from now on, and what becomes of what it sends, whenever somebody wants to look. The
 * returned function ends that.
 *
 * @throws OptionError where the client was made with `recorder: false`
 */
export function watchTraffic({ actor }: Client, listener: TrafficListener): () => void {
  const recorder = recorderOf(actor.getSnapshot().context.settings);
  if (recorder) return recorder.listen(listener);
  throw new OptionError('Expected a client with a recorder, got one that was made with `recorder: false`', {
    hint: 'Leave that option out.',
  });
}
