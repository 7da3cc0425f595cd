import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Authority,
  createAuthority,
  type Server,
  type ServerOptions,
  startServer,
} from '../../src/testing/index.ts';
import { childOf, type Element } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

let authority: Authority;
const servers: Server[] = [];

beforeAll(async () => {
  authority = await createAuthority();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const issued = await authority.issue({ domains: ['capulet.example'] });
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30', romeo: 'j0l13t' },
    certificate: { ...issued, ca: authority.certificate },
    ...options,
  });
  servers.push(server);
  return server;
}

describe('before TLS', () => {
  test('the server offers nothing but STARTTLS, and requires it', async () => {
    const client = RawClient.tcp(await start());
    const header = await client.header().receives('<stream:stream from="capulet.example" version="1.0">');
    expect(header.attributes.id).toMatch(/^[\w-]{22}$/);
    const features = await client.receives(
      `<stream:features><starttls xmlns="${TLS}"><required/></starttls></stream:features>`,
    );
    expect(features.children).toHaveLength(1);
  });

  test('a login in clear text ends the stream', async () => {
    const client = RawClient.tcp(await start());
    await client.header().receives('<stream:stream>');
    await client.receives('<stream:features/>');
    await client
      .auth('juliet', 'r0m30')
      .receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual(['</stream:stream>']);
  });

  test('bytes behind the request for TLS end the connection', async () => {
    const client = RawClient.tcp(await start());
    await client.header().receives('<stream:stream>');
    await client.receives('<stream:features/>');
    client.sends(`<starttls xmlns="${TLS}"/><auth xmlns="${SASL}" mechanism="PLAIN">AGp1bGlldAByMG0zMA==</auth>`);
    expect(await client.closed()).toEqual([]);
  });

  test('STARTTLS may be optional', async () => {
    const client = RawClient.tcp(await start({ startTls: 'optional' }));
    await client.header().receives('<stream:stream>');
    const features = await client.receives(
      `<stream:features><starttls xmlns="${TLS}"/><mechanisms xmlns="${SASL}"/></stream:features>`,
    );
    expect(childOf(features, 'starttls', TLS)?.children).toEqual([]);
    await client.auth('juliet', 'r0m30').receives(`<success xmlns="${SASL}"/>`);
  });

  test.each<[string, Partial<ServerOptions>]>([
    ['without TLS', { tls: false }],
    ['without STARTTLS', { startTls: 'none' }],
  ])('a server %s offers SASL at once', async (_title, options) => {
    const client = RawClient.tcp(await start(options));
    await client.header().receives('<stream:stream>');
    const features = await client.receives(`<stream:features><mechanisms xmlns="${SASL}"/></stream:features>`);
    expect(features.children).toHaveLength(1);
    await client
      .sends(`<starttls xmlns="${TLS}"/>`)
      .receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('a server without TLS has no port for it', async () => {
    const server = await start({ tls: false });
    expect({ ca: server.ca, tlsPort: server.tlsPort }).toEqual({ ca: '', tlsPort: 0 });
  });
});

describe('TLS', () => {
  test('comes by STARTTLS, and the stream begins anew with SASL', async () => {
    const client = RawClient.tcp(await start());
    await client.header().receives('<stream:stream>');
    await client.receives('<stream:features/>');
    await client.sends(`<starttls xmlns="${TLS}"/>`).receives(`<proceed xmlns="${TLS}"/>`);
    await client.secure().header().receives('<stream:stream from="capulet.example">');
    const features = await client.receives(`<stream:features><mechanisms xmlns="${SASL}"/></stream:features>`);
    expect(childNames(features)).toEqual(['mechanisms', 'sasl-channel-binding']);
  });

  test('comes first on a port of its own', async () => {
    const client = RawClient.directTls(await start());
    await client.header().receives('<stream:stream from="capulet.example">');
    const features = await client.receives(`<stream:features><mechanisms xmlns="${SASL}"/></stream:features>`);
    expect(childNames(features)).toEqual(['mechanisms', 'sasl-channel-binding']);
  });

  test('has a certificate for the domain, also an international one', async () => {
    const server = await startServer({ domain: 'bücher.example', accounts: {} });
    servers.push(server);
    const client = RawClient.directTls({ ...server, domain: 'xn--bcher-kva.example' });
    await client.header('bücher.example').receives('<stream:stream from="bücher.example">');
  });

  test('may fail without harm to the server', async () => {
    const server = await start();
    const distrustful = RawClient.directTls({ ...server, ca: (await createAuthority()).certificate });
    expect(await distrustful.closed()).toEqual([]);
    const talkative = RawClient.tcp({ ...server, port: server.tlsPort });
    talkative.header();
    expect(await talkative.closed()).toEqual([]);
    await RawClient.directTls(server).login('juliet', 'r0m30', 'balcony');
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });
});

describe('a stream', () => {
  test.each<[string, string, string]>([
    [
      'for another domain',
      '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="verona.example" version="1.0">',
      'host-unknown',
    ],
    [
      'of another namespace',
      '<stream:stream xmlns="jabber:client" xmlns:stream="urn:other" to="capulet.example" version="1.0">',
      'invalid-namespace',
    ],
    [
      'of a server',
      '<stream:stream xmlns="jabber:server" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">',
      'invalid-namespace',
    ],
    [
      'of no version',
      '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example">',
      'unsupported-version',
    ],
    ['that is HTTP', 'GET / HTTP/1.1\r\n\r\n', 'not-well-formed'],
    ['with a DTD', '<!DOCTYPE x><stream:stream>', 'restricted-xml'],
  ])('%s is refused, in a stream of its own', async (_title, xml, condition) => {
    const client = RawClient.memory(await start({ listen: false }));
    await client.sends(xml).receives('<stream:stream from="capulet.example" version="1.0">');
    await client.receives(`<stream:error><${condition} xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual(['</stream:stream>']);
  });

  test('with broken XML inside is refused', async () => {
    const client = await RawClient.memory(await start({ listen: false })).login('juliet', 'r0m30', 'balcony');
    await client
      .sends('<message><body></message>')
      .receives(`<stream:error><not-well-formed xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual(['</stream:stream>']);
  });

  test('with too much inside is refused', async () => {
    const server = await start({ listen: false, limits: { maxElementBytes: 1000 } });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client
      .sends(`<message><body>${'x'.repeat(1000)}`)
      .receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual(['</stream:stream>']);
    expect(server.sessions()).toEqual([]);
  });

  test('with more inside of it than usual is refused, where limits are named but not given', async () => {
    const server = await start({ listen: false, limits: { maxDepth: undefined } });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client
      .sends(`<message>${'<a>'.repeat(300)}`)
      .receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual(['</stream:stream>']);
  });

  test.each(['before it is negotiated', 'with a session'])('ends when the client closes it %s', async (stage) => {
    const client = RawClient.tcp(await start({ tls: false }));
    if (stage === 'with a session') await client.login('juliet', 'r0m30', 'balcony');
    else await client.opens();
    client.sends('</stream:stream>');
    expect(await client.closed()).toEqual(['</stream:stream>']);
  });
});

function childNames({ children }: Element): string[] {
  return children.map((child) => (typeof child === 'string' ? child : child.name));
}
