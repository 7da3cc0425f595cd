import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';

/** What lies between a client and a server, and can be cut. */
export type Cable = Pick<CuttingProxy, 'port' | 'freeze' | 'cut' | 'remove'>;

/** Lays a cable to a port of 127.0.0.1. */
export function layCable(port: number): Promise<Cable> {
  return startCuttingProxy(port);
}
