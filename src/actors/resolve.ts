import { fromPromise } from 'xstate';
import type { ResolveInput } from '../../machines/contracts.ts';
import type { Endpoint } from '../../machines/endpoint.ts';
import { domainToAscii } from '../jid/index.ts';
import { memoryEndpoint, tcpEndpoint, webSocketEndpoint } from './endpoints.ts';

/** Asks somebody who knows where the server of a domain can be reached. Resolves with none where nothing is known. */
export type Discover = (input: ResolveInput, signal: AbortSignal) => Promise<readonly Endpoint[]>;

/** Those who can be asked; a source that is absent finds nothing. */
export interface Sources {
  readonly dns?: Discover | undefined;
  readonly hostMeta?: Discover | undefined;
}

/**
 * Finds where the server of a domain can be reached: what the application says, whatever the source; otherwise what one
 * source knows. The chart asks `dns` first, where there is DNS, and `host-meta` only when none of its endpoints would do
 * (XEP-0156 §2.2).
 */
export function resolveWith({ dns, hostMeta }: Sources) {
  return fromPromise<readonly Endpoint[], ResolveInput>(async ({ input, signal }) => {
    const named = namedEndpoint(input);
    if (named) return [named];
    const discover = input.source === 'host-meta' ? hostMeta : dns;
    return discover ? discover(input, signal) : [];
  });
}

/** The only candidate, where the application names a place. */
function namedEndpoint(input: ResolveInput): Endpoint | undefined {
  const { memory, websocket, host, port } = input.settings.location;
  if (memory) return memoryEndpoint(input, memory);
  if (websocket !== undefined) return webSocketEndpoint(websocket, BY_APPLICATION);
  if (host !== undefined) return tcpEndpoint(host, input, BY_APPLICATION);
  if (port === undefined) return undefined;
  return tcpEndpoint(domainToAscii(input.domain), input, 'the domain, at the port the application named');
}

const BY_APPLICATION = 'named by the application';
