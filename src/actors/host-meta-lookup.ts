import type { ClientInput } from '../../machines/settings.ts';
import { OptionError, TransportError, type XmppError } from '../errors/index.ts';
import { parseJrd, parseXrd, type WebSocketLinks } from './host-meta.ts';

/** One document that is asked for. */
export interface HostMetaRequest {
  /** `https://example.org/.well-known/host-meta`. */
  readonly url: string;
  /** The domain of the URL, as DNS and certificates have it: the identity that the certificate must prove. */
  readonly domain: string;
  /** The media types that are hoped for; whatever comes is taken, and none is trusted. */
  readonly accept: string;
  readonly settings: ClientInput;
  readonly signal: AbortSignal;
}

/**
 * Fetches a document of at most {@link MOST_BYTES} over verified HTTPS, and follows no redirect. Resolves with `undefined`
 * where there is none; rejects with a `TransportError` where something is there that cannot be used, and with the reason of
 * the signal when it is aborted.
 */
export type FetchHostMeta = (request: HostMetaRequest) => Promise<Uint8Array | undefined>;

/** A WebSocket that a document names. */
export interface NamedWebSocket {
  /** Always `wss:`. */
  readonly url: string;
  /** Address of the document. */
  readonly namedBy: string;
}

/** A document that grows larger is given up. */
export const MOST_BYTES = 64 * 1024;

/**
 * Finds the WebSockets that the host-meta documents of a domain name (XEP-0156). None is no error. Where there is something
 * that cannot be used, and nothing else that can, it rejects with a `TransportError`: a person has to know.
 *
 * Both forms are asked for at once: services must have the XRD and should have the JRD (XEP-0156 §2.2), and which of them is
 * missing, slow or broken is not known before. The JRD counts if it names anything, for it is read without an XML parser.
 */
export async function lookUpHostMeta(
  domain: string,
  settings: ClientInput,
  fetchHostMeta: FetchHostMeta,
  signal: AbortSignal,
): Promise<readonly NamedWebSocket[]> {
  const limit = Math.floor(settings.timeouts.resolve * SHARE_OF_TIME);
  const time = limitTime(settings, limit, signal);
  const asked = FORMATS.map(({ path, accept, read }) => {
    const url = `https://${domain}${path}`;
    const document = fetchHostMeta({ url, domain, accept, settings, signal: time.signal });
    // Where the first names something nobody looks at the second any more.
    document.catch(() => {});
    return { url, read, document };
  });
  const problems: XmppError[] = [];
  try {
    for (const { url, read, document } of asked) {
      try {
        const urls = await namedIn(await document, url, read);
        if (urls.length > 0) return urls.map((named) => ({ url: named, namedBy: url }));
      } catch (error) {
        const isLate = error === time.signal.reason;
        problems.push(isLate ? discoveryFailed(url, `did not come within ${limit / 1000} s`) : understood(url, error));
      }
    }
  } finally {
    time.end();
  }
  const error = together(problems);
  if (error) throw error;
  return [];
}

/** A document that is there and cannot be used. `problem` continues a sentence that begins with its address. */
export function discoveryFailed(url: string, problem: string, cause?: unknown, hint: string = HINT): TransportError {
  return new TransportError(`${url} ${problem}`, { condition: 'discovery-failed', cause, hint });
}

/** Whether a status of HTTP says that the document is elsewhere (RFC 9110 §15.4). */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** The document is said to be elsewhere. RFC 6415 §2 would follow; but whoever may redirect on a web site is not known. */
export function redirected(url: string, target: string | undefined): TransportError {
  const to = target === undefined ? '' : ` to ${JSON.stringify(target.slice(0, 200))}`;
  const hint =
    'The document must be at this address itself: no redirect is followed. Tell the operator of the web site.';
  return discoveryFailed(url, `redirects${to}`, undefined, hint);
}

/** The document is larger than {@link MOST_BYTES}. */
export function tooLarge(url: string): TransportError {
  return discoveryFailed(url, `is larger than ${MOST_BYTES / 1024} KiB`);
}

const HINT = 'Tell the operator of the server, or name the address yourself (`websocket`, or `host` on Node).';

/** Of the time that discovery has; so that what was slow is said, and what came is still read. */
const SHARE_OF_TIME = 0.75;

/** The JRD comes first: see above. */
const FORMATS = [
  { path: '/.well-known/host-meta.json', accept: 'application/json, application/jrd+json, */*;q=0.1', read: parseJrd },
  { path: '/.well-known/host-meta', accept: 'application/xrd+xml, application/xml;q=0.9, */*;q=0.1', read: parseXrd },
] as const;

type Read = (document: Uint8Array) => WebSocketLinks | Promise<WebSocketLinks>;

async function namedIn(document: Uint8Array | undefined, url: string, read: Read): Promise<readonly string[]> {
  if (document === undefined) return [];
  const { urls, refused } = await read(document);
  if (urls.length > 0 || refused.length === 0) return urls;
  throw discoveryFailed(url, `names no WebSocket that may be used: ${refused.join('; ')}`);
}

function understood(url: string, error: unknown): XmppError {
  if (error instanceof TransportError || error instanceof OptionError) return error;
  return discoveryFailed(url, `cannot be understood: ${error instanceof Error ? error.message : String(error)}`, error);
}

function together(problems: readonly XmppError[]): XmppError | undefined {
  const [first, second] = problems;
  // A certificate, or an option, that cannot be used is the same for both documents.
  const common = problems.find(({ condition }) => condition !== 'discovery-failed');
  if (common || !first || !second) return common ?? first;
  return new TransportError(`${first.message}; ${second.message}`, {
    condition: 'discovery-failed',
    cause: new AggregateError(problems),
    hint: first.hint,
  });
}

/** A signal that is aborted with the other one, or when the time is over; `end` aborts it as well. */
function limitTime({ clock }: ClientInput, limit: number, outer: AbortSignal) {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = clock.setTimeout(abort, limit);
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    end(): void {
      clock.clearTimeout(timer);
      outer.removeEventListener('abort', abort);
      abort();
    },
  };
}
