import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ask } from './page.ts';
import { openStage } from './stage.ts';

const { stage } = openStage();

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** An inspector, and what has to be known of it to ask it raw questions. */
async function open() {
  const { makeClient, inspect, openPage } = await stage();
  const client = makeClient();
  const inspector = await inspect(client);
  const { port, pathname } = new URL(inspector.url);
  return { client, inspector, url: inspector.url, port: Number(port), base: pathname, openPage };
}

describe('the address of the page', () => {
  test('is one of 127.0.0.1, with 192 random bits in it, never the same twice', async () => {
    const { makeClient, inspect } = await stage();
    const client = makeClient();
    const urls = [(await inspect(client)).url, (await inspect(client)).url];
    for (const url of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
    expect(new Set(urls.map((url) => new URL(url).pathname)).size).toBe(2);
  });

  test('is for this machine alone: other addresses of loopback do not answer', async () => {
    const { port } = await open();
    const socket = connect({ host: '127.0.0.2', port });
    const error = await new Promise<NodeJS.ErrnoException>((resolve, reject) => {
      socket.on('error', resolve).on('connect', () => reject(new Error('It listens there')));
    });
    expect(error.code).toBe('ECONNREFUSED');
  });
});

describe('who does not know the token', () => {
  test('gets the same answer to everything, and learns nothing', async () => {
    const { url, base } = await open();
    const token = base.slice(1, -1);
    const paths = [
      '/',
      '/events',
      '/index.html',
      '/favicon.ico',
      `/${token.slice(0, -1)}/`,
      `/${token}x/events`,
      `/${token.toUpperCase()}/`,
      `/x/../${token}/`,
      `//${token}/`,
      `/?/${token}/`,
      `/%2e/${token}/events`,
    ];
    const answers = await Promise.all(paths.map((path) => ask(url, path)));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(paths.map(() => [404, 'Not found\n']));
    const posted = await ask(url, '/commands', { method: 'POST', body: '{}' });
    expect([posted.status, posted.body]).toEqual([404, 'Not found\n']);
  });

  test('gets it also under a wrong name, or from a foreign page', async () => {
    const { url } = await open();
    const answer = await ask(url, '/wrong/', { headers: { host: 'evil.example', origin: 'http://evil.example' } });
    expect([answer.status, answer.body]).toEqual([404, 'Not found\n']);
  });
});

describe('who knows the token', () => {
  test('must call the server by a name of this machine, against names that are turned into its address', async () => {
    const { url, base, port } = await open();
    const statuses = await Promise.all(
      [
        'evil.example',
        `evil.example:${port}`,
        '127.0.0.1',
        `127.0.0.1:${port + 1}`,
        `localhost.evil.example:${port}`,
      ].map(async (host) => (await ask(url, `${base}chart.css`, { headers: { host } })).status),
    );
    expect(statuses).toEqual([403, 403, 403, 403, 403]);
    expect((await ask(url, `${base}chart.css`, { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });

  test('must be no page from elsewhere', async () => {
    const { url, base, port } = await open();
    const origins = ['http://evil.example', 'null', `https://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`];
    const answers = await Promise.all(
      origins.map(async (origin) => (await ask(url, `${base}events`, { headers: { origin } })).status),
    );
    expect(answers).toEqual([403, 403, 403, 403]);
    const own = await ask(url, `${base}chart.css`, { headers: { origin: `http://127.0.0.1:${port}` } });
    expect(own.status).toBe(200);
  });

  test('gets every answer with headers that keep others out', async () => {
    const { inspector, url, base, openPage } = await open();
    const answers = await Promise.all(['/', base, `${base}chart.css`, `${base}nothing`].map((path) => ask(url, path)));
    const page = await openPage(inspector);
    for (const { headers } of [...answers, page.response]) {
      expect(headers).toMatchObject({
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(page.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  });

  test('gets files of the page and no others, however the path is written', async () => {
    const { url, base } = await open();
    const paths = [
      '../package.json',
      '../../package.json',
      '%2e%2e/package.json',
      '..%2fpackage.json',
      '..\\package.json',
      'page/../index.html',
      './index.html',
      '/etc/passwd',
      'live/server.js',
      'main.ts',
      'main.js.map',
      'constructor',
      '__proto__',
      'charts/',
      'charts/%E0%A4%A',
      'charts/nobody',
      'entries/',
      'entries/-1',
      'entries/1e3',
      'entries/99999',
    ];
    const answers = await Promise.all(paths.map((path) => ask(url, base + path)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 404));
    const css = await ask(url, `${base}chart.css`);
    expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(css.body).toContain('--chart-');
  });

  test('is led to the page where the slash is missing', async () => {
    const { url, base } = await open();
    const { status, headers } = await ask(url, base.slice(0, -1));
    expect([status, headers.location]).toEqual([308, base]);
  });

  test('may not do what nobody needs', async () => {
    const { url, base } = await open();
    const answers = await Promise.all([
      ask(url, base, { method: 'POST' }),
      ask(url, `${base}events`, { method: 'HEAD' }),
      ask(url, `${base}commands`),
      ask(url, `${base}commands`, { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.allow])).toEqual([
      [405, 'GET, HEAD'],
      [405, 'GET'],
      [405, 'POST'],
      [405, 'POST'],
    ]);
  });
});

describe('a command', () => {
  const json = { 'content-type': 'application/json' };

  test('must be JSON by its type: no form of a foreign page can be', async () => {
    const { client, url, base } = await open();
    const body = JSON.stringify({ type: 'start', client: client.actor.sessionId });
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      'application/jsonp',
    ];
    const answers = await Promise.all(
      [...types.map((type) => ({ 'content-type': type })), {}].map((headers) =>
        ask(url, `${base}commands`, { method: 'POST', headers, body }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([415, 415, 415, 415, 415]);
    expect(client.actor.getSnapshot().value).toBe('offline');
    const charset = await ask(url, `${base}commands`, {
      method: 'POST',
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
      body,
    });
    expect([charset.status, charset.body]).toEqual([200, '{"ok":true}']);
  });

  test('may have 1 MiB and no more', async () => {
    const { client, url, base } = await open();
    const fitting = JSON.stringify({ type: 'nonsense', client: client.actor.sessionId });
    const answers = await Promise.all(
      [fitting.padEnd(1024 * 1024), fitting.padEnd(1024 * 1024 + 1), fitting.padEnd(5 * 1024 * 1024)].map((body) =>
        ask(url, `${base}commands`, { method: 'POST', headers: json, body }),
      ),
    );
    expect(answers.map(({ status, body }) => [status, JSON.parse(body).message])).toEqual([
      [200, 'Expected `type`, one of start, stop, reconnect.now, network.offline, network.online, drop, send.'],
      [413, 'This command is too long: 1 MiB is the most.'],
      [413, 'This command is too long: 1 MiB is the most.'],
    ]);
  });

  test('that breaks off in the middle harms nobody', async () => {
    const { client, url, base, port } = await open();
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(
      `POST ${base}commands HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"type`,
    );
    await new Promise((resolve) => socket.once('ready', resolve));
    socket.destroy();
    const body = JSON.stringify({ type: 'start', client: client.actor.sessionId });
    expect((await ask(url, `${base}commands`, { method: 'POST', headers: json, body })).body).toBe('{"ok":true}');
  });
});
