import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJrd, parseXrd, REL_WEBSOCKET, type WebSocketLinks } from '../../src/actors/host-meta.ts';
import { escapeAttribute } from '../../src/xml/index.ts';
import { bytes, jrd, link, xrd } from './host-meta-documents.ts';

const XBOSH = 'urn:xmpp:alt-connections:xbosh';

/** The two forms of one document, so that what holds for links is seen in both. */
const FORMS: [string, (...hrefs: unknown[]) => Promise<WebSocketLinks>][] = [
  ['JRD', async (...hrefs) => parseJrd(bytes(jrd(...hrefs)))],
  ['XRD', (...hrefs) => parseXrd(bytes(xrd(...hrefs.map((href) => link(escapeAttribute(String(href)))))))],
];

describe.each(FORMS)('a link in the %s', (_form, parse) => {
  it.each([
    ['has a port', 'wss://example.org:5281/ws', 'wss://example.org:5281/ws'],
    ['has the usual port', 'wss://example.org:443/ws', 'wss://example.org/ws'],
    ['has no path', 'wss://example.org', 'wss://example.org/'],
    ['has a query', 'wss://example.org/ws?a=b&c', 'wss://example.org/ws?a=b&c'],
    ['is written in capitals', 'WSS://EXAMPLE.ORG/Ws', 'wss://example.org/Ws'],
    ['has a name beyond ASCII', 'wss://b\u00fccher.example/ws', 'wss://xn--bcher-kva.example/ws'],
    ['has percent signs in its name', 'wss://ex%61mple.org/%77s', 'wss://example.org/%77s'],
    ['has an address', 'wss://[2001:db8::1]:5281/ws', 'wss://[2001:db8::1]:5281/ws'],
    ['belongs to another domain', 'wss://xmpp.example.net/ws', 'wss://xmpp.example.net/ws'],
  ])('may be dialled if it %s', async (_title, href, url) => {
    expect(await parse(href)).toEqual({ urls: [url], refused: [] });
  });

  it.each([
    ['has no TLS', 'ws://example.org/ws', 'does not start with wss://'],
    ['is for HTTP', 'http://example.org/ws', 'does not start with wss://'],
    ['is for HTTPS', 'https://example.org/ws', 'does not start with wss://'],
    ['is a program', 'javascript:alert(1)', 'does not start with wss://'],
    ['is data', 'data:text/html,wss://example.org', 'does not start with wss://'],
    ['has no scheme', '//example.org/ws', 'does not start with wss://'],
    ['has a space in front', ' wss://example.org/ws', 'does not start with wss://'],
    ['lacks slashes', 'wss:example.org/ws', 'does not start with wss://'],
    ['is empty', '', 'does not start with wss://'],
    ['has no host', 'wss://', 'is no address'],
    ['has its host behind a third slash', 'wss:///example.org', 'is no address'],
    ['has a query for a host', 'wss://?example.org', 'is no address'],
    ['has a backslash', 'wss://example.org\\@evil.example/', 'is no address'],
    ['has a space', 'wss://example.org/w s', 'is no address'],
    ['has a port that is none', 'wss://example.org:99999/ws', 'is no address'],
    ['has a host that is none', 'wss://exa^mple.org/ws', 'is no address'],
    ['has port 0', 'wss://example.org:0/ws', 'has no port'],
    ['has a user name', 'wss://juliet@example.org/ws', 'holds a user name or password'],
    ['has a password', 'wss://:secret@example.org/ws', 'holds a user name or password'],
    ['has a fragment', 'wss://example.org/ws#top', 'holds a fragment'],
    ['has an empty fragment', 'wss://example.org/ws#', 'holds a fragment'],
    ['is long', `wss://example.org/${'w'.repeat(2000)}`, 'is longer than 1024 characters'],
  ])('may not if it %s', async (_title, href, problem) => {
    const { urls, refused } = await parse(href);
    expect(urls).toEqual([]);
    expect(refused).toEqual([expect.stringContaining(problem)]);
    expect(refused[0]?.length).toBeLessThan(160);
  });

  it('beside one that may not is dialled all the same', async () => {
    expect(await parse('ws://example.org/ws', 'wss://example.org/ws')).toEqual({
      urls: ['wss://example.org/ws'],
      refused: ['"ws://example.org/ws" does not start with wss://'],
    });
  });

  it('among a thousand is one of the first eight', async () => {
    const { urls, refused } = await parse(...numbered('wss', 500), ...numbered('ws', 500));
    expect([urls, refused.length]).toEqual([numbered('wss', 8), 8]);
  });

  it('that is there twice counts once', async () => {
    expect((await parse('wss://example.org/a', 'wss://EXAMPLE.org:443/a', 'wss://example.org/b')).urls).toEqual([
      'wss://example.org/a',
      'wss://example.org/b',
    ]);
  });
});

describe('a link', () => {
  it('without an address, or with one that is no text, is told', async () => {
    const links = [
      { rel: REL_WEBSOCKET },
      { rel: REL_WEBSOCKET, href: 7 },
      { rel: REL_WEBSOCKET, href: ['wss://a.example/'] },
    ];
    expect(parseJrd(bytes(JSON.stringify({ links })))).toEqual({
      urls: [],
      refused: [
        'a link with nothing for an address is no address',
        'a link with a value of type number for an address is no address',
        'a link with a list for an address is no address',
      ],
    });
    expect((await parseXrd(bytes(xrd(`<Link rel='${REL_WEBSOCKET}'/>`)))).refused).toHaveLength(1);
  });
});

describe('whatever a document says', () => {
  const href = fc.oneof(
    fc.webUrl(),
    fc.webUrl({ withQueryParameters: true, withFragments: true }).map((url) => url.replace(/^https?/, 'wss')),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `wss://${text}`),
    fc.tuple(fc.constantFrom('ws', 'wss', 'WsS', 'javascript', 'w\tss'), fc.string()).map((parts) => parts.join('://')),
    fc.string(),
  );

  it('nothing but wss addresses come out of a JRD', () => {
    const links = fc.array(fc.oneof(fc.record({ rel: fc.constantFrom(REL_WEBSOCKET, XBOSH), href }), fc.jsonValue()));
    fc.assert(
      fc.property(fc.oneof(fc.record({ links }), fc.jsonValue()), (document) => {
        expectOnlyWss(orNone(() => parseJrd(bytes(JSON.stringify(document)))));
      }),
    );
  });

  it('nothing but wss addresses come out of an XRD', async () => {
    const escaped = href.map((text) => escapeAttribute(text.replaceAll(/[^\t\n\r -\ud7ff]/g, '')));
    const piece = fc.oneof(
      escaped.map(link),
      fc.constantFrom(
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?x ',
        '?>',
        '<Link',
        '>',
        '</XRD>',
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
      ),
    );
    const inside = fc.array(piece, { maxLength: 6 }).map((pieces) => xrd(...pieces));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          escaped.map((text) => xrd(link(text))),
          inside,
          fc.string(),
        ),
        async (document) => {
          expectOnlyWss(await parseXrd(bytes(document)).catch(() => undefined));
        },
      ),
    );
  });

  it('nothing but links or one of three errors come out of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (document) => {
        const errors = [await parseXrd(document).catch(nameOf), orNone(() => parseJrd(document))];
        for (const result of errors) {
          if (typeof result === 'string') expect(['XmlError', 'TypeError']).toContain(result);
          else expectOnlyWss(result);
        }
      }),
    );
  });
});

function expectOnlyWss(links: WebSocketLinks | undefined): void {
  expect(links?.urls.length ?? 0).toBeLessThanOrEqual(8);
  for (const url of links?.urls ?? []) {
    expect(url).toMatch(/^wss:\/\/[^/?#@\\\s]+\/[^#\s]*$/);
    expect(new URL(url)).toMatchObject({ protocol: 'wss:', username: '', password: '', hash: '', href: url });
  }
}

function orNone(read: () => WebSocketLinks): WebSocketLinks | undefined {
  try {
    return read();
  } catch (error) {
    expect(['SyntaxError', 'TypeError']).toContain(nameOf(error));
    return undefined;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function numbered(scheme: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${scheme}://example.org/${index}`);
}
