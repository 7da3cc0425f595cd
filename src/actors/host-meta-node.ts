import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { OptionError, TransportError, type XmppError } from '../errors/index.ts';
import {
  discoveryFailed,
  type FetchHostMeta,
  type HostMetaRequest,
  isRedirect,
  MOST_BYTES,
  redirected,
  tooLarge,
} from './host-meta-lookup.ts';
import { tlsError } from './tcp-errors.ts';
import { connectTls } from './tls-options.ts';
import { answerTicketsWithRequest } from './tls-request.ts';

/** Where the web server is, in tests: otherwise at port 443 of the domain. */
export interface HostMetaPlace {
  readonly host?: string;
  readonly port?: number;
}

/** Fetches host-meta documents with Node's own HTTPS: `fetch` takes no authorities to trust. */
export const fetchHostMeta: FetchHostMeta = hostMetaOver({});

/** The same from another place; the certificate must be for the domain all the same. */
export function hostMetaOver(place: HostMetaPlace): FetchHostMeta {
  return async (request) => {
    const { signal, url } = request;
    try {
      const response = await responseTo(request, place);
      return response && (await documentOf(response, url));
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };
}

/** Resolves with `undefined` where nobody is there to answer. */
function responseTo(request: HostMetaRequest, place: HostMetaPlace): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const asked = get(requestOptions(request, place), resolve);
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (NOBODY.has(error.code ?? '')) resolve(undefined);
      else reject(failureOf(error, request));
    });
  });
}

const NOBODY: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ENODATA',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function requestOptions(
  { url, domain, accept, settings, signal }: HostMetaRequest,
  place: HostMetaPlace,
): RequestOptions {
  const { host = domain, port = 443 } = place;
  // What is meant for the XMPP server: its fingerprints, and who we are.
  const tls = { ...settings.tls, fingerprints: [], clientCertificate: undefined };
  return {
    path: new URL(url).pathname,
    headers: { host: domain, accept, 'accept-encoding': 'identity' },
    signal,
    createConnection: () => answerTicketsWithRequest(connectTls(tls, [domain], { host, port }), settings.clock),
  };
}

async function documentOf(response: IncomingMessage, url: string): Promise<Uint8Array | undefined> {
  const { statusCode = 0, headers } = response;
  try {
    if (isRedirect(statusCode)) throw redirected(url, headers.location);
    return statusCode === 200 ? await bodyOf(response, url) : undefined;
  } finally {
    response.destroy();
  }
}

async function bodyOf(response: AsyncIterable<Uint8Array>, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (size > MOST_BYTES) throw tooLarge(url);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof TransportError ? error : discoveryFailed(url, 'was cut off', error);
  }
  return Buffer.concat(chunks);
}

/** A certificate that is refused is one wherever it is shown; anything else is a document that could not be had. */
function failureOf(cause: NodeJS.ErrnoException, { url, domain, settings }: HostMetaRequest): XmppError {
  // The authorities in the settings are none.
  if (cause instanceof OptionError) return cause;
  const endpoint = {
    transport: 'websocket',
    host: domain,
    port: 443,
    security: 'direct-tls',
    reason: '',
    url,
  } as const;
  const error = tlsError(cause, { endpoint, domain, settings });
  if (error.condition.startsWith('certificate-')) return error;
  return discoveryFailed(url, `could not be fetched: ${cause.code ?? cause.message}`, cause);
}
