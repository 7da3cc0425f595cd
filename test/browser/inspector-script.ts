import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveAnswer, LiveMessage } from '../../src/inspect/live/protocol.ts';

/** An inspector that says what the test says. */
export interface ScriptedInspector {
  readonly url: string;
  /** All commands that pages gave, oldest first, as they wrote them. */
  readonly commands: readonly unknown[];
  /** What it answers commands. */
  answer: LiveAnswer;
  /** Charts by key, as SVG. */
  readonly charts: Map<string, string>;
  /** Whole texts by `seq`. */
  readonly texts: Map<number, string>;
  /** Says something to all pages, also to those that come later. */
  say(...messages: readonly LiveMessage[]): void;
  /** Whether it has trouble: pages are turned away. */
  isDown: boolean;
  /** Breaks the connections of all pages. */
  hangUp(): void;
  stop(): Promise<void>;
}

/** Starts one. It has no page: the test opens its own. */
export async function startScriptedInspector(): Promise<ScriptedInspector> {
  const said: LiveMessage[] = [];
  const commands: unknown[] = [];
  const pages = new Set<ServerResponse>();
  const server: Server = createServer((request, response) => void serve(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const inspector: ScriptedInspector = {
    url: `http://127.0.0.1:${port}/token/`,
    commands,
    answer: { ok: true },
    isDown: false,
    charts: new Map(),
    texts: new Map(),
    say(...messages) {
      said.push(...messages);
      for (const page of pages) for (const message of messages) write(page, message);
    },
    hangUp() {
      for (const page of pages) page.destroy();
    },
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
  return inspector;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , folder, name = ''] = request.url?.split('/') ?? [];
    if (inspector.isDown) response.writeHead(503).end();
    else if (folder === 'events') open(response);
    else if (folder === 'commands') {
      commands.push(JSON.parse(await bodyOf(request)));
      response.end(JSON.stringify(inspector.answer));
    } else if (folder === 'charts') reply(response, chartOf(name));
    else if (folder === 'entries') reply(response, inspector.texts.get(Number(name)));
    else response.setHeader('content-type', 'text/css').end();
  }

  function open(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 10\n\n');
    pages.add(response);
    response.on('close', () => pages.delete(response));
    for (const message of said) write(response, message);
  }

  function chartOf(key: string): string | undefined {
    const svg = inspector.charts.get(key);
    return svg === undefined ? undefined : JSON.stringify({ name: key, svg });
  }
}

function write(page: ServerResponse, message: LiveMessage): void {
  page.write(`data: ${JSON.stringify(message)}\n\n`);
}

function reply(response: ServerResponse, text: string | undefined): void {
  response.statusCode = text === undefined ? 404 : 200;
  response.end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}
