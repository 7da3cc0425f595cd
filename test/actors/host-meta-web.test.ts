import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { MOST_BYTES } from '../../src/actors/host-meta-lookup.ts';
import { hostMetaVia } from '../../src/actors/host-meta-web.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { factsOf, rejectionOf } from '../support/when.ts';
import { closeWebServers, type Page, servePlain } from './web-server.ts';

const PATH = '/.well-known/host-meta.json';
const URL_OF_DOCUMENT = `https://example.org${PATH}`;

afterEach(closeWebServers);

describe('a document, fetched as browsers do', () => {
  it('is what the web server gives', async () => {
    const { document } = await fetchFrom((response) => response.end('{}'));
    expect(new TextDecoder().decode(await document)).toBe('{}');
  });

  it.each([204, 206, 300, 304, 403, 404, 410, 500, 503])('is not there with status %d', async (status) => {
    const { document } = await fetchFrom((response) => response.writeHead(status).end());
    expect(await document).toBeUndefined();
  });

  it('is asked for without cookies, passwords, referrer, and with no header that needs a preflight', async () => {
    const inits: RequestInit[] = [];
    const seen: IncomingHttpHeaders[] = [];
    const { document } = await fetchFrom(
      (response, { headers }) => {
        seen.push(headers);
        response.end('{}');
      },
      undefined,
      inits,
    );
    await document;
    expect(inits).toEqual([
      {
        mode: 'cors',
        credentials: 'omit',
        redirect: 'manual',
        cache: 'default',
        referrerPolicy: 'no-referrer',
        headers: { accept: 'application/json' },
        signal: expect.any(AbortSignal),
      },
    ]);
    expect(seen).toMatchObject([{ accept: 'application/json' }]);
    expect(Object.keys(seen[0] ?? {})).not.toEqual(expect.arrayContaining(['cookie']));
  });

  it.each([301, 302, 303, 307, 308])('is not looked for elsewhere: status %d', async (status) => {
    const { document, server } = await fetchFrom((response) => response.writeHead(status, { location: '/a' }).end());
    expect(factsOf(await rejectionOf(document))).toMatchObject({ code: 'transport/discovery-failed' });
    await expect(document).rejects.toMatchObject({ message: `${URL_OF_DOCUMENT} redirects to "/a"` });
    expect(server.asked).toEqual([`GET ${PATH}`]);
  });

  it('is not looked for elsewhere, also where a browser hides the target', async () => {
    // What a browser makes of a redirect that it is not to follow; no constructor makes one.
    const opaque = Object.defineProperties(new Response(null), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    });
    await expect(hostMetaVia(async () => opaque)(request())).rejects.toMatchObject({
      code: 'transport/discovery-failed',
      message: `${URL_OF_DOCUMENT} redirects`,
    });
  });

  it('may have 64 KiB, and no byte more', async () => {
    const largest = await fetchFrom((response) => response.end(' '.repeat(MOST_BYTES)));
    expect((await largest.document)?.length).toBe(MOST_BYTES);
    const larger = await fetchFrom((response) => response.end(' '.repeat(MOST_BYTES + 1)));
    await expect(larger.document).rejects.toMatchObject({
      code: 'transport/discovery-failed',
      message: `${URL_OF_DOCUMENT} is larger than 64 KiB`,
    });
  });

  it('that has no end is given up', async () => {
    const { document, server } = await fetchFrom(endless);
    await expect(document).rejects.toMatchObject({ message: `${URL_OF_DOCUMENT} is larger than 64 KiB` });
    await server.idle();
  });

  it('that is cut off is told', async () => {
    const { document } = await fetchFrom((response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{', () => response.destroy());
    });
    await expect(document).rejects.toMatchObject({ message: `${URL_OF_DOCUMENT} was cut off` });
  });

  it('that cannot be had is told with what may be wrong, for browsers do not say', async () => {
    const failed = hostMetaVia(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await rejectionOf(failed(request()))).toMatchObject({
      code: 'transport/discovery-failed',
      message: `${URL_OF_DOCUMENT} could not be fetched: Failed to fetch`,
      hint: expect.stringContaining('Access-Control-Allow-Origin'),
    });
  });

  it.each<[string, Page]>([
    ['whose server says nothing', () => {}],
    ['whose server never gets to the document', (response) => response.writeHead(200).flushHeaders()],
  ])('%s is not waited for when nobody wants it any more', async (_title, page) => {
    const controller = new AbortController();
    const { document, server } = await fetchFrom(page, controller.signal);
    const error = rejectionOf(document);
    await server.heard(1);
    controller.abort();
    expect(await error).toBe(controller.signal.reason);
    await server.idle();
  });
});

/** Fetches from a server on this machine what is asked of example.org. */
async function fetchFrom(page: Page, signal?: AbortSignal, inits: RequestInit[] = []) {
  const server = await servePlain({ [PATH]: page, '/a': '{}' });
  const fetchHostMeta = hostMetaVia((url, init) => {
    inits.push(init);
    return fetch(url.replace('https://example.org', `http://127.0.0.1:${server.port}`), init);
  });
  return { server, document: fetchHostMeta(request(signal)) };
}

function request(signal = new AbortController().signal) {
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x' });
  return { url: URL_OF_DOCUMENT, domain: 'example.org', accept: 'application/json', settings, signal };
}

function endless(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
  };
  response.on('drain', more);
  more();
}
