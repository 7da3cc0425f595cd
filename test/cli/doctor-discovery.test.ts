import { describe, expect, test } from 'vitest';
import { describeEndpoint } from '../../machines/index.ts';
import type { DiscoverySources, LookupSrv } from '../../src/actors/discovery.ts';
import type { FetchHostMeta } from '../../src/actors/host-meta-lookup.ts';
import { type Discovery, discover } from '../../src/cli/doctor-discovery.ts';
import { formatDiscovery } from '../../src/cli/doctor-text.ts';
import { createStyle } from '../../src/cli/terminal.ts';
import { type ClientOptions, clientInput } from '../../src/client/index.ts';
import { jrd, link, xrd } from '../actors/host-meta-documents.ts';
import { rejectionOf } from '../support/when.ts';

const STARTTLS = { name: 'xmpp1.verona.example', port: 5222, priority: 10, weight: 60 };
const DIRECT = { name: 'xmpp2.verona.example', port: 5223, priority: 5, weight: 0 };
const REFUSAL = { name: '', port: 0, priority: 0, weight: 0 };

describe('discovery asks everybody, where the client stops at the first who knows', () => {
  test('service records, and both forms of host-meta', async () => {
    const { text, endpoints } = await discovered({
      lookupSrv: records({ '_xmpp-client': [STARTTLS], '_xmpps-client': [DIRECT] }),
      fetchHostMeta: documents({ json: jrd('wss://verona.example/ws'), xrd: xrd(link('wss://verona.example/other')) }),
    });
    expect(text).toEqual([
      'Discovery of verona.example',
      '   STARTTLS     SRV _xmpp-client._tcp.verona.example',
      '                - xmpp1.verona.example:5222, priority 10, weight 60',
      '   direct TLS   SRV _xmpps-client._tcp.verona.example',
      '                - xmpp2.verona.example:5223, priority 5, weight 0',
      '   WebSocket    https://verona.example/.well-known/host-meta.json',
      '                - wss://verona.example/ws',
      '   WebSocket    https://verona.example/.well-known/host-meta',
      '                - wss://verona.example/other',
    ]);
    expect(endpoints).toEqual([
      'xmpp2.verona.example:5223 (direct TLS)',
      'xmpp1.verona.example:5222 (STARTTLS)',
      'wss://verona.example/ws',
      'not considered: wss://verona.example/other',
    ]);
  });

  test('no service records, and no documents: the domain itself', async () => {
    const { text, endpoints } = await discovered({ lookupSrv: records({}), fetchHostMeta: documents({}) });
    expect(text.slice(1)).toEqual([
      '   STARTTLS     SRV _xmpp-client._tcp.verona.example: no service records',
      '   direct TLS   SRV _xmpps-client._tcp.verona.example: no service records',
      '   fallback     verona.example:5222 (STARTTLS): the domain itself, which has no service records',
      '   WebSocket    https://verona.example/.well-known/host-meta.json: there is none',
      '   WebSocket    https://verona.example/.well-known/host-meta: there is none',
    ]);
    expect(endpoints).toEqual(['verona.example:5222 (STARTTLS)']);
  });

  test('one service that is declared not to exist, and one that exists', async () => {
    const { text, endpoints } = await discovered({
      lookupSrv: records({ '_xmpp-client': [REFUSAL], '_xmpps-client': [DIRECT] }),
    });
    expect(text[1]).toBe('   STARTTLS     SRV _xmpp-client._tcp.verona.example: no such service, says the record "."');
    expect(endpoints).toEqual(['xmpp2.verona.example:5223 (direct TLS)']);
  });

  test('a domain that offers no service at all: the client would ask nobody else', async () => {
    const { text, endpoints } = await discovered({
      lookupSrv: records({ '_xmpp-client': [REFUSAL], '_xmpps-client': [REFUSAL] }),
      fetchHostMeta: documents({ json: jrd('wss://verona.example/ws') }),
    });
    expect(text.slice(3)).toEqual([
      '   WebSocket    https://verona.example/.well-known/host-meta.json',
      '                - wss://verona.example/ws',
      '   WebSocket    https://verona.example/.well-known/host-meta: there is none',
      '   failed       verona.example says that it offers no XMPP service. Check the domain of the address: its service records',
      '                have the target ".".',
    ]);
    expect(endpoints).toEqual(['not considered: wss://verona.example/ws']);
  });

  test('a name server that fails', async () => {
    const lookupSrv: LookupSrv = async () => {
      throw Object.assign(new Error('querySrv ESERVFAIL'), { code: 'ESERVFAIL' });
    };
    const { text, endpoints } = await discovered({ lookupSrv });
    expect(text.slice(1, 4)).toEqual([
      '   STARTTLS     SRV _xmpp-client._tcp.verona.example: the name server could not be asked (ESERVFAIL)',
      '   direct TLS   SRV _xmpps-client._tcp.verona.example: the name server could not be asked (ESERVFAIL)',
      '   fallback     verona.example:5222 (STARTTLS): the domain itself, whose service records nobody could be asked for',
    ]);
    expect(endpoints).toEqual(['verona.example:5222 (STARTTLS)']);
  });

  test('a name server that never answers, which costs nobody the rest', async () => {
    const { text, endpoints } = await discovered(
      {
        lookupSrv: () => new Promise(() => {}),
        fetchHostMeta: documents({ xrd: xrd(link('wss://verona.example/ws')) }),
      },
      { timeouts: { resolve: 50 } },
    );
    expect(text.slice(1)).toEqual([
      '   STARTTLS     SRV _xmpp-client._tcp.verona.example: the name server could not be asked (no answer)',
      '   direct TLS   SRV _xmpps-client._tcp.verona.example: the name server could not be asked (no answer)',
      '   WebSocket    https://verona.example/.well-known/host-meta.json: there is none',
      '   WebSocket    https://verona.example/.well-known/host-meta',
      '                - wss://verona.example/ws',
      '   failed       No answer from DNS in time. Check that this machine has a network, and that its name servers answer.',
    ]);
    expect(endpoints).toEqual(['wss://verona.example/ws']);
  });

  test('documents that are of no use, each for its own reason', async () => {
    const { text, endpoints } = await discovered({
      lookupSrv: records({ '_xmpp-client': [STARTTLS] }),
      fetchHostMeta: documents({ json: jrd('ws://verona.example/\u009b31m'), xrd: '<html/>' }),
    });
    expect(text.slice(4)).toEqual([
      '   WebSocket    https://verona.example/.well-known/host-meta.json names no WebSocket that may be used:',
      '                "ws://verona.example/\\u{9b}31m" does not start with wss://. Tell the operator of the server, or name the',
      '                address yourself (`websocket`, or `host` on Node).',
      '   WebSocket    https://verona.example/.well-known/host-meta cannot be understood: expected <XRD',
      "                xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>, got <html xmlns=''>. Tell the operator of the",
      '                server, or name the address yourself (`websocket`, or `host` on Node).',
    ]);
    expect(endpoints).toEqual(['xmpp1.verona.example:5222 (STARTTLS)']);
  });

  test('a document that names no WebSocket', async () => {
    const { text } = await discovered({ lookupSrv: records({}), fetchHostMeta: documents({ json: '{}' }) });
    expect(text.at(-2)).toBe('   WebSocket    https://verona.example/.well-known/host-meta.json: names no WebSocket');
  });

  test('what a name server says is shown, and obeyed by no terminal', async () => {
    const { text } = await discovered({
      lookupSrv: records({ '_xmpp-client': [{ ...STARTTLS, name: 'evil\u001b[2J\n1. forged' }] }),
    });
    expect(text[2]).toBe('                - evil\\u{1b}[2J\\n1. forged:5222, priority 10, weight 60');
  });
});

describe('discovery asks no more than the client may', () => {
  test('only for direct TLS, where that is wanted', async () => {
    const { text, endpoints } = await discovered(
      { lookupSrv: records({ '_xmpps-client': [DIRECT] }) },
      { directTls: true },
    );
    expect(text.slice(1)).toEqual([
      '   direct TLS   SRV _xmpps-client._tcp.verona.example',
      '                - xmpp2.verona.example:5223, priority 5, weight 0',
    ]);
    expect(endpoints).toEqual(['xmpp2.verona.example:5223 (direct TLS)']);
  });

  test('nobody about an address', async () => {
    const { text } = await discovered({}, { jid: 'juliet@192.0.2.1' });
    expect(text).toEqual([
      'Discovery of 192.0.2.1',
      '   fallback     192.0.2.1:5222 (STARTTLS): the domain is an address',
    ]);
  });

  test.each([
    [{ host: 'xmpp.verona.example' }, 'xmpp.verona.example:5222 (STARTTLS)'],
    [{ port: 5269 }, 'verona.example:5269 (STARTTLS)'],
    [{ host: '::1', directTls: true }, '[::1]:5223 (direct TLS)'],
    [{ websocket: 'wss://verona.example/ws' }, 'wss://verona.example/ws'],
  ])('nobody where the place is named: %j', async (place, endpoint) => {
    const { text, endpoints } = await discovered({}, place);
    expect(text.slice(1)).toEqual(['   Nobody was asked: the command line names the place.']);
    expect(endpoints).toEqual([endpoint]);
  });
});

test('an interruption ends it', async () => {
  const interrupted = new AbortController();
  const settings = clientInput({ jid: 'verona.example', credentials: () => ({}) });
  const lookupSrv: LookupSrv = () => {
    interrupted.abort();
    return new Promise(() => {});
  };
  const reason = await rejectionOf(discover(settings, { lookupSrv }, interrupted.signal));
  expect(reason).toBe(interrupted.signal.reason);
});

/** What is written about a discovery, and the endpoints that it found. */
async function discovered(sources: DiscoverySources, options: Partial<ClientOptions> = {}) {
  const settings = clientInput({ jid: 'verona.example', credentials: () => ({}), random: () => 0, ...options });
  const discovery = await discover(settings, sources, new AbortController().signal);
  const terminal = { style: createStyle(false), columns: undefined, print() {}, warn() {} };
  return { text: formatDiscovery(discovery, settings.jid.domainpart, terminal), endpoints: named(discovery) };
}

function named({ endpoints, considered }: Discovery): string[] {
  return endpoints.map(
    (endpoint, index) => `${index < considered ? '' : 'not considered: '}${describeEndpoint(endpoint)}`,
  );
}

type Records = Awaited<ReturnType<LookupSrv>>;

function records(services: Record<string, Records>): LookupSrv {
  return async (name) => services[name.split('.')[0] ?? ''] ?? [];
}

function documents({ json, xrd: xml }: { json?: string; xrd?: string }): FetchHostMeta {
  return async ({ url }) => {
    const document = url.endsWith('.json') ? json : xml;
    return document === undefined ? undefined : new TextEncoder().encode(document);
  };
}
