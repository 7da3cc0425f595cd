import { askHostMeta } from './discovery-host-meta.ts';
import { fetchHostMeta } from './host-meta-web.ts';
import type { Discover } from './resolve.ts';

/** Asks host-meta as browsers do. */
export const discoverInWeb: Discover = (input, signal) => askHostMeta(input, fetchHostMeta, signal);
