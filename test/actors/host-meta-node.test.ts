import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { REL_WEBSOCKET } from '../../src/actors/host-meta.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { type Authority, createAuthority } from '../../src/testing/certificate.ts';
import { createTestClock } from '../support/clock.ts';
import { factsOf, rejectionOf } from '../support/when.ts';
import { JRD, JRD_PATH, XRD, XRD_PATH, XRD_URL } from './host-meta-documents.ts';
import { closeWebServers, lookUpAt, type Page, type Pages, serve, servePlain } from './web-server.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(closeWebServers);

describe('the documents of a domain (XEP-0156 §2)', () => {
  it.each<[string, Pages, string[]]>([
    ['both there: the JRD', { [JRD_PATH]: JRD, [XRD_PATH]: XRD }, ['wss://jrd.example.org/ws']],
    ['the JRD alone', { [JRD_PATH]: JRD }, ['wss://jrd.example.org/ws']],
    ['the XRD alone', { [XRD_PATH]: XRD }, ['wss://xrd.example.org/ws']],
    ['a JRD that names none', { [JRD_PATH]: '{}', [XRD_PATH]: XRD }, ['wss://xrd.example.org/ws']],
    ['a JRD that is none', { [JRD_PATH]: '<!DOCTYPE html>', [XRD_PATH]: XRD }, ['wss://xrd.example.org/ws']],
    ['an XRD that is none', { [JRD_PATH]: JRD, [XRD_PATH]: '<!DOCTYPE html>' }, ['wss://jrd.example.org/ws']],
    ['none', {}, []],
    ['two that name none', { [JRD_PATH]: '{"links":[]}', [XRD_PATH]: XRD.replace(REL_WEBSOCKET, 'lrdd') }, []],
    ['other than a success', { [JRD_PATH]: status(500, JRD), [XRD_PATH]: status(206, XRD) }, []],
    ['a type that is another', { [JRD_PATH]: typed('text/html', JRD) }, ['wss://jrd.example.org/ws']],
  ])('are asked for over HTTPS: %s', async (_title, pages, urls) => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), pages);
    const found = await lookUp(server.port);
    expect(found.map(({ url }) => url)).toEqual(urls);
    await server.deserted();
    // The other one may have been given up before it was asked for.
    expect(server.asked).toContain(`GET ${JRD_PATH}`);
    expect([`GET ${JRD_PATH}`, `GET ${XRD_PATH}`]).toEqual(expect.arrayContaining(server.asked));
    expect(server.asked.length).toBeLessThanOrEqual(2);
  });

  it('are said to be where they were found', async () => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [XRD_PATH]: XRD });
    expect(await lookUp(server.port)).toEqual([{ url: 'wss://xrd.example.org/ws', namedBy: XRD_URL }]);
  });

  it('are asked for with nothing that tells who asks', async () => {
    const headers: IncomingHttpHeaders[] = [];
    const certificates: unknown[] = [];
    const keep: Page = (response, request) => {
      headers.push(request.headers);
      certificates.push((request.socket as TLSSocket).getPeerCertificate());
      response.end('{}');
    };
    const { key, certificate } = await authority.issue({ domains: ['juliet.example'] });
    const options = { requestCert: true, rejectUnauthorized: false };
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [JRD_PATH]: keep }, options);
    await lookUp(server.port, { tls: { ca: authority.certificate, clientCertificate: { key, certificate } } });
    expect(headers).toEqual([
      {
        host: 'example.org',
        accept: 'application/json, application/jrd+json, */*;q=0.1',
        'accept-encoding': 'identity',
        connection: 'close',
      },
    ]);
    expect(certificates).toEqual([{}]);
  });

  it('of a domain beyond ASCII are asked for by the name that DNS knows', async () => {
    const hosts: unknown[] = [];
    const page: Page = (response, { headers, socket }) => {
      hosts.push(headers.host, Reflect.get(socket, 'servername'));
      response.end(JRD);
    };
    const server = await serve(await authority.issue({ domains: ['xn--bcher-kva.example'] }), { [JRD_PATH]: page });
    expect(await lookUp(server.port, {}, { domain: 'xn--bcher-kva.example' })).toHaveLength(1);
    expect(hosts).toEqual(['xn--bcher-kva.example', 'xn--bcher-kva.example']);
  });

  it('are not there where no web server is', async () => {
    const { port } = await servePlain({});
    await closeWebServers();
    expect(await lookUp(port)).toEqual([]);
    expect(await lookUp(port, {}, { host: 'no-such-host.invalid' })).toEqual([]);
  });
});

describe('a document that cannot be used is told, where nothing else can', () => {
  it.each<[string, Page, string]>([
    [
      'is on another host',
      redirect('https://www.example.org/host-meta'),
      'redirects to "https://www.example.org/host-meta"',
    ],
    ['is at another path', redirect('/host-meta'), 'redirects to "/host-meta"'],
    [
      'is at a place without TLS',
      redirect(`http://example.org${XRD_PATH}`),
      `redirects to "http://example.org${XRD_PATH}"`,
    ],
    ['is at a place that is not told', (response) => response.writeHead(302).end(), 'redirects'],
    ['has no end', endless, 'is larger than 64 KiB'],
    ['is larger than it may be', XRD + ' '.repeat(65_537 - XRD.length), 'is larger than 64 KiB'],
    ['is cut off', cutOff, 'was cut off'],
    ['never begins', (response) => response.destroy(), 'could not be fetched: ECONNRESET'],
    ['is not XML', 'XRD', 'cannot be understood: expected the start of an element, got “X” (at character 0)'],
    [
      'has entities',
      `<!DOCTYPE XRD [<!ENTITY a "b">]>${XRD}`,
      'cannot be understood: expected elements and text, got a document type declaration',
    ],
    [
      'leads nowhere safe',
      XRD.replace('wss:', 'ws:'),
      'names no WebSocket that may be used: "ws://xrd.example.org/ws" does not start with wss://',
    ],
  ])('as one that %s', async (_title, page, problem) => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), {
      [XRD_PATH]: page,
      '/host-meta': XRD,
    });
    const error = await rejectionOf(lookUp(server.port));
    expect(factsOf(error)).toMatchObject({ name: 'TransportError', code: 'transport/discovery-failed' });
    expect(error).toMatchObject({ message: expect.stringContaining(`${XRD_URL} ${problem}`) });
    await server.deserted();
    // Nobody went where the redirect leads.
    expect(new Set(server.asked)).toEqual(new Set([`GET ${JRD_PATH}`, `GET ${XRD_PATH}`]));
  });

  it('as large as it may be is read', async () => {
    const page = XRD + ' '.repeat(65_536 - XRD.length);
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [XRD_PATH]: page });
    expect(await lookUp(server.port)).toHaveLength(1);
  });

  it('both of them, where both are there', async () => {
    const pages = { [JRD_PATH]: redirect('/a'), [XRD_PATH]: '<html/>' };
    const server = await serve(await authority.issue({ domains: ['example.org'] }), pages);
    await expect(lookUp(server.port)).rejects.toMatchObject({
      code: 'transport/discovery-failed',
      message: expect.stringMatching(
        /^https:\/\/\S+\.json redirects to "\/a"; https:\/\/\S+\/host-meta cannot be understood: /,
      ),
      hint: 'The document must be at this address itself: no redirect is followed. Tell the operator of the web site.',
      cause: { errors: [{ code: 'transport/discovery-failed' }, { code: 'transport/discovery-failed' }] },
    });
  });

  it('and nobody minds one, where the other names something', async () => {
    const pages = { [JRD_PATH]: endless, [XRD_PATH]: XRD };
    const server = await serve(await authority.issue({ domains: ['example.org'] }), pages);
    expect(await lookUp(server.port)).toEqual([{ url: 'wss://xrd.example.org/ws', namedBy: XRD_URL }]);
    await server.deserted();
  });
});

describe('a document that does not come', () => {
  const SLOW: [string, Page][] = [
    ['whose server says nothing', () => {}],
    ['whose server never gets to the document', (response) => response.writeHead(200).flushHeaders()],
    ['that drips', drip],
  ];

  it.each(SLOW)('%s is given up before discovery is', async (_title, page) => {
    const clock = createTestClock();
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [XRD_PATH]: page });
    const found = rejectionOf(lookUp(server.port, { clock, timeouts: { resolve: 8000 } }));
    await server.heard(2);
    clock.increment(6000);
    expect(await found).toMatchObject({
      code: 'transport/discovery-failed',
      message: `${XRD_URL} did not come within 6 s`,
    });
    await server.deserted();
  });

  it.each(SLOW)('%s is not waited for when the client does not want to know any more', async (_title, page) => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), {
      [JRD_PATH]: page,
      [XRD_PATH]: page,
    });
    const controller = new AbortController();
    const found = rejectionOf(lookUp(server.port, {}, { signal: controller.signal }));
    await server.heard(2);
    controller.abort();
    await found;
    await server.deserted();
  });

  it('is not asked for when nobody wants to know', async () => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [XRD_PATH]: XRD });
    await rejectionOf(lookUp(server.port, {}, { signal: AbortSignal.abort() }));
    expect(server.asked).toEqual([]);
  });
});

/** As a client that trusts the authority of these tests. */
function lookUp(port: number, options: Partial<ClientOptions> = {}, place: Parameters<typeof lookUpAt>[2] = {}) {
  return lookUpAt(port, { tls: { ca: authority.certificate }, ...options }, place);
}

function status(code: number, text: string): Page {
  return (response) => response.writeHead(code).end(text);
}

function typed(type: string, text: string): Page {
  return (response) => response.writeHead(200, { 'content-type': type }).end(text);
}

function redirect(location: string): Page {
  return (response) => response.writeHead(301, { location }).end(XRD);
}

function endless(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
  };
  response.on('drain', more);
  more();
}

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1000 });
  response.write(XRD, () => response.destroy());
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 1);
  response.on('close', () => clearInterval(timer));
}
