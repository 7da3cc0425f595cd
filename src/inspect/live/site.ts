import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asset } from './assets.ts';
import { describeError } from './details.ts';
import { admit, NOT_FOUND, type Refusal, SAFE_HEADERS } from './gate.ts';
import type { Hub } from './hub.ts';
import type { LiveAnswer } from './protocol.ts';
import { readBody } from './server.ts';

/** Pages that may be open at a time. */
const MOST_PAGES = 16;

/** What the inspector shows, to those who know its token. */
export class Site {
  readonly #hub: Hub;
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #token: string;

  constructor(hub: Hub, assets: ReadonlyMap<string, Asset>, token: string) {
    this.#hub = hub;
    this.#assets = assets;
    this.#token = token;
  }

  /** Answers a request. Never throws. */
  async answer(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
    response.on('error', () => {});
    try {
      const admitted = admit(request, this.#token, port);
      if ('status' in admitted) refuse(response, admitted);
      else if (admitted.path === undefined) redirect(response, `/${this.#token}/`);
      else if (admitted.path === 'commands') await this.#obey(request, response);
      else if (request.method !== 'GET' && request.method !== 'HEAD') refuseMethod(response, 'GET, HEAD');
      else await this.#show(admitted.path, request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 500, message: `The inspector failed: ${describeError(error)}` });
    }
  }

  async #show(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [folder, name = ''] = path.split('/');
    const asset = this.#assets.get(path);
    if (asset) send(response, 200, asset.type, asset.body);
    else if (path === '') refuse(response, NOT_BUILT);
    else if (path === 'events') this.#open(request, response);
    else if (folder === 'charts') await this.#showChart(name, response);
    else if (folder === 'entries') this.#showText(name, response);
    else refuse(response, NOT_FOUND);
  }

  #open(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') return refuseMethod(response, 'GET');
    if (this.#hub.pageCount >= MOST_PAGES) {
      return refuse(response, { status: 503, message: 'Too many pages are open: close one' });
    }
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    this.#hub.open(response);
  }

  async #showChart(key: string, response: ServerResponse): Promise<void> {
    try {
      const chart = await this.#hub.charts.chart(decode(key));
      if (chart) send(response, 200, JSON_TYPE, JSON.stringify(chart));
      else refuse(response, { status: 404, message: 'There is no such chart any more' });
    } catch (error) {
      refuse(response, { status: 404, message: `This chart cannot be drawn: ${describeError(error)}` });
    }
  }

  #showText(seq: string, response: ServerResponse): void {
    const text = /^\d{1,15}$/.test(seq) ? this.#hub.history.text(Number(seq)) : undefined;
    if (text === undefined) refuse(response, { status: 404, message: 'The whole text is no longer kept' });
    else send(response, 200, TEXT_TYPE, text);
  }

  async #obey(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return refuseMethod(response, 'POST');
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') return reply(response, 415, refusal('Expected a command as application/json.'));
    const body = await readBody(request);
    if (body === undefined) return reply(response, 413, refusal('This command is too long: 1 MiB is the most.'));
    reply(response, 200, this.#hub.perform(body));
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

const NOT_BUILT: Refusal = {
  status: 503,
  message: 'The page of the inspector is not there: `npm run build` makes it. All else works.',
};

function decode(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return '';
  }
}

function refusal(message: string): LiveAnswer {
  return { ok: false, message };
}

function reply(response: ServerResponse, status: number, answer: LiveAnswer): void {
  send(response, status, JSON_TYPE, JSON.stringify(answer));
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  send(response, status, TEXT_TYPE, `${message}\n`);
}

function redirect(response: ServerResponse, location: string): void {
  response.setHeader('location', location);
  send(response, 308, TEXT_TYPE, '');
}

function refuseMethod(response: ServerResponse, allowed: string): void {
  response.setHeader('allow', allowed);
  refuse(response, { status: 405, message: `Only ${allowed}` });
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...SAFE_HEADERS, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
