import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LookupSrv } from '../../src/actors/discovery.ts';
import type { FetchHostMeta } from '../../src/actors/host-meta-lookup.ts';
import type { ServerTraffic } from '../../src/testing/index.ts';
import { bytes, jrd } from '../actors/host-meta-documents.ts';
import { runDoctor, steady } from './doctor-run.ts';
import { run } from './harness.ts';
import { closedPort, openStage, type Stage } from './stage.ts';

const DOMAIN = 'verona.example';
const traffic: ServerTraffic[] = [];
let stage: Stage;
let deaf: number;

beforeAll(async () => {
  stage = await openStage({
    sasl2: true,
    websocket: true,
    mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN', 'ANONYMOUS'],
    onTraffic: (line) => traffic.push(line),
  });
  deaf = await closedPort();
});
afterAll(() => stage.close());

describe('doctor', () => {
  test('tells what discovery found, what each endpoint offers, and what a client would do', async () => {
    const command = runDoctor(DOMAIN, { ca: stage.ca }, { lookupSrv, fetchHostMeta });
    expect(await command.exitCode).toBe(0);
    expect(command.stderr()).toBe('');
    expect(steady(command.stdout())).toEqual([
      'Discovery of verona.example',
      '   STARTTLS     SRV _xmpp-client._tcp.verona.example',
      '                - 127.0.0.1:PORT, priority 20, weight 0',
      '                - 127.0.0.1:PORT, priority 5, weight 0',
      '   direct TLS   SRV _xmpps-client._tcp.verona.example',
      '                - 127.0.0.1:PORT, priority 10, weight 5',
      '   WebSocket    https://verona.example/.well-known/host-meta.json',
      '                - wss://127.0.0.1:PORT/xmpp-websocket',
      '   WebSocket    https://verona.example/.well-known/host-meta: there is none',
      '',
      '1. 127.0.0.1:PORT (STARTTLS)',
      '   source       SRV _xmpp-client._tcp.verona.example',
      '   failed       The connection to 127.0.0.1:PORT (STARTTLS) failed: ECONNREFUSED — in state linked.connecting. Nothing',
      '                listens there: check host and port, and that the server runs.',
      '',
      '2. 127.0.0.1:PORT (direct TLS)',
      '   source       SRV _xmpps-client._tcp.verona.example',
      '   TCP          connected in TIME',
      '   TLS          TLSv1.3, TLS_AES_256_GCM_SHA384, ALPN xmpp-client, in TIME',
      '   certificate  for verona.example',
      '                issued by Throw-away authority',
      '                valid until DAY, 29 days from now',
      '                SHA-256 FINGERPRINT',
      '   SASL         SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN, ANONYMOUS',
      '   binding      tls-exporter, tls-server-end-point',
      '   SASL2        the same mechanisms',
      '                along with it: resource binding (urn:xmpp:carbons:2, urn:xmpp:csi:0), tokens (HT-SHA-256-EXPR,',
      '                HT-SHA-256-ENDP, HT-SHA-256-NONE)',
      '   choice       SCRAM-SHA-256-PLUS, bound to tls-exporter, in SASL2 (XEP-0388)',
      '                asks for a token for the next login: HT-SHA-256-EXPR',
      '   and not      SCRAM-SHA-256, PLAIN: SCRAM-SHA-256-PLUS is preferred',
      '                ANONYMOUS: it needs the wish to be a guest',
      '',
      '3. 127.0.0.1:PORT (STARTTLS)',
      '   source       SRV _xmpp-client._tcp.verona.example',
      '   TCP          connected in TIME',
      '   STARTTLS     offered and required',
      '   TLS          TLSv1.3, TLS_AES_256_GCM_SHA384, in TIME',
      '   certificate  for verona.example',
      '                issued by Throw-away authority',
      '                valid until DAY, 29 days from now',
      '                SHA-256 FINGERPRINT',
      '   SASL         SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN, ANONYMOUS',
      '   binding      tls-exporter, tls-server-end-point',
      '   SASL2        the same mechanisms',
      '                along with it: resource binding (urn:xmpp:carbons:2, urn:xmpp:csi:0), tokens (HT-SHA-256-EXPR,',
      '                HT-SHA-256-ENDP, HT-SHA-256-NONE)',
      '   choice       SCRAM-SHA-256-PLUS, bound to tls-exporter, in SASL2 (XEP-0388)',
      '                asks for a token for the next login: HT-SHA-256-EXPR',
      '   and not      SCRAM-SHA-256, PLAIN: SCRAM-SHA-256-PLUS is preferred',
      '                ANONYMOUS: it needs the wish to be a guest',
      '',
      '4. wss://127.0.0.1:PORT/xmpp-websocket',
      '   source       host-meta https://verona.example/.well-known/host-meta.json',
      '   WebSocket    opened in TIME, subprotocol xmpp',
      '   TLS          TLSv1.3, TLS_AES_256_GCM_SHA384',
      '   certificate  for verona.example',
      '                issued by Throw-away authority',
      '                valid until DAY, 29 days from now',
      '                SHA-256 FINGERPRINT',
      '   SASL         SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN, ANONYMOUS',
      '   binding      tls-exporter, tls-server-end-point',
      '   SASL2        the same mechanisms',
      '                along with it: resource binding (urn:xmpp:carbons:2, urn:xmpp:csi:0), tokens (HT-SHA-256-EXPR,',
      '                HT-SHA-256-ENDP, HT-SHA-256-NONE)',
      '   choice       SCRAM-SHA-256, in SASL2 (XEP-0388)',
      '                asks for a token for the next login: HT-SHA-256-NONE',
      '   and not      SCRAM-SHA-256-PLUS: channel binding is not supported',
      '                PLAIN: SCRAM-SHA-256 is preferred',
      '                ANONYMOUS: it needs the wish to be a guest',
      '',
      'Verdict',
      '   A client would log in to verona.example at endpoint 2, with SCRAM-SHA-256-PLUS.',
    ]);
  });

  test('needs no secret, and sends nothing but what opens a stream and closes it', async () => {
    traffic.length = 0;
    const command = runDoctor(`juliet@${DOMAIN}`, { ca: stage.ca }, { lookupSrv });
    expect(await command.exitCode).toBe(0);
    const received = traffic.filter(({ direction }) => direction === 'received').map(({ text }) => text);
    expect(new Set(received)).toEqual(
      new Set([
        '<stream:stream to="verona.example" version="1.0">',
        '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>',
        '<stream:stream from="juliet@verona.example" to="verona.example" version="1.0">',
        '</stream:stream>',
      ]),
    );
  });

  test('shows the traffic apart from the report', async () => {
    const command = runDoctor(DOMAIN, { ca: stage.ca, traffic: true, host: '127.0.0.1', port: `${stage.server.port}` });
    expect(await command.exitCode).toBe(0);
    const lines = command.stderr().trimEnd().split('\n');
    expect(
      lines.map((line) => /^(SEND|RECV) {2}(?:<\?xml[^>]*>)?<\/?[\w:]+/.exec(line)?.[0].replace(/<\?.*>/, '')),
    ).toEqual([
      'SEND  <stream:stream',
      'RECV  <stream:stream',
      'RECV  <features',
      'SEND  <starttls',
      'RECV  <proceed',
      'SEND  <stream:stream',
      'RECV  <stream:stream',
      'RECV  <features',
      'SEND  </stream:stream',
      'RECV  </stream:stream',
    ]);
    expect(steady(command.stdout())[0]).toBe('Discovery of verona.example');
  });

  test('shows colours on a terminal, and breaks lines where it ends', async () => {
    const command = run(['doctor', DOMAIN, ...stage.way], { columns: 60, env: { TERM: 'xterm' } });
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toContain('\u001b[1m1. 127.0.0.1');
    expect(command.stdout()).toContain('\u001b[32mSCRAM-SHA-256-PLUS, bound to tls-exporter');
    const lines = stripVTControlCharacters(command.stdout()).split('\n');
    // A fingerprint has no place to be broken at.
    expect(lines.filter((line) => line.length > 60 && !/^ +[0-9A-F:]{95}$/.test(line))).toEqual([]);
  });
});

describe('doctor --json', () => {
  test('writes one document that holds all of it', async () => {
    const command = runDoctor(DOMAIN, { ca: stage.ca, json: true }, { lookupSrv, fetchHostMeta });
    expect(await command.exitCode).toBe(0);
    const { discovery, endpoints, ...rest } = JSON.parse(command.stdout());
    expect(rest).toEqual({
      domain: DOMAIN,
      untried: 0,
      verdict: { exitCode: 0, loginAt: 1, stopsAt: null, ready: [1, 2, 3] },
    });
    const target = '127.0.0.1';
    expect(discovery).toEqual({
      named: false,
      srv: [
        {
          name: '_xmpp-client._tcp.verona.example',
          answer: 'records',
          problem: null,
          records: [
            { priority: 20, weight: 0, port: stage.server.port, target },
            { priority: 5, weight: 0, port: deaf, target },
          ],
        },
        {
          name: '_xmpps-client._tcp.verona.example',
          answer: 'records',
          problem: null,
          records: [{ priority: 10, weight: 5, port: stage.server.tlsPort, target }],
        },
      ],
      hostMeta: [
        {
          url: 'https://verona.example/.well-known/host-meta.json',
          there: true,
          websockets: [stage.server.websocketUrl],
          error: null,
        },
        { url: 'https://verona.example/.well-known/host-meta', there: false, websockets: [], error: null },
      ],
      error: null,
    });
    expect(endpoints).toHaveLength(4);
    expect(endpoints[0]).toEqual({
      endpoint: `127.0.0.1:${deaf} (STARTTLS)`,
      transport: 'tcp',
      host: target,
      port: deaf,
      security: 'starttls',
      url: null,
      reason: 'SRV _xmpp-client._tcp.verona.example',
      outcome: 'failed',
      redirectedFrom: [],
      connectMs: null,
      startTls: null,
      tls: null,
      sasl: null,
      sasl2: null,
      features: null,
      choice: null,
      error: {
        code: 'transport/connection-refused',
        message: `The connection to 127.0.0.1:${deaf} (STARTTLS) failed: ECONNREFUSED`,
        phase: 'linked.connecting',
        hint: 'Nothing listens there: check host and port, and that the server runs.',
      },
    });
    const mechanisms = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN', 'ANONYMOUS'];
    expect(endpoints[2]).toEqual({
      endpoint: `127.0.0.1:${stage.server.port} (STARTTLS)`,
      transport: 'tcp',
      host: target,
      port: stage.server.port,
      security: 'starttls',
      url: null,
      reason: 'SRV _xmpp-client._tcp.verona.example',
      outcome: 'ready',
      redirectedFrom: [],
      connectMs: expect.any(Number),
      startTls: { offered: true, required: true, mechanismsBefore: [] },
      tls: {
        version: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        alpn: null,
        handshakeMs: expect.any(Number),
        certificate: {
          names: [DOMAIN],
          isForDomain: true,
          issuer: expect.stringMatching(/^Throw-away authority /),
          validFrom: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
          validTo: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
          fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
          daysLeft: 29,
        },
      },
      sasl: { mechanisms, channelBindings: ['tls-exporter', 'tls-server-end-point'] },
      sasl2: {
        mechanisms,
        inline: {
          bind: ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0'],
          sm: false,
          fast: ['HT-SHA-256-EXPR', 'HT-SHA-256-ENDP', 'HT-SHA-256-NONE'],
        },
      },
      features: [],
      choice: {
        profile: 'sasl2',
        mechanism: 'SCRAM-SHA-256-PLUS',
        channelBinding: 'tls-exporter',
        guessed: false,
        token: 'HT-SHA-256-EXPR',
        mechanisms: [
          {
            name: 'SCRAM-SHA-256-PLUS',
            verdict: 'chosen',
            reason: 'it is preferred to all others that may be used',
          },
          { name: 'SCRAM-SHA-256', verdict: 'not-needed', reason: 'SCRAM-SHA-256-PLUS is preferred' },
          { name: 'PLAIN', verdict: 'not-needed', reason: 'SCRAM-SHA-256-PLUS is preferred' },
          { name: 'ANONYMOUS', verdict: 'no-credentials', reason: 'it needs the wish to be a guest' },
        ],
      },
      error: null,
    });
  });
});

/** The port where nobody listens first, then direct TLS, then STARTTLS. */
const lookupSrv: LookupSrv = async (name) =>
  name.startsWith('_xmpps')
    ? [{ name: '127.0.0.1', port: stage.server.tlsPort, priority: 10, weight: 5 }]
    : [
        { name: '127.0.0.1', port: stage.server.port, priority: 20, weight: 0 },
        { name: '127.0.0.1', port: deaf, priority: 5, weight: 0 },
      ];

const fetchHostMeta: FetchHostMeta = async ({ url }) =>
  url.endsWith('.json') ? bytes(jrd(stage.server.websocketUrl)) : undefined;
