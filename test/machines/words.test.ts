import { describe, expect, it } from 'vitest';
import { isSecure } from '../../machines/endpoint.ts';
import { describeEndpoint, type Endpoint, statePath } from '../../machines/index.ts';

describe('a state', () => {
  it.each([
    ['offline', 'offline'],
    [{ linked: 'connecting' }, 'linked.connecting'],
    [{ linked: { securing: 'handshaking' } }, 'linked.securing.handshaking'],
    [{ left: 'a', right: { inner: 'b' } }, 'left.a+right.inner.b'],
    [{ alone: {} }, 'alone'],
    [{ alone: undefined }, 'alone'],
    [{}, ''],
  ])('%j has the path %s', (value, path) => {
    expect(statePath(value)).toBe(path);
  });
});

describe('an endpoint', () => {
  const tcp: Endpoint = { transport: 'tcp', host: 'xmpp.example.org', port: 5222, security: 'starttls', reason: '' };

  const webSocket = { ...tcp, transport: 'websocket' } as const;

  it.each<[Endpoint, string, boolean]>([
    [tcp, 'xmpp.example.org:5222 (STARTTLS)', true],
    [{ ...tcp, port: 5223, security: 'direct-tls' }, 'xmpp.example.org:5223 (direct TLS)', true],
    [{ ...tcp, host: '127.0.0.1', security: 'none' }, '127.0.0.1:5222 (no TLS)', false],
    [{ ...tcp, host: '2001:db8::1' }, '[2001:db8::1]:5222 (STARTTLS)', true],
    [{ ...tcp, transport: 'memory', port: 0, security: 'none' }, 'xmpp.example.org (memory)', true],
    [{ ...webSocket, security: 'direct-tls', url: 'wss://xmpp.example.org/ws' }, 'wss://xmpp.example.org/ws', true],
    [{ ...webSocket, security: 'none', url: 'ws://localhost:5280/ws' }, 'ws://localhost:5280/ws', false],
  ])('%j is called %s', (endpoint, words, secure) => {
    expect({ words: describeEndpoint(endpoint), secure: isSecure(endpoint) }).toEqual({ words, secure });
  });
});
