import { describe, expect, it, onTestFinished } from 'vitest';
import type { CreateClientOptions } from '../../src/node.ts';
import { createAuthority, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { rejectionOf } from '../support/when.ts';
import { type Middleman, standInTheMiddle, type Tampering } from './middleman.ts';
import { codeOf } from './outcomes.ts';
import { meet, SASL } from './stage.ts';

/*
 * Somebody in the middle who has a certificate that the client trusts: only a login that is bound to the TLS connection finds out
 * (RFC 5802 §6, RFC 9266).
 */

const stage = stageClients();

const PLUS = /<mechanism>SCRAM-SHA-\d+-PLUS<\/mechanism>/g;
const TYPES = /<sasl-channel-binding .*?<\/sasl-channel-binding>/;

describe('somebody in the middle with a certificate for the domain', () => {
  it.each<[title: string, versions: ServerOptions['tlsVersions']]>([
    ['TLS 1.3', { min: 'TLSv1.3' }],
    ['TLS 1.2', { max: 'TLSv1.2' }],
  ])('passes everything on over %s: the proof is worth nothing to the server', async (_title, tlsVersions) => {
    const { code, state, logins } = await intercepted({}, {}, { tlsVersions });
    expect([code, state, logins]).toEqual(['sasl/not-authorized', 'failed.needsCredentials', []]);
  });

  it('takes away what can be bound: the server finds out (RFC 5802 §6)', async () => {
    const tampering = { toClient: (piece: string) => piece.replace(PLUS, '').replace(TYPES, '') };
    const { code, logins } = await intercepted(tampering, {});
    expect([code, logins]).toEqual(['sasl/malformed-request', []]);
  });

  it('takes away the mechanisms alone: the client finds out (XEP-0440 §3)', async () => {
    const tampering = { toClient: (piece: string) => piece.replace(PLUS, '') };
    const { code, state, logins } = await intercepted(tampering, {});
    expect([code, state, logins]).toEqual(['sasl/downgrade', 'failed.terminal', []]);
  });

  it('takes away the list alone: with SASL2 nobody goes on without binding (XEP-0440 §4, rule 4)', async () => {
    const tampering = { toClient: (piece: string) => piece.replace(TYPES, '') };
    const { code, logins, middleman } = await intercepted(tampering, {}, { sasl2: true });
    const tried = [...middleman.heard().matchAll(/mechanism="(SCRAM[^"]*)"|mechanism='(SCRAM[^']*)'/g)].map(
      ([, double, single]) => double ?? single,
    );
    expect({ code, logins, tried }).toEqual({
      code: expect.stringMatching(/^sasl\//),
      logins: [],
      tried: expect.not.arrayContaining(['SCRAM-SHA-512']),
    });
  });

  it.each([
    ['takes away all proofs', (piece: string) => piece.replace(/<mechanism>SCRAM.*?<\/mechanism>/g, '')],
    ['takes away what can be bound', (piece: string) => piece.replace(PLUS, '').replace(TYPES, '')],
  ])('%s: where binding is required, nothing is said', async (_title, toClient) => {
    const { code, state, logins, middleman } = await intercepted({ toClient }, { channelBinding: 'require' });
    expect([code, state, logins]).toEqual(['sasl/no-mechanism', 'failed.terminal', []]);
    expect(middleman.heard()).not.toContain('<auth');
  });

  /** A client logs in to a server that knows all of SCRAM, through somebody who ends TLS and begins it anew. */
  async function intercepted(
    tampering: Tampering,
    onClient: Partial<CreateClientOptions>,
    onServer: Partial<ServerOptions> = {},
  ) {
    const authority = await createAuthority();
    const [genuine, forged] = await Promise.all([
      authority.issue({ domains: ['capulet.example'] }),
      authority.issue({ domains: ['capulet.example'] }),
    ]);
    const server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      certificate: { ...genuine, ca: authority.certificate },
      ...onServer,
    });
    onTestFinished(() => server.stop());
    const middleman: Middleman = await standInTheMiddle(server.tlsPort, tampering, {
      certificate: forged,
      ca: authority.certificate,
      domain: 'capulet.example',
    });
    const client = stage.make({
      host: '127.0.0.1',
      port: middleman.port,
      directTls: true,
      tls: { ca: authority.certificate },
      ...onClient,
    });
    client.start();
    const error = await rejectionOf(client.online());
    return { code: codeOf(error), state: stateOf(client), logins: server.sessions(), middleman };
  }
});

describe.each(['memory', 'WebSocket'] as const)('over %s, where nothing can be bound', (road) => {
  it.each([
    ['SCRAM', '<mechanism>SCRAM-SHA-256</mechanism>'],
    ['SCRAM with binding', '<mechanism>SCRAM-SHA-256-PLUS</mechanism>'],
    ['PLAIN', '<mechanism>PLAIN</mechanism>'],
  ])('a client that requires it logs in with nothing, and fails closed: %s', async (_title, mechanism) => {
    const { client, peer, sent } = await meet(stage, road, { channelBinding: 'require' });
    const failure = rejectionOf(client.online());
    await peer.header().features(`<mechanisms ${SASL}>${mechanism}</mechanisms>`);
    expect(await failure).toMatchObject({ code: 'sasl/no-mechanism' });
    expect([stateOf(client), sent.filter((text) => text.startsWith('<auth'))]).toEqual(['failed.terminal', []]);
  });
});
