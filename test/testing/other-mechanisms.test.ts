import type { ConnectionOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Server, type ServerMechanism, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { childOf, type Element, textOf } from '../../src/xml/index.ts';
import { type ClientNames, createClientAuthority } from './client-certificates.ts';
import { RawClient } from './raw-client.ts';
import { authenticates, conditionOf } from './sasl-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(mechanisms: readonly ServerMechanism[], options: Partial<ServerOptions> = {}): Promise<Server> {
  const accounts = { juliet: 'r0m30', romeo: 'j0l13t' };
  const server = await startServer({ domain: 'capulet.example', accounts, mechanisms, listen: false, ...options });
  servers.push(server);
  return server;
}

/** The address that a client gets once it is authenticated. */
async function bound(client: RawClient): Promise<string> {
  await client.header().receives('<stream:stream>');
  await client.receives('<stream:features/>');
  const result = await client
    .sends(`<iq type="set" id="1"><bind xmlns="${BIND}"><resource>x</resource></bind></iq>`)
    .receives('<iq type="result"/>');
  return textOf(childOf(result, 'bind', BIND)?.children[0] as Element);
}

describe('EXTERNAL', () => {
  let authority: Awaited<ReturnType<typeof createClientAuthority>>;
  beforeAll(async () => {
    authority = await createClientAuthority();
  });

  async function meet(options: ConnectionOptions, certified: Partial<ServerOptions> = {}) {
    const clientAuthority = authority.certificate;
    const server = await start(['EXTERNAL', 'PLAIN'], { listen: true, clientAuthority, ...certified });
    const client = RawClient.directTls(server, options);
    await client.header().receives('<stream:stream>');
    const features = await client.receives('<stream:features/>');
    const names = childOf(features, 'mechanisms', SASL)?.children.map((child) => textOf(child as Element));
    return { client, names };
  }

  test.each<[string, ClientNames]>([
    ['XMPP address', { xmppAddr: 'juliet@capulet.example', email: 'romeo@capulet.example' }],
    ['mail address', { email: 'juliet@capulet.example', commonName: 'romeo@capulet.example' }],
    ['common name', { commonName: 'juliet@capulet.example' }],
  ])('takes the account from the %s in the certificate', async (_title, names) => {
    const { client, names: offered } = await meet(await authority.issue(names));
    expect(offered).toEqual(['EXTERNAL', 'PLAIN']);
    expect((await authenticates(client, 'EXTERNAL', {})).name).toBe('success');
    expect(await bound(client)).toBe('juliet@capulet.example/x');
  });

  test('works with session resumption and TLS 1.2, too', async () => {
    const { client } = await meet(await authority.issue({ commonName: 'juliet@capulet.example' }), {
      tlsVersions: { max: 'TLSv1.2' },
    });
    const again = RawClient.directTls(client.target, { session: client.tls.getSession() });
    await again.opens();
    expect(again.tls.isSessionReused()).toBe(true);
    expect((await authenticates(again, 'EXTERNAL', {})).name).toBe('success');
  });

  test('works over STARTTLS', async () => {
    const certified = await authority.issue({ commonName: 'juliet@capulet.example' });
    const server = await start(['EXTERNAL'], { listen: true, clientAuthority: authority.certificate });
    const client = await RawClient.tcp(server).opens(certified);
    expect((await authenticates(client, 'EXTERNAL', {})).name).toBe('success');
  });

  test('accepts the own identity, and no other', async () => {
    const { client } = await meet(await authority.issue({ commonName: 'juliet@capulet.example' }));
    expect(conditionOf(await authenticates(client, 'EXTERNAL', { authzid: 'romeo@capulet.example' }))).toBe(
      'invalid-authzid',
    );
    expect((await authenticates(client, 'EXTERNAL', { authzid: 'JULIET@capulet.example' })).name).toBe('success');
  });

  test.each<[string, () => Promise<ConnectionOptions>]>([
    ['no certificate', async () => ({})],
    ['the certificate of nobody here', () => authority.issue({ commonName: 'mercutio@capulet.example' })],
    ['the certificate of another domain', () => authority.issue({ commonName: 'juliet@verona.example' })],
    [
      'an expired one',
      () => authority.issue({ commonName: 'juliet@capulet.example', notAfter: new Date(Date.now() - 1000) }),
    ],
    [
      'that of another authority',
      async () => (await createClientAuthority()).issue({ commonName: 'juliet@capulet.example' }),
    ],
  ])('is not offered to a client with %s', async (_title, makeOptions) => {
    const { client, names } = await meet(await makeOptions());
    expect(names).toEqual(['PLAIN']);
    expect(conditionOf(await authenticates(client, 'EXTERNAL', {}))).toBe('invalid-mechanism');
    expect((await authenticates(client, 'PLAIN', { username: 'juliet', password: 'r0m30' })).name).toBe('success');
  });

  test('needs an authority', async () => {
    await expect(start(['EXTERNAL'])).rejects.toThrow('The mechanism EXTERNAL needs the option clientAuthority');
  });
});

describe('ANONYMOUS', () => {
  test('makes an account for each guest, that others can write to', async () => {
    const server = await start(['ANONYMOUS', 'PLAIN']);
    const guests: string[] = [];
    for (const trace of ['', 'nurse@verona.example']) {
      const client = await RawClient.memory(server).opens();
      expect((await authenticates(client, 'ANONYMOUS', { trace })).name).toBe('success');
      guests.push(await bound(client));
      if (guests.length < 2) continue;
      await client.sends(`<message to="${guests[0]}"><body>Hist!</body></message>`).syncs();
    }
    expect(guests[0]).toMatch(/^[0-9a-f-]{36}@capulet\.example\/x$/);
    expect(new Set(guests).size).toBe(2);
    expect(server.sessions().sort()).toEqual(guests.sort());
    const juliet = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    const roster = await juliet
      .sends('<iq type="get" id="r"><query xmlns="jabber:iq:roster"/></iq>')
      .receives('<iq type="result" id="r"/>');
    expect(childOf(roster, 'query', 'jabber:iq:roster')?.children).toMatchObject([
      { attributes: { jid: 'romeo@capulet.example' } },
    ]);
  });

  test('refuses what is no trace', async () => {
    const client = await RawClient.memory(await start(['ANONYMOUS'])).opens();
    await client
      .sends(`<auth xmlns="${SASL}" mechanism="ANONYMOUS">${btoa('a\0b')}</auth>`)
      .receives(`<failure xmlns="${SASL}"><malformed-request/></failure>`);
  });

  test('lets nobody into the account of a guest with a password', async () => {
    const server = await start(['ANONYMOUS', 'PLAIN', 'SCRAM-SHA-256']);
    const guest = await RawClient.memory(server).opens();
    await authenticates(guest, 'ANONYMOUS', {});
    const [username = ''] = (await bound(guest)).split('@');
    const client = await RawClient.memory(server).opens();
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256']) {
      expect(conditionOf(await authenticates(client, mechanism, { username, password: 'undefined' }))).toBe(
        'not-authorized',
      );
    }
  });
});

describe('OAUTHBEARER', () => {
  const tokens = (token: string) => ({ good: 'juliet', old: 'expired', lost: 'mercutio' })[token];

  test('takes the account from the token', async () => {
    const client = await RawClient.memory(await start(['OAUTHBEARER'], { tokens })).opens();
    expect((await authenticates(client, 'OAUTHBEARER', { token: 'good' })).name).toBe('success');
    expect(await bound(client)).toBe('juliet@capulet.example/x');
  });

  test.each([
    ['that has expired', 'old', 'invalid_token'],
    ["that is nobody's", 'other', 'insufficient_scope'],
  ])(
    'says why it refuses a token %s (RFC 7628 §3.2.2), and lets the client try again',
    async (_title, token, status) => {
      const client = await RawClient.memory(await start(['OAUTHBEARER'], { tokens })).opens();
      const challenge = await client
        .sends(`<auth xmlns="${SASL}" mechanism="OAUTHBEARER">${btoa(`n,,\x01auth=Bearer ${token}\x01\x01`)}</auth>`)
        .receives(`<challenge xmlns="${SASL}"/>`);
      expect(JSON.parse(atob(textOf(challenge)))).toEqual({ status });
      await client
        .sends(`<response xmlns="${SASL}">${btoa('\x01')}</response>`)
        .receives(`<failure xmlns="${SASL}"><not-authorized/></failure>`);
      expect((await authenticates(client, 'OAUTHBEARER', { token: 'good' })).name).toBe('success');
    },
  );

  test('refuses a token for an account that is not here', async () => {
    const client = await RawClient.memory(await start(['OAUTHBEARER'], { tokens })).opens();
    expect(conditionOf(await authenticates(client, 'OAUTHBEARER', { token: 'lost' }))).toBe('not-authorized');
  });

  test('is not possible for now where the test fails over a token, and whoever stops the server hears of it', async () => {
    const failure = new Error('Oh');
    const server = await startServer({
      domain: 'capulet.example',
      accounts: {},
      mechanisms: ['OAUTHBEARER'],
      listen: false,
      tokens: () => {
        throw failure;
      },
    });
    const client = await RawClient.memory(server).opens();
    const answer = await authenticates(client, 'OAUTHBEARER', { token: 'good' });
    expect(conditionOf(answer)).toBe('temporary-auth-failure');
    await expect(server.stop()).rejects.toBe(failure);
  });

  test('needs to know the tokens', async () => {
    await expect(start(['OAUTHBEARER'])).rejects.toThrow('The mechanism OAUTHBEARER needs the option tokens');
  });
});
