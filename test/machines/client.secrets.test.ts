import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { clientInput } from '../../src/client/client-input.ts';
import { type CreateClientOptions, createClient } from '../../src/node.ts';
import type { FastToken } from '../../src/sasl/index.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { createWitness, formsOf, textsIn, type Witness } from './witness.ts';

/** Nothing else contains these words, in any of the forms in which SASL sends them. */
const PASSWORD = 'correct-horse-battery-staple';
const WRONG = 'wrong-mule-battery-staple';
const ACCESS = 'access-token-of-the-montagues';
const EXPIRED = 'expired-token-of-the-capulets';
const PASSPHRASE = 'open-sesame-with-a-lot-of-words';
const JID = 'juliet@example.org';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe('the input of the chart', () => {
  it('has no password, no token, no key and no passphrase in it', () => {
    const tokens = new Map([[JID, { mechanism: 'HT-SHA-256-NONE', token: ACCESS, userAgent: 'x' }]]);
    const clientCertificate = { certificate: 'c', key: EXPIRED, passphrase: PASSPHRASE };
    const input = clientInput({ jid: JID, password: PASSWORD, tokens, tls: { clientCertificate } });
    const shown = [inspect(input, { depth: 9, showHidden: true }), JSON.stringify(input), textsIn(input)].join();
    for (const secret of [PASSWORD, ACCESS, EXPIRED, PASSPHRASE]) {
      for (const form of formsOf(secret)) expect(shown).not.toContain(form);
    }
  });
});

describe('a password is seen nowhere', () => {
  const mechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
  const logins = mechanisms.flatMap((mechanism) => [false, true].map((sasl2) => ({ mechanism, sasl2 })));

  it.each(logins)('when it logs in with $mechanism, and SASL2: $sasl2', async ({ mechanism, sasl2 }) => {
    const server = await start({ sasl2, listen: false });
    const witness = await watch({ memory: server.connect, password: PASSWORD, mechanisms: [mechanism] });
    expect(witness.texts.join('\n')).toContain('sasl.authenticate');
    expect(witness.texts.join('\n')).toContain(mechanism);
    expect(witness.leaks(PASSWORD)).toEqual([]);
  });

  it.each([false, true])('when it is refused, and SASL2: %s', async (sasl2) => {
    const server = await start({ sasl2, listen: false });
    for (const mechanism of ['SCRAM-SHA-256', 'PLAIN']) {
      const witness = await watch({ memory: server.connect, password: WRONG, mechanisms: [mechanism] });
      expect(witness.code).toBe('sasl/not-authorized');
      expect(witness.leaks(WRONG)).toEqual([]);
    }
  });
});

describe('a token for fast logins is seen nowhere (XEP-0484 §4.1)', () => {
  it('when it is given, used, exchanged for another, and refused', async () => {
    const server = await start({ sasl2: true, rotateTokens: true });
    const tokens = new Map<string, FastToken>();
    const options = { ...directTls(server), password: PASSWORD, tokens, pipelining: 'always' } as const;
    const known: string[] = [];
    for (const mechanism of ['SCRAM-SHA-512-PLUS', 'HT-SHA-256-EXPR', 'HT-SHA-256-EXPR']) {
      const witness = await watch(options);
      known.push(tokens.get(JID)?.token ?? 'no token was given');
      expect(mechanismsIn(witness)).toEqual([mechanism]);
      expect(witness.leaks(PASSWORD, ...known)).toEqual([]);
    }
    expect(new Set(known).size).toBe(3);
    server.revokeTokens(JID);
    const refused = await watch(options);
    expect(mechanismsIn(refused)).toEqual(['HT-SHA-256-EXPR', 'SCRAM-SHA-512-PLUS']);
    known.push(tokens.get(JID)?.token ?? 'no token was given');
    expect(new Set(known).size).toBe(4);
    expect(refused.leaks(PASSWORD, ...known)).toEqual([]);
  });

  it('over a WebSocket, where it is bound to nothing', async () => {
    const server = await start({ sasl2: true, websocket: true });
    const tokens = new Map<string, FastToken>();
    const options = { websocket: server.websocketUrl, tls: { ca: server.ca }, password: PASSWORD, tokens };
    await watch(options);
    const token = tokens.get(JID)?.token ?? 'no token was given';
    const witness = await watch(options);
    expect(mechanismsIn(witness)).toEqual(['HT-SHA-256-NONE']);
    expect(witness.leaks(PASSWORD, token)).toEqual([]);
  });
});

describe('an access token is seen nowhere (RFC 7628)', () => {
  it.each([false, true])(
    'when it is accepted, and when it has expired and is asked for anew: SASL2 %s',
    async (sasl2) => {
      const server = await start({
        sasl2,
        mechanisms: ['OAUTHBEARER'],
        tokens: (token) => (token === ACCESS ? 'juliet' : token === EXPIRED ? 'expired' : undefined),
      });
      const reasons: unknown[] = [];
      const given = [EXPIRED, ACCESS];
      const witness = await watch({
        ...directTls(server),
        mechanisms: ['OAUTHBEARER'],
        credentials: ({ reason }) => {
          reasons.push(reason?.condition);
          return { token: given[reasons.length - 1] };
        },
      });
      expect([witness.code, reasons]).toEqual(['online', [undefined, 'credentials-expired']]);
      expect(witness.leaks(ACCESS, EXPIRED)).toEqual([]);
    },
  );

  it.each([false, true])('when it is refused, and SASL2: %s', async (sasl2) => {
    const server = await start({ sasl2, mechanisms: ['OAUTHBEARER'], tokens: () => undefined });
    const credentials = () => ({ token: ACCESS });
    const witness = await watch({ ...directTls(server), mechanisms: ['OAUTHBEARER'], credentials });
    expect(witness.code).toMatch(/^sasl\//);
    expect(witness.leaks(ACCESS)).toEqual([]);
  });
});

describe('the key of a client certificate is seen nowhere, and neither is its passphrase', () => {
  it.each([false, true])('when it logs in, and SASL2: %s', async (sasl2) => {
    const { server, clientCertificate, secrets } = await certified({ sasl2 });
    const { host, port, tls } = directTls(server);
    const witness = await watch({ host, port, directTls: true, tls: { ...tls, clientCertificate } });
    expect([witness.code, mechanismsIn(witness)]).toEqual(['online', ['EXTERNAL']]);
    expect(witness.leaks(...secrets)).toEqual([]);
  });

  it('when the certificate is nobody’s', async () => {
    const { server, clientCertificate, secrets } = await certified({}, 'romeo@example.net');
    const { host, port, tls } = directTls(server);
    const witness = await watch({ host, port, directTls: true, tls: { ...tls, clientCertificate } });
    expect(witness.code).toBe('sasl/no-mechanism');
    expect(witness.leaks(...secrets)).toEqual([]);
  });

  it('when the passphrase is wrong', async () => {
    const { server, clientCertificate, secrets } = await certified({});
    const { host, port, tls } = directTls(server);
    const damaged = { ...clientCertificate, passphrase: WRONG };
    const witness = await watch({ host, port, directTls: true, tls: { ...tls, clientCertificate: damaged } });
    expect(witness.code).not.toBe('online');
    expect(witness.leaks(WRONG, ...secrets)).toEqual([]);
  });
});

it('a secret would be found if it were there', () => {
  const leaks = [
    { deep: new Map([['key', [`n,,n=juliet,p=${PASSWORD}`]]]) },
    { base64: Buffer.from(`\0juliet\0${PASSWORD}`).toString('base64') },
    { bytes: new TextEncoder().encode(`\0juliet\0${PASSWORD}`) },
    new Error('x', { cause: new Error(PASSWORD) }),
    { [Symbol('hidden')]: PASSWORD },
    { event: { type: 'x', token: PASSWORD } },
  ];
  for (const leak of leaks) {
    const witness = createWitness();
    witness.look(leak);
    expect(witness.leaks(PASSWORD)).not.toEqual([]);
    expect(witness.leaks(WRONG)).toEqual([]);
  }
});

async function start(options: Partial<ServerOptions>): Promise<Server> {
  const server = await startServer({ domain: 'example.org', accounts: { juliet: PASSWORD }, ...options });
  servers.push(server);
  return server;
}

function directTls({ tlsPort, ca }: Server) {
  return { host: '127.0.0.1', port: tlsPort, directTls: true, tls: { ca } };
}

/** Logs in and out under the eyes of a witness, who also tells how it went. */
async function watch(options: Partial<CreateClientOptions>): Promise<Witness & { readonly code: string }> {
  const witness = createWitness();
  const { look } = witness;
  const client = createClient({ jid: JID, onTraffic: look, inspect: look, reconnect: () => undefined, ...options });
  client.start();
  const error: unknown = await client.online().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  look(error);
  look(client.actor.getSnapshot());
  look(JSON.stringify(client.actor.getPersistedSnapshot()));
  await client.stop();
  look(client.actor.getSnapshot());
  expect(witness.texts.length).toBeGreaterThan(20);
  return { ...witness, code: error === undefined ? 'online' : String(Reflect.get(Object(error), 'code')) };
}

/** The mechanisms that were used, in order, as the log of the traffic shows them. */
function mechanismsIn({ texts }: Witness): string[] {
  const sent = texts.join('\n').matchAll(/<auth(?:enticate)? xmlns="[^"]*" mechanism="([^"]*)"/g);
  return [...new Set([...sent].map(([, mechanism = '']) => mechanism))];
}

/** A server that takes certificates, and one of them with its key. */
async function certified(options: Partial<ServerOptions>, commonName = JID) {
  const authority = await createClientAuthority();
  const issued = await authority.issue({ commonName });
  const mechanisms = ['EXTERNAL'] as const;
  const server = await start({ mechanisms, clientAuthority: authority.certificate, ...options });
  const cipher = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE };
  const key = createPrivateKey(issued.key)
    .export({ type: 'pkcs8', format: 'pem', ...cipher })
    .toString();
  const [, encrypted = ''] = key.split('\n');
  const [, clear = ''] = issued.key.split('\n');
  return {
    server,
    clientCertificate: { certificate: issued.cert, key, passphrase: PASSPHRASE },
    secrets: [PASSPHRASE, encrypted, clear],
  };
}
