import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../machines/index.ts';
import type { FetchHostMeta } from '../../src/actors/host-meta-lookup.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { actorFor, resolve, unasked } from './discoverer.ts';
import { bytes, JRD_URL, jrd } from './host-meta-documents.ts';

describe('where the application says where the server is', () => {
  it.each<[string, Partial<ClientOptions>]>([
    ['a host', { host: 'h.example.net' }],
    ['a port', { port: 99 }],
    ['a WebSocket', { websocket: 'wss://xmpp.example.net/ws' }],
    ['a server in this process', { memory: () => ({ write() {}, end() {} }) }],
  ])('%s is the same whichever source was to be asked, and whether it is there', async (_title, options) => {
    const sources = [{ lookupSrv: unasked, fetchHostMeta: unasked }, {}];
    const found = await Promise.all(
      sources.flatMap((known) => [resolve(known, 'dns', options), resolve(known, 'host-meta', options)]),
    );
    expect(found.map((endpoints) => endpoints.length)).toEqual([1, 1, 1, 1]);
    for (const endpoints of found) expect(endpoints).toEqual(found[0]);
  });
});

describe('otherwise the host-meta documents of the domain say it (XEP-0156)', () => {
  const document = jrd(
    'wss://xmpp.example.org/ws',
    'ws://xmpp.example.org/ws',
    'wss://[2001:db8::1]:5281/ws',
    'wss://b\u00fccher.example',
  );
  const fetchHostMeta: FetchHostMeta = async ({ url }) => (url === JRD_URL ? bytes(document) : undefined);

  it('each link is an endpoint with TLS from the first byte', async () => {
    const reason = `host-meta ${JRD_URL}`;
    expect(await resolve({ lookupSrv: unasked, fetchHostMeta }, 'host-meta')).toEqual([
      wss('wss://xmpp.example.org/ws', 'xmpp.example.org', 443, reason),
      wss('wss://[2001:db8::1]:5281/ws', '2001:db8::1', 5281, reason),
      wss('wss://xn--bcher-kva.example/', 'xn--bcher-kva.example', 443, reason),
    ]);
  });

  it('the domain is asked for by the name that DNS and certificates know', async () => {
    const asked: string[] = [];
    const noted: FetchHostMeta = async ({ url, domain }) => {
      asked.push(domain, url);
      return undefined;
    };
    expect(await resolve({ fetchHostMeta: noted }, 'host-meta', { jid: 'juliet@b\u00fccher.example' })).toEqual([]);
    expect(asked).toEqual([
      'xn--bcher-kva.example',
      'https://xn--bcher-kva.example/.well-known/host-meta.json',
      'xn--bcher-kva.example',
      'https://xn--bcher-kva.example/.well-known/host-meta',
    ]);
  });

  it('whoever wants TLS from the first byte may have a WebSocket, whoever wants STARTTLS may not', async () => {
    expect(await resolve({ fetchHostMeta }, 'host-meta', { directTls: true })).toHaveLength(3);
    expect(await resolve({ fetchHostMeta: unasked }, 'host-meta', { directTls: false })).toEqual([]);
  });

  it.each(['juliet@192.0.2.1', 'juliet@[2001:db8::1]'])('an address has none: %s', async (jid) => {
    expect(await resolve({ fetchHostMeta: unasked }, 'host-meta', { jid })).toEqual([]);
  });

  it('nothing is found where they cannot be fetched', async () => {
    expect(await resolve({ lookupSrv: unasked }, 'host-meta')).toEqual([]);
  });

  it('what is wrong with them is told', async () => {
    const html: FetchHostMeta = async () => bytes('<!DOCTYPE html>');
    await expect(resolve({ fetchHostMeta: html }, 'host-meta')).rejects.toMatchObject({
      code: 'transport/discovery-failed',
    });
  });

  it('nobody goes on fetching when the client does not want to know any more', () => {
    const signals: AbortSignal[] = [];
    const slow: FetchHostMeta = ({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    actorFor({ fetchHostMeta: slow }, 'host-meta').start().stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

function wss(url: string, host: string, port: number, reason: string): Endpoint {
  return { transport: 'websocket', url, host, port, security: 'direct-tls', reason };
}
