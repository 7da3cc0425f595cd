import { Resolver } from 'node:dns/promises';
import type { LookupSrv } from './discovery.ts';

/** Asks the system's name servers for service records. */
export const lookupSrv: LookupSrv = async (name, signal) => {
  const resolver = new Resolver();
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await resolver.resolveSrv(name);
  } catch (error) {
    if (isNoRecord(error)) return [];
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

function isNoRecord(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
}
