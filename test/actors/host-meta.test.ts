import { describe, expect, it } from 'vitest';
import { NS_XRD, parseJrd, parseXrd, REL_WEBSOCKET } from '../../src/actors/host-meta.ts';
import { bytes, link, xrd } from './host-meta-documents.ts';

const XBOSH = 'urn:xmpp:alt-connections:xbosh';

describe('a JRD (RFC 6415 appendix A)', () => {
  it('names WebSockets in its links, among others (XEP-0156 §2.3)', () => {
    const document = {
      subject: 'https://example.com',
      links: [
        { rel: XBOSH, href: 'https://web.example.com:5280/bosh' },
        { rel: REL_WEBSOCKET, href: 'wss://web.example.com:443/ws' },
        { rel: 'lrdd', template: 'https://example.com/?{uri}' },
      ],
    };
    expect(parseJrd(bytes(JSON.stringify(document)))).toEqual({ urls: ['wss://web.example.com/ws'], refused: [] });
  });

  it.each([
    ['nothing but braces', '{}'],
    ['no links', '{"links":[]}'],
    ['links to something else', `{"links":[{"rel":"${XBOSH}","href":"https://example.org/bosh"}]}`],
    ['a relation that only looks alike', `{"links":[{"rel":"${REL_WEBSOCKET}/2","href":"wss://example.org/ws"}]}`],
    ['a relation that is a list', `{"links":[{"rel":["${REL_WEBSOCKET}"],"href":"wss://example.org/ws"}]}`],
    ['links that are none', `{"links":[1,null,"${REL_WEBSOCKET}",[["rel","${REL_WEBSOCKET}"]],true]}`],
    ['what every object inherits', '{"__proto__":{"links":[{}]},"links":[{"__proto__":{"rel":"x"}}]}'],
  ])('with %s names none', (_title, text) => {
    expect(parseJrd(bytes(text))).toEqual({ urls: [], refused: [] });
  });

  it('may begin with a mark of byte order', () => {
    const text = `\ufeff{"links":[{"rel":"${REL_WEBSOCKET}","href":"wss://example.org/ws"}]}`;
    expect(parseJrd(bytes(text)).urls).toEqual(['wss://example.org/ws']);
  });

  it.each([
    ['a page of a web site', '<!DOCTYPE html><title>Not found</title>', 'SyntaxError'],
    ['nothing', '', 'SyntaxError'],
    ['half of one', '{"links":[', 'SyntaxError'],
    ['a list', '[]', 'SyntaxError'],
    ['null', 'null', 'SyntaxError'],
    ['one with an object of links', '{"links":{"rel":"x"}}', 'SyntaxError'],
    ['what is no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'TypeError'],
  ])('is not %s', (_title, document, name) => {
    const read = () => parseJrd(typeof document === 'string' ? bytes(document) : document);
    expect(read).toThrow(expect.objectContaining({ name }));
  });

  it('is read however deep it is nested', () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000);
    const text = `{"properties":${deep},"links":[{"rel":"${REL_WEBSOCKET}","href":"wss://a.example/"}]}`;
    expect(parseJrd(bytes(text)).urls).toEqual(['wss://a.example/']);
    expect(() => parseJrd(bytes('['.repeat(60_000)))).toThrow(SyntaxError);
  });
});

describe('an XRD (RFC 6415 §3)', () => {
  it('names WebSockets in its links, among others (XEP-0156 §2.3)', async () => {
    const document = `<?xml version='1.0' encoding='utf-8'?>
<XRD xmlns='${NS_XRD}'>
  <Subject>https://example.com</Subject>
  <Link rel="${XBOSH}"
        href="https://web.example.com:5280/bosh" />
  <Link rel="${REL_WEBSOCKET}"
        href="wss://web.example.com:443/ws" />
  <Link rel='lrdd' template='https://example.com/?{uri}'><Title xml:lang='en'>Resources</Title></Link>
</XRD>
`;
    expect(await parseXrd(bytes(document))).toEqual({ urls: ['wss://web.example.com/ws'], refused: [] });
  });

  it.each([
    ['prefixes', `<x:XRD xmlns:x='${NS_XRD}'><x:Link rel='${REL_WEBSOCKET}' href='wss://a.example/'/></x:XRD>`],
    ['references', xrd(`<Link rel='${REL_WEBSOCKET}' href='w&#x73;s://a.example/&#x2E;'/>`)],
    [
      'comments',
      `<!-- of ours --><!-->-->${xrd(`<!-- <Link/> -->${link('wss://a.example/')}<!---->`)}<!-- the end -->`,
    ],
    [
      'instructions',
      `<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?>${xrd(`<?x <y ?>${link('wss://a.example/')}`)}`,
    ],
    ['sections', xrd(`<Subject><![CDATA[<!-- ]]><![CDATA[ --><?]]></Subject>${link('wss://a.example/')}`)],
    ['a mark of byte order', `\ufeff${xrd(link('wss://a.example/'))}`],
    ['names that JavaScript knows', xrd(`<constructor/><__proto__ a='b'/><toString/>${link('wss://a.example/')}`)],
    ['other attributes', xrd(`<Link rel='${REL_WEBSOCKET}' priority='1' href='wss://a.example/' type='x'>text</Link>`)],
  ])('may have %s', async (_title, text) => {
    expect(await parseXrd(bytes(text))).toEqual({ urls: ['wss://a.example/'], refused: [] });
  });

  it.each([
    ['no child', `<XRD xmlns='${NS_XRD}'/>`],
    ['text alone', xrd('text')],
    ['a link of another namespace', xrd(`<Link xmlns='urn:x' rel='${REL_WEBSOCKET}' href='wss://a.example/'/>`)],
    ['a link of no namespace', xrd(`<Link xmlns='' rel='${REL_WEBSOCKET}' href='wss://a.example/'/>`)],
    ['a link inside another element', xrd(`<Subject>${link('wss://a.example/')}</Subject>`)],
    [
      'attributes of another namespace',
      xrd(`<Link xmlns:a='urn:x' a:rel='${REL_WEBSOCKET}' a:href='wss://a.example/'/>`),
    ],
    ['a link in a comment', xrd(`<!-- ${link('wss://a.example/')} -->`)],
    ['a link that is text', xrd(`<![CDATA[${link('wss://a.example/')}]]>`)],
  ])('with %s names none', async (_title, text) => {
    expect(await parseXrd(bytes(text))).toEqual({ urls: [], refused: [] });
  });

  it.each([
    ['a page of a web site', '<!DOCTYPE html><title>Not found</title>', 'restricted-xml'],
    ['JSON', '{"links":[]}', 'not-well-formed'],
    ['nothing', '', 'not-well-formed'],
    ['half of one', `<XRD xmlns='${NS_XRD}'><Link`, 'not-well-formed'],
    ['two', xrd() + xrd(), 'not-well-formed'],
    ['another element', '<html/>', 'invalid-xml'],
    ['one of another namespace', "<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-2.0'/>", 'invalid-xml'],
    [
      'one with entities of its own',
      `<!DOCTYPE XRD [<!ENTITY a "wss://a.example/">]>${xrd(link('&a;'))}`,
      'restricted-xml',
    ],
    ['one with a million laughs', laughs(), 'restricted-xml'],
    ['one that wants files', `<!DOCTYPE XRD SYSTEM "file:///etc/passwd">${xrd()}`, 'restricted-xml'],
    ['one with a document type behind a comment', `<!-- -- --><!DOCTYPE XRD>${xrd()}`, 'restricted-xml'],
    ['one with entities that nobody declared', xrd(link('&a;')), 'restricted-xml'],
    ['one with a comment that has no end', `${xrd()}<!-- `, 'not-well-formed'],
    ['one with comments that have no end', xrd('<!--'.repeat(16_000)), 'not-well-formed'],
    ['one with an instruction that has no end', `<?x ${xrd()}`, 'not-well-formed'],
    ['one with a comment in a name', `<XR<!-- -->D xmlns='${NS_XRD}'/>`, 'not-well-formed'],
    ['one that is too deep', xrd('<a>'.repeat(300) + '</a>'.repeat(300)), 'policy-violation'],
    ['one in another encoding', `<?xml version='1.0' encoding='ISO-8859-1'?>${xrd()}`, 'unsupported-encoding'],
  ])('is not %s', async (_title, text, condition) => {
    await expect(parseXrd(bytes(text))).rejects.toMatchObject({ name: 'XmlError', condition });
  });

  it('has no comments in values: what grew together there is dialled by nobody', async () => {
    const { urls } = await parseXrd(bytes(xrd(link('wss://a.example<!-- -->.evil.example/'))));
    expect(urls).toEqual([]);
  });

  it('is not what is no UTF-8', async () => {
    await expect(parseXrd(new Uint8Array([0x3c, 0xff, 0x3e]))).rejects.toMatchObject({ name: 'TypeError' });
  });
});

function laughs(): string {
  const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  return `<!DOCTYPE XRD [<!ENTITY l0 "ha">${entities.join('')}]>${xrd('&l10;')}`;
}
