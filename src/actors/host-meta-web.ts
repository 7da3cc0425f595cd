import {
  discoveryFailed,
  type FetchHostMeta,
  isRedirect,
  MOST_BYTES,
  redirected,
  tooLarge,
} from './host-meta-lookup.ts';

/** Fetches host-meta documents as browsers do. The certificate is the browser's business, and so are its authorities. */
export const fetchHostMeta: FetchHostMeta = hostMetaVia((url, init) => globalThis.fetch(url, init));

/** The same with another `fetch`. */
export function hostMetaVia(fetch: (url: string, init: RequestInit) => Promise<Response>): FetchHostMeta {
  return async ({ url, accept, signal }) => {
    try {
      const response = await fetch(url, { ...REQUEST, headers: { accept }, signal }).catch((cause: unknown) => {
        throw unreachable(url, cause);
      });
      return await documentOf(response, url);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };
}

/**
 * A redirect is not followed with `manual` as with `error`; but with `error` it would look as if nobody had answered.
 * The one header that is set, `accept`, needs no preflight.
 */
const REQUEST: RequestInit = {
  mode: 'cors',
  credentials: 'omit',
  redirect: 'manual',
  cache: 'default',
  referrerPolicy: 'no-referrer',
};

async function documentOf(response: Response, url: string): Promise<Uint8Array | undefined> {
  const { status, type, headers, body } = response;
  if (status === 200) return bodyOf(response, url);
  body?.cancel().catch(() => {});
  // A browser shows neither the status nor the target.
  if (type === 'opaqueredirect' || isRedirect(status)) throw redirected(url, headers.get('location') ?? undefined);
  return undefined;
}

async function bodyOf({ body }: Response, url: string): Promise<Uint8Array> {
  const document = new Uint8Array(MOST_BYTES);
  let size = 0;
  const reader = body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw discoveryFailed(url, 'was cut off', cause);
    });
    if (done) break;
    if (size + value.length > MOST_BYTES) {
      reader.cancel().catch(() => {});
      throw tooLarge(url);
    }
    document.set(value, size);
    size += value.length;
  }
  return document.subarray(0, size);
}

/** Browsers tell pages nothing about why: no server, a certificate that is refused, or no permission to read the answer. */
function unreachable(url: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint =
    'Open this address in the browser. If the document shows, the web server must let other sites read it ' +
    '(Access-Control-Allow-Origin: *, XEP-0156 §3). Otherwise check the domain, its certificate and the network.';
  return discoveryFailed(url, `could not be fetched: ${reason}`, cause, hint);
}
