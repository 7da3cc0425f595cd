import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { resolveLogic } from '../../src/actors/discovery.ts';
import { hostMetaOver } from '../../src/actors/host-meta-node.ts';
import type { SrvRecord } from '../../src/actors/srv.ts';
import { dialTcp } from '../../src/actors/tcp.ts';
import { transportLogic } from '../../src/actors/transport.ts';
import { dialWebSocket } from '../../src/actors/websocket-node.ts';
import { provideClient } from '../../src/client/provide.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { createAuthority, startScriptedServer } from '../../src/testing/index.ts';
import { JRD_PATH, jrd, XRD_PATH } from '../actors/host-meta-documents.ts';
import { closeWebServers, type Page, serve } from '../actors/web-server.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { rejectionOf } from '../support/when.ts';
import { standInTheMiddle } from './middleman.ts';

/*
 * Who can write into DNS, or onto a web server that is not the domain's, sends a client anywhere. It must not take anybody there for
 * the domain (RFC 6120 §13.7.2, RFC 9525, XEP-0156 §5).
 */

/** What DNS says, and where the web server of every domain is. */
const world: { records: Record<string, SrvRecord[]>; webPort: number } = { records: {}, webPort: 0 };

const stage = stageClients(
  provideClient({
    resolve: resolveLogic({
      lookupSrv: async (name) => world.records[name] ?? [],
      fetchHostMeta: (request) => hostMetaOver({ host: '127.0.0.1', port: world.webPort })(request),
    }),
    transport: transportLogic((input, listener) =>
      input.endpoint.transport === 'websocket' ? dialWebSocket(input, listener) : dialTcp(input, listener),
    ),
    crypto: nodeScramCrypto,
  }),
);

describe('service records that lead elsewhere', () => {
  it.each([
    ['_xmpp-client._tcp.capulet.example', 'STARTTLS'],
    ['_xmpps-client._tcp.capulet.example', 'direct TLS'],
  ])('%s: a certificate for the other place is none for the domain', async (service, way) => {
    const authority = await createAuthority();
    const issued = await authority.issue({ domains: ['localhost', 'evil.example', '*.capulet.example'] });
    const evil = await startScriptedServer({
      domain: 'capulet.example',
      certificate: { ...issued, ca: authority.certificate },
    });
    onTestFinished(() => evil.stop());
    const port = way === 'STARTTLS' ? evil.port : evil.tlsPort;
    world.records = { [service]: [{ name: 'localhost', port, priority: 0, weight: 0 }] };
    const sent: string[] = [];
    const client = stage.make({
      tls: { ca: authority.certificate },
      onTraffic: ({ direction, text }) => void (direction === 'SEND' && sent.push(text)),
    });
    client.start();
    const failure = rejectionOf(client.online());
    if (way === 'STARTTLS') await (await evil.connection()).startTls();
    expect(await failure).toMatchObject({
      code: 'transport/certificate-wrong-host',
      endpoint: `localhost:${port} (${way})`,
    });
    expect([stateOf(client), sent.filter((text) => text.includes('juliet'))]).toEqual(['failed.terminal', []]);
  });
});

describe('service records without end', () => {
  it('lead to no more than a few connections in one round: nobody is stormed by those who believe them', async () => {
    let connections = 0;
    const victim = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    onTestFinished(() => void victim.close());
    victim.listen(0, '127.0.0.1');
    await once(victim, 'listening');
    const { port } = victim.address() as AddressInfo;
    const many = Array.from({ length: 200 }, (_, priority) => ({ name: '127.0.0.1', port, priority, weight: 0 }));
    world.records = { '_xmpp-client._tcp.capulet.example': many };
    const client = stage.make({});
    client.start();
    expect(await rejectionOf(client.online())).toMatchObject({ name: 'TransportError' });
    expect(stateOf(client)).toBe('failed.gaveUp');
    expect(connections).toBeLessThanOrEqual(32);
  });
});

describe('host-meta that leads elsewhere (XEP-0156)', () => {
  afterEach(closeWebServers);

  it.each<[title: string, pages: (evil: string) => Record<string, Page>]>([
    ['to a place without TLS', (evil) => ({ [JRD_PATH]: jrd(evil.replace('wss:', 'ws:')) })],
    ['to BOSH', (evil) => ({ [JRD_PATH]: jrd(evil.replace('wss:', 'https:')) })],
    ['to a place with a password', (evil) => ({ [JRD_PATH]: jrd(evil.replace('wss://', 'wss://juliet:secret@')) })],
    ['to no place', () => ({ [JRD_PATH]: jrd('wss://', 'wss:///x', 7, null, 'javascript:alert(1)') })],
    ['to another document', (evil) => ({ [JRD_PATH]: redirect(evil.replace('wss:', 'https:')) })],
    ['without end', () => ({ [JRD_PATH]: (response) => void response.write('{"links":['.padEnd(100_000)) })],
    ['through names that every object has', () => ({ [JRD_PATH]: '{"__proto__":{"links":[{"rel":"x"}]}}' })],
    ['through entities', (evil) => ({ [XRD_PATH]: `<!DOCTYPE x [<!ENTITY e "${evil}">]><XRD>&e;</XRD>` })],
  ])('%s is followed nowhere', async (_title, pages) => {
    const { client, evil } = await meetHostMeta(['localhost'], pages);
    expect(await rejectionOf(client.online())).toMatchObject({ code: 'transport/connection-refused' });
    expect([stateOf(client), evil.connections()]).toEqual(['failed.gaveUp', 0]);
  });

  it('to somebody with a certificate for neither the address nor the domain says nothing to them', async () => {
    const { client, evil } = await meetHostMeta(['evil.example'], (url) => ({ [JRD_PATH]: jrd(url) }));
    expect(await rejectionOf(client.online())).toMatchObject({ code: 'transport/certificate-wrong-host' });
    expect([stateOf(client), evil.connections(), evil.heard()]).toEqual([
      'failed.terminal',
      1,
      expect.not.stringContaining('GET'),
    ]);
  });

  it('is the word of the domain: whom it names needs a certificate for their address', async () => {
    const { client, server } = await meetHostMeta(['localhost'], (url) => ({ [JRD_PATH]: jrd(url) }));
    await Promise.all([client.online(), server.connection().then((peer) => peer.login({ mechanism: 'PLAIN' }))]);
    expect(stateOf(client)).toMatch(/^linked\.online/);
  });

  it('on a web server that is not the domain’s is nobody’s word', async () => {
    const { client, evil } = await meetHostMeta(['localhost'], (url) => ({ [JRD_PATH]: jrd(url) }), [
      'www.capulet.example',
    ]);
    expect(await rejectionOf(client.online())).toMatchObject({ code: 'transport/connection-refused' });
    expect(evil.connections()).toBe(0);
  });

  /** A client whose service records lead nowhere, a web server with these pages, a WebSocket with a certificate for these names. */
  async function meetHostMeta(
    names: readonly string[],
    pages: (url: string) => Record<string, Page>,
    webNames: readonly string[] = ['capulet.example'],
  ) {
    const authority = await createAuthority();
    const issued = await authority.issue({ domains: names });
    const certificate = { ...issued, ca: authority.certificate };
    const server = await startScriptedServer({ domain: 'capulet.example', websocket: true, certificate });
    const closed = await startScriptedServer({ domain: 'capulet.example', tls: false });
    await closed.stop();
    onTestFinished(() => server.stop());
    const url = new URL(server.websocketUrl);
    const evil = await standInTheMiddle(Number(url.port));
    url.host = `localhost:${evil.port}`;
    world.webPort = (await serve(await authority.issue({ domains: webNames }), pages(url.href))).port;
    const record = { name: '127.0.0.1', port: closed.port, priority: 0, weight: 0 };
    world.records = { '_xmpp-client._tcp.capulet.example': [record] };
    const client = stage.make({ tls: { ca: authority.certificate } });
    client.start();
    return { client, server, evil };
  }

  function redirect(location: string): Page {
    return (response) => response.writeHead(301, { location }).end();
  }
});
