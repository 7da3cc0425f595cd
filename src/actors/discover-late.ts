import { notLoaded } from '../errors/index.ts';
import type { Discover } from './resolve.ts';

/** Asks somebody who is loaded first: what few clients need is not loaded along with the others. */
export function discoverLate(load: () => Promise<Discover>): Discover {
  return async (input, signal) => {
    const discover = await load().catch((cause: unknown) => {
      throw notLoaded('discovery-failed', cause);
    });
    return discover(input, signal);
  };
}
