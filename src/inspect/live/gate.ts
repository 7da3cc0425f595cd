import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Where the server of the inspector listens, and nowhere else. */
export const HOST = '127.0.0.1';

/** What a request is answered that gets no further. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Whoever does not know the token learns nothing else, not even that this is an inspector. */
export const NOT_FOUND: Refusal = { status: 404, message: 'Not found' };

/** Headers of every answer. The page runs its own programs and nobody else's, and nobody else's page can show it or read it. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
};

/** A token that nobody guesses: 192 random bits, in characters that need no escaping in an address. */
export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Decides who may pass: who knows the token, calls this server by a name of this machine (against pages that turn their own name
 * into its address), and is no page from elsewhere. Returns the path behind the token; `undefined` where not even a slash is there.
 */
export function admit(
  request: IncomingMessage,
  token: string,
  port: number,
): { readonly path: string | undefined } | Refusal {
  const [, given = '', path] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(request.url ?? '') ?? [];
  if (!isSame(given, token)) return NOT_FOUND;
  const names = [`${HOST}:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !names.includes(host)) {
    return { status: 403, message: `Call it by the name it has: http://${HOST}:${port}` };
  }
  if (origin !== undefined && !names.some((name) => origin === `http://${name}`)) {
    return { status: 403, message: 'This is for pages of the inspector alone' };
  }
  return { path };
}

/** Takes the same time however much of it is right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
