import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { LiveMessage, LogEntry } from '../../../src/inspect/live/protocol.ts';

/** A page as far as the server knows: somebody who reads the stream. */
export interface Page {
  readonly response: IncomingMessage;
  readonly messages: readonly LiveMessage[];
  /** Everything that came, as it came. */
  raw(): string;
  entries(): LogEntry[];
  /** How many lines did not come. */
  dropped(): number;
  /** Resolves with what `look` finds, now or after a later message; rejects when the stream ends without. */
  until<Found>(look: (page: Page) => Found | undefined): Promise<Found>;
  /** Goes away. */
  close(): void;
}

/** Opens the stream of messages. `reads: false` leaves everything in the socket until `response.resume()`. */
export async function openPage(url: string, { reads = true } = {}): Promise<Page> {
  const asked = request(new URL('events', url), { agent: false });
  asked.end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('There was no answer');
  const messages: LiveMessage[] = [];
  let raw = '';
  let parsed = 0;
  response.setEncoding('utf8');
  response.on('error', () => {});
  response.on('data', (text: string) => {
    raw += text;
    for (let end = raw.indexOf('\n\n', parsed); end >= 0; end = raw.indexOf('\n\n', parsed)) {
      messages.push(JSON.parse(raw.slice(parsed, end).replace(/^data: /, '')));
      parsed = end + 2;
    }
  });
  if (!reads) response.pause();
  const page: Page = {
    response,
    messages,
    raw: () => raw,
    entries: () => messages.flatMap((message) => (message.type === 'entries' ? message.entries : [])),
    dropped: () => messages.reduce((sum, message) => sum + (message.type === 'entries' ? message.dropped : 0), 0),
    until: (look) => until(page, look),
    close: () => response.destroy(),
  };
  return page;
}

function until<Found>(page: Page, look: (page: Page) => Found | undefined): Promise<Found> {
  const { response } = page;
  return new Promise((resolve, reject) => {
    const check = (): boolean => {
      const found = look(page);
      if (found !== undefined) settle(() => resolve(found));
      return found !== undefined;
    };
    const end = (): void => {
      if (!check()) settle(() => reject(new Error(`The stream ended without what was waited for:\n${page.raw()}`)));
    };
    if (check()) return;
    response.on('data', check).on('close', end);

    function settle(how: () => void): void {
      response.off('data', check).off('close', end);
      how();
    }
  });
}

/** An answer of the server, read to its end. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a raw request may say. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks for a path exactly as it is written: nothing is made of dots and percent signs on the way. */
export async function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, path, method, headers, agent: false });
  asked.end(body);
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (!response) throw new Error('There was no answer');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
}

/** Gives a command as the page does, and resolves with the answer. */
export async function command(url: string, json: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(url, `${new URL(url).pathname}commands`, {
    method: 'POST',
    headers,
    body: JSON.stringify(json),
  });
  return JSON.parse(answer.body);
}
