import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../machines/index.ts';
import { redirectedEndpoint } from '../../machines/redirect.ts';
import { TransportError } from '../../src/errors/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { DIRECT_TLS, STARTTLS, WSS } from './client-steps.ts';

const LONG = 'a'.repeat(253);

describe('where a server sends us over TCP (RFC 6120 §4.9.3.19)', () => {
  it.each<[string, Endpoint, Partial<Endpoint>]>([
    ['moved.example.net', STARTTLS, { host: 'moved.example.net', port: 5222, security: 'starttls' }],
    ['moved.example.net', DIRECT_TLS, { host: 'moved.example.net', port: 5223, security: 'direct-tls' }],
    ['moved.example.net:9222', DIRECT_TLS, { host: 'moved.example.net', port: 9222, security: 'direct-tls' }],
    ['192.0.2.7', STARTTLS, { host: '192.0.2.7', port: 5222 }],
    ['192.0.2.7:5333', STARTTLS, { host: '192.0.2.7', port: 5333 }],
    ['[2001:41d0:1:a49b::1]:9222', STARTTLS, { host: '2001:41d0:1:a49b::1', port: 9222 }],
    ['[2001:41D0:1:A49b::1]', STARTTLS, { host: '2001:41D0:1:A49b::1', port: 5222 }],
    ['[::ffff:192.0.2.7]:65535', STARTTLS, { host: '::ffff:192.0.2.7', port: 65_535 }],
    ['xn--mnchen-3ya.example', STARTTLS, { host: 'xn--mnchen-3ya.example', port: 5222 }],
    ['knoten.münchen.example:5333', STARTTLS, { host: 'knoten.xn--mnchen-3ya.example', port: 5333 }],
    [LONG, STARTTLS, { host: LONG, port: 5222 }],
  ])('%s can be followed', (text, from, expected) => {
    const reason = `${from.host} sent us there`;
    expect(redirectedEndpoint(redirect(text), from)).toEqual({
      transport: 'tcp',
      security: from.security,
      reason,
      isRedirect: true,
      ...expected,
    });
  });

  it.each([
    '',
    ' ',
    'moved.example.net ',
    'two hosts',
    'moved.example.net:',
    'moved.example.net:0',
    'moved.example.net:65536',
    'moved.example.net:123456',
    'moved.example.net:-1',
    'moved.example.net:5222:5222',
    '2001:db8::1',
    '[2001:db8::1',
    '[]',
    '[evil.example]:5222',
    '[::1]evil.example',
    'juliet@moved.example.net',
    'moved.example.net/path',
    'wss://moved.example.net/ws',
    'münchen.example/path',
    'juliet@münchen.example',
    'mün chen.example',
    'moved.example.net\u0000',
    'moved.example.net\nevil.example',
    `${LONG}a`,
  ])('%j cannot', (text) => {
    expect(redirectedEndpoint(redirect(text), STARTTLS)).toBeUndefined();
  });
});

describe('where a server sends us over a WebSocket (RFC 7395 §3.6.1)', () => {
  it.each<[string, Partial<Endpoint>]>([
    ['wss://moved.example.net/ws', { host: 'moved.example.net', port: 443, url: 'wss://moved.example.net/ws' }],
    ['wss://moved.example.net', { host: 'moved.example.net', port: 443, url: 'wss://moved.example.net/' }],
    [
      'WSS://Moved.Example.NET:8443/a?b=c',
      { host: 'moved.example.net', port: 8443, url: 'wss://moved.example.net:8443/a?b=c' },
    ],
    ['wss://[2001:db8::1]:8443/', { host: '2001:db8::1', port: 8443, url: 'wss://[2001:db8::1]:8443/' }],
  ])('%s can be followed', (text, expected) => {
    expect(redirectedEndpoint(redirect(text), WSS)).toEqual({
      transport: 'websocket',
      security: 'direct-tls',
      reason: 'wss://d.example.org/ws sent us there',
      isRedirect: true,
      ...expected,
    });
  });

  it.each([
    '',
    'moved.example.net',
    'moved.example.net:5222',
    '/ws',
    'ws://moved.example.net/ws',
    'https://moved.example.net/ws',
    'file:///etc/passwd',
    'wss:',
    'wss://',
    'wss://juliet@moved.example.net/',
    'wss://:secret@moved.example.net/',
    'wss://moved.example.net/#there',
    'wss://moved.example.net:99999/',
    'wss://two hosts/',
  ])('%j cannot', (text) => {
    expect(redirectedEndpoint(redirect(text), WSS)).toBeUndefined();
  });
});

describe('an error that sends nobody anywhere', () => {
  it.each([
    ['none', undefined],
    ['a loss of the connection', new TransportError('x', { condition: 'connection-reset' })],
    ['see-other-host without a host', new StreamError('see-other-host')],
    ['another error of the stream', new StreamError('host-gone')],
  ])('is %s', (_title, error) => {
    for (const from of [STARTTLS, WSS]) expect(redirectedEndpoint(error, from)).toBeUndefined();
  });
});

function redirect(host: string): StreamError {
  return new StreamError('see-other-host', { host });
}
