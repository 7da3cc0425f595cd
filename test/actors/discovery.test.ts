import { describe, expect, it } from 'vitest';
import { describeEndpoint, type Endpoint, type MemoryConnect } from '../../machines/index.ts';
import type { LookupSrv } from '../../src/actors/discovery.ts';
import type { SrvRecord } from '../../src/actors/srv.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { XmppError } from '../../src/errors/index.ts';
import { actorFor, resolve, unasked } from './discoverer.ts';

const STARTTLS = '_xmpp-client._tcp.example.org';
const DIRECT = '_xmpps-client._tcp.example.org';
const REFUSED = [record('.', 0)];

describe('where the application says where the server is, nobody is asked', () => {
  it.each<[string, Partial<ClientOptions>, Endpoint]>([
    ['a host', { host: 'h.example.net' }, tcp('h.example.net', 5222, 'starttls', 'named by the application')],
    [
      'a host for direct TLS',
      { host: 'h.example.net', directTls: true },
      tcp('h.example.net', 5223, 'direct-tls', 'named by the application'),
    ],
    [
      'a host and a port',
      { host: 'h.example.net', port: 99 },
      tcp('h.example.net', 99, 'starttls', 'named by the application'),
    ],
    ['a port', { port: 99 }, tcp('example.org', 99, 'starttls', 'the domain, at the port the application named')],
    [
      'a port for direct TLS',
      { port: 99, directTls: true },
      tcp('example.org', 99, 'direct-tls', 'the domain, at the port the application named'),
    ],
    [
      'loopback without TLS',
      { host: '127.0.0.1', insecure: true },
      tcp('127.0.0.1', 5222, 'none', 'named by the application'),
    ],
    [
      'an address as the domain',
      { jid: 'juliet@192.0.2.1' },
      tcp('192.0.2.1', 5222, 'starttls', 'the domain is an address'),
    ],
    [
      'an address of the other family',
      { jid: 'juliet@[2001:db8::1]' },
      tcp('2001:db8::1', 5222, 'starttls', 'the domain is an address'),
    ],
  ])('%s', async (_title, options, endpoint) => {
    const asked: string[] = [];
    expect(await discover(options, {}, asked)).toEqual([endpoint]);
    expect(asked).toEqual([]);
  });

  it.each<[string, Partial<Endpoint>]>([
    ['wss://xmpp.example.net/ws', { host: 'xmpp.example.net', port: 443, security: 'direct-tls' }],
    ['wss://xmpp.example.net:5281/ws', { host: 'xmpp.example.net', port: 5281, security: 'direct-tls' }],
    ['wss://b\u00fccher.example/ws', { host: 'xn--bcher-kva.example', port: 443, security: 'direct-tls' }],
    ['ws://localhost/ws', { host: 'localhost', port: 80, security: 'none' }],
    ['ws://[::1]:5280/ws', { host: '::1', port: 5280, security: 'none' }],
  ])('a WebSocket: %s', async (websocket, { host, port, security }) => {
    const asked: string[] = [];
    expect(await discover({ websocket }, {}, asked)).toEqual([
      { transport: 'websocket', url: websocket, host, port, security, reason: 'named by the application' },
    ]);
    expect(asked).toEqual([]);
  });

  it('a server in this process', async () => {
    const memory: MemoryConnect = () => ({ write() {}, end() {} });
    expect(await discover({ memory }, {})).toEqual([
      {
        transport: 'memory',
        host: 'example.org',
        port: 0,
        security: 'none',
        reason: 'in this process',
        connect: memory,
      },
    ]);
  });
});

describe('otherwise the service records of the domain say it (RFC 6120 §3.2.1, XEP-0368)', () => {
  it('those of both services in one list, by priority', async () => {
    const asked: string[] = [];
    const found = await discover(
      {},
      { [STARTTLS]: [record('a', 10), record('c', 30)], [DIRECT]: [record('b', 20)] },
      asked,
    );
    expect(found).toEqual([
      { ...tcp('a', 5222, 'starttls', 'SRV _xmpp-client._tcp.example.org'), port: 1010 },
      { ...tcp('b', 5223, 'direct-tls', 'SRV _xmpps-client._tcp.example.org'), port: 1020 },
      { ...tcp('c', 5222, 'starttls', 'SRV _xmpp-client._tcp.example.org'), port: 1030 },
    ]);
    expect(asked.sort()).toEqual([STARTTLS, DIRECT]);
  });

  it('by the name that DNS knows the domain by (RFC 5890)', async () => {
    const asked: string[] = [];
    const jid = 'juliet@b\u00fccher.example';
    expect((await discover({ jid }, {}, asked)).map(describeEndpoint)).toEqual([
      'xn--bcher-kva.example:5222 (STARTTLS)',
    ]);
    expect(asked.sort()).toEqual([
      '_xmpp-client._tcp.xn--bcher-kva.example',
      '_xmpps-client._tcp.xn--bcher-kva.example',
    ]);
  });

  it.each<[string, Partial<ClientOptions>, Record<string, readonly SrvRecord[] | Error>, string[]]>([
    [
      'one service that is refused leaves the other',
      {},
      { [STARTTLS]: REFUSED, [DIRECT]: [record('b', 1)] },
      ['b:1001 (direct TLS)'],
    ],
    ['and so the other way round', {}, { [STARTTLS]: [record('a', 1)], [DIRECT]: REFUSED }, ['a:1001 (STARTTLS)']],
    [
      'one that cannot be looked up leaves the other',
      {},
      { [STARTTLS]: new Error('x'), [DIRECT]: [record('b', 1)] },
      ['b:1001 (direct TLS)'],
    ],
    ['without records the domain itself is tried', {}, {}, ['example.org:5222 (STARTTLS)']],
    [
      'also where nobody could be asked',
      {},
      { [STARTTLS]: new Error('x'), [DIRECT]: new Error('x') },
      ['example.org:5222 (STARTTLS)'],
    ],
    [
      'a refusal says nothing of a service that could not be looked up',
      {},
      { [STARTTLS]: new Error('x'), [DIRECT]: REFUSED },
      ['example.org:5222 (STARTTLS)'],
    ],
    [
      'direct TLS alone, where it is asked for',
      { directTls: true },
      { [STARTTLS]: [record('a', 1)], [DIRECT]: [record('b', 2)] },
      ['b:1002 (direct TLS)'],
    ],
    [
      'direct TLS alone, without records',
      { directTls: true },
      { [STARTTLS]: [record('a', 1)] },
      ['example.org:5223 (direct TLS)'],
    ],
    [
      'STARTTLS alone, where it is asked for',
      { directTls: false },
      { [STARTTLS]: [record('a', 1)], [DIRECT]: [record('b', 0)] },
      ['a:1001 (STARTTLS)'],
    ],
  ])('%s', async (_title, options, records, endpoints) => {
    expect((await discover(options, records)).map(describeEndpoint)).toEqual(endpoints);
  });

  it.each<[string, Record<string, readonly SrvRecord[]>]>([
    ['both services', { [STARTTLS]: REFUSED, [DIRECT]: REFUSED }],
    ['the service for STARTTLS, with no other', { [STARTTLS]: REFUSED }],
    ['direct TLS, with no other: who has service records means them (XEP-0368 §3)', { [DIRECT]: REFUSED }],
  ])('a domain that refuses %s offers no service', async (_title, records) => {
    const error: unknown = await discover({}, records).catch((reason: unknown) => reason);
    expect(error instanceof XmppError && [error.code, error.message]).toEqual([
      'transport/service-unavailable',
      'example.org says that it offers no XMPP service',
    ]);
  });

  it('chosen by weight with the randomness of the client', async () => {
    const records = {
      [STARTTLS]: [
        { ...record('a', 1), weight: 1 },
        { ...record('b', 1), weight: 9 },
      ],
    };
    const first = await Promise.all([0, 0.99].map((random) => discover({ random: () => random }, records)));
    expect(first.map(([endpoint]) => endpoint?.host)).toEqual(['a', 'b']);
  });

  it('and nobody goes on asking when the client does not want to know any more', () => {
    const signals: AbortSignal[] = [];
    const lookupSrv: LookupSrv = (_name, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    actorFor({ lookupSrv }, 'dns').start().stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('and nobody else is asked', async () => {
    const lookupSrv: LookupSrv = async () => [];
    expect(await resolve({ lookupSrv, fetchHostMeta: unasked }, 'dns')).toHaveLength(1);
  });

  it('and nothing is found where there is no DNS', async () => {
    expect(await resolve({ fetchHostMeta: unasked }, 'dns')).toEqual([]);
    expect(await resolve({}, 'dns', { jid: 'juliet@192.0.2.1' })).toEqual([]);
  });
});

function discover(
  options: Partial<ClientOptions>,
  records: Readonly<Record<string, readonly SrvRecord[] | Error>>,
  asked: string[] = [],
): Promise<readonly Endpoint[]> {
  const lookupSrv: LookupSrv = async (name) => {
    asked.push(name);
    const answer = records[name] ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return resolve({ lookupSrv }, 'dns', options);
}

function record(name: string, priority: number): SrvRecord {
  return { name, port: 1000 + priority, priority, weight: 0 };
}

function tcp(host: string, port: number, security: Endpoint['security'], reason: string): Endpoint {
  return { transport: 'tcp', host, port, security, reason };
}
