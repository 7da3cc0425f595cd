import { createActor, toPromise } from 'xstate';
import type { Endpoint } from '../../machines/index.ts';
import type { DiscoverySource } from '../../machines/settings.ts';
import { type DiscoverySources, resolveLogic } from '../../src/actors/discovery.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';

/** What discovery finds for juliet@example.org. */
export function resolve(
  sources: DiscoverySources,
  source: DiscoverySource,
  options: Partial<ClientOptions> = {},
): Promise<readonly Endpoint[]> {
  const actor = actorFor(sources, source, options);
  const found = toPromise(actor);
  actor.start();
  return found;
}

/** The actor that finds it. */
export function actorFor(sources: DiscoverySources, source: DiscoverySource, options: Partial<ClientOptions> = {}) {
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', random: () => 0, ...options });
  return createActor(resolveLogic(sources), { input: { domain: settings.jid.domainpart, source, settings } });
}

/** For a source that nothing may be asked of. */
export async function unasked(): Promise<never> {
  throw new Error('Nobody was to be asked');
}
