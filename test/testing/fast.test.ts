import { afterEach, describe, expect, test } from 'vitest';
import { buildFast, buildRequestToken, type ChannelBindingType } from '../../src/sasl/index.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { childOf, type Element } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';
import { authenticates2, bindingOf, conditionOf, type Sasl2Extras } from './sasl-client.ts';

const FAST = 'urn:xmpp:fast:0';
const NONE = 'HT-SHA-256-NONE';
const FROM = 'juliet@capulet.example';
const WEEK = 7 * 24 * 3_600_000;

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const accounts = { juliet: 'r0m30', romeo: 'j0l13t' };
  const server = await startServer({ domain: 'capulet.example', accounts, sasl2: true, listen: false, ...options });
  servers.push(server);
  return server;
}

type Dial = (target: Server) => RawClient;

/** A login with the password, that asks for a token. */
async function firstLogin(server: Server, mechanism = NONE, dial: Dial = RawClient.memory): Promise<Element> {
  const client = dial(server);
  await client.header('capulet.example', FROM).receives('<stream:stream>');
  await client.receives('<stream:features/>');
  const inline = [buildRequestToken(mechanism)];
  return authenticates2(client, 'SCRAM-SHA-256', { username: 'juliet', password: 'r0m30' }, { inline });
}

interface TokenLogin extends Sasl2Extras {
  readonly mechanism?: string;
  readonly from?: string;
  readonly username?: string;
  readonly dial?: Dial;
  readonly binding?: ChannelBindingType;
}

/** A login with a token. */
async function tokenLogin(server: Server, hashedToken: string, login: TokenLogin = {}): Promise<Element> {
  const { mechanism = NONE, from = FROM, username = 'juliet', dial = RawClient.memory, binding, ...extras } = login;
  const client = dial(server);
  await client.header('capulet.example', from || undefined).receives('<stream:stream>');
  await client.receives('<stream:features/>');
  const channelBinding = binding && { type: binding, data: bindingOf(client.tls, binding) };
  return authenticates2(
    client,
    mechanism,
    { username, hashedToken },
    {
      inline: [buildFast()],
      options: { channelBinding },
      ...extras,
    },
  );
}

function tokenIn(success: Element): string {
  return childOf(success, 'token', FAST)?.attributes.token ?? '';
}

describe('a token', () => {
  test('comes with the success of a login that asks for it, and logs in next time', async () => {
    const server = await start();
    const success = await firstLogin(server);
    expect(childOf(success, 'token', FAST)?.attributes).toEqual({
      token: expect.stringMatching(/^[\w-]{22}$/),
      expiry: expect.stringMatching(/^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$/),
    });
    const again = await tokenLogin(server, tokenIn(success));
    expect(again.name).toBe('success');
    expect(childOf(again, 'token', FAST)).toBe(undefined);
    expect((await tokenLogin(server, tokenIn(success))).name).toBe('success');
  });

  test('is not shown to those who watch', async () => {
    const seen: string[] = [];
    const server = await start({ onTraffic: ({ text }) => seen.push(text) });
    const token = tokenIn(await firstLogin(server));
    await tokenLogin(server, token);
    expect(seen.join()).toContain('<token xmlns="urn:xmpp:fast:0"');
    expect(seen.join()).not.toContain(token);
  });

  test('lasts two weeks, or as long as is asked for', async () => {
    for (const tokenLifetime of [undefined, WEEK]) {
      const before = Date.now();
      const success = await firstLogin(await start({ tokenLifetime }));
      const lifetime =
        Date.parse(childOf(success, 'token', FAST)?.attributes.expiry ?? '') - (tokenLifetime ?? 2 * WEEK);
      expect(lifetime).toBeGreaterThanOrEqual(before);
      expect(lifetime).toBeLessThanOrEqual(Date.now());
    }
  });

  test('does not come unasked', async () => {
    const client = await RawClient.memory(await start()).opens();
    const success = await authenticates2(client, 'PLAIN', { username: 'juliet', password: 'r0m30' });
    expect(childOf(success, 'token', FAST)).toBe(undefined);
  });

  test.each([
    ['HT-SHA-256-EXPR', 'TLSv1.3', 'tls-exporter'],
    ['HT-SHA-256-ENDP', 'TLSv1.3', 'tls-server-end-point'],
    ['HT-SHA-256-UNIQ', 'TLSv1.2', 'tls-unique'],
  ] as const)('is bound to TLS by %s', async (mechanism, version, binding) => {
    const server = await start({ listen: true, tlsVersions: { min: version, max: version } });
    const dial: Dial = (target) => RawClient.directTls(target);
    const token = tokenIn(await firstLogin(server, mechanism, dial));
    expect((await tokenLogin(server, token, { mechanism, dial, binding })).name).toBe('success');
    // XEP-0484 §3.4: not with a mechanism that it was not asked for.
    expect(conditionOf(await tokenLogin(server, token, { dial }))).toBe('not-authorized');
  });

  test('works over a WebSocket', async () => {
    const server = await start({ listen: true, websocket: true });
    const dial: Dial = (target) => RawClient.webSocket(target);
    const token = tokenIn(await firstLogin(server, 'HT-SHA-256-EXPR', dial));
    const login = { mechanism: 'HT-SHA-256-EXPR', dial, binding: 'tls-exporter' } as const;
    expect((await tokenLogin(server, token, login)).name).toBe('success');
  });

  test('does not pass through somebody in the middle', async () => {
    const server = await start({ listen: true });
    const dial: Dial = (target) => RawClient.directTls(target);
    const token = tokenIn(await firstLogin(server, 'HT-SHA-256-EXPR', dial));
    const options = { channelBinding: { type: 'tls-exporter', data: new Uint8Array(32) } } as const;
    const outcome = await tokenLogin(server, token, { mechanism: 'HT-SHA-256-EXPR', dial, options });
    expect(conditionOf(outcome)).toBe('not-authorized');
  });

  test.each<[string, TokenLogin, string]>([
    ['another client', { userAgent: { id: 'other' } }, 'not-authorized'],
    ['another user', { username: 'romeo', from: 'romeo@capulet.example' }, 'not-authorized'],
    ['nobody', { username: 'mercutio', from: 'mercutio@capulet.example' }, 'not-authorized'],
    ['a stream of somebody else', { from: 'romeo@capulet.example' }, 'invalid-authzid'],
    ['a stream of nobody', { from: '' }, 'malformed-request'],
    ['a client that does not say that it is a token', { inline: [] }, 'invalid-mechanism'],
    ['another mechanism', { mechanism: 'HT-SHA-256-ENDP' }, 'invalid-mechanism'],
  ])('is refused from %s', async (_title, login, condition) => {
    const server = await start();
    const token = tokenIn(await firstLogin(server));
    const known = login.mechanism === undefined ? login : { ...login, options: ENDPOINT };
    expect(conditionOf(await tokenLogin(server, token, known))).toBe(condition);
    expect((await tokenLogin(server, token)).name).toBe('success');
  });

  test('leaves the stream as it was when it is refused', async () => {
    const client = RawClient.memory(await start());
    await client.header('capulet.example', FROM).receives('<stream:stream>');
    await client.receives('<stream:features/>');
    const wrong = { username: 'juliet', hashedToken: 'wrong' };
    expect(conditionOf(await authenticates2(client, NONE, wrong, { inline: [buildFast()] }))).toBe('not-authorized');
    const right = { username: 'juliet', password: 'r0m30' };
    expect((await authenticates2(client, 'PLAIN', right)).name).toBe('success');
  });

  test('that has expired is refused as such', async () => {
    const server = await start({ tokenLifetime: 0 });
    const token = tokenIn(await firstLogin(server));
    expect(conditionOf(await tokenLogin(server, token))).toBe('credentials-expired');
  });

  test('is worthless once the server revokes it', async () => {
    const server = await start();
    const token = tokenIn(await firstLogin(server));
    expect(server.revokeTokens('juliet@capulet.example')).toBe(1);
    expect(server.revokeTokens('juliet@capulet.example')).toBe(0);
    expect(conditionOf(await tokenLogin(server, token))).toBe('not-authorized');
  });

  test('can be invalidated by its last use (XEP-0484 §3.6)', async () => {
    const server = await start({ rotateTokens: true });
    const token = tokenIn(await firstLogin(server));
    const success = await tokenLogin(server, token, { inline: [buildFast({ invalidate: true })] });
    expect(success.name).toBe('success');
    expect(childOf(success, 'token', FAST)).toBe(undefined);
    expect(conditionOf(await tokenLogin(server, token))).toBe('not-authorized');
  });

  test('can be invalidated and followed by another one', async () => {
    const server = await start();
    const token = tokenIn(await firstLogin(server));
    const inline = [buildFast({ invalidate: true }), buildRequestToken(NONE)];
    const next = tokenIn(await tokenLogin(server, token, { inline }));
    expect(conditionOf(await tokenLogin(server, token))).toBe('not-authorized');
    expect((await tokenLogin(server, next)).name).toBe('success');
  });
});

describe('rotation (XEP-0484 §3.5)', () => {
  test('leaves the old token good until the new one was used', async () => {
    const server = await start({ rotateTokens: true });
    const first = tokenIn(await firstLogin(server));
    const second = tokenIn(await tokenLogin(server, first));
    expect(second).not.toBe(first);
    expect((await tokenLogin(server, second)).name).toBe('success');
    expect(conditionOf(await tokenLogin(server, first))).toBe('not-authorized');
  });

  test('forgets a new token that was never used when it makes another one', async () => {
    const server = await start({ rotateTokens: true });
    const first = tokenIn(await firstLogin(server));
    const lost = tokenIn(await tokenLogin(server, first));
    const third = tokenIn(await tokenLogin(server, first));
    expect(conditionOf(await tokenLogin(server, lost))).toBe('not-authorized');
    expect((await tokenLogin(server, third)).name).toBe('success');
  });

  test('happens without the option where it is asked for', async () => {
    const server = await start();
    const first = tokenIn(await firstLogin(server));
    const next = tokenIn(await tokenLogin(server, first, { inline: [buildFast(), buildRequestToken(NONE)] }));
    expect((await tokenLogin(server, next)).name).toBe('success');
    expect(conditionOf(await tokenLogin(server, first))).toBe('not-authorized');
  });

  test('keeps clients apart', async () => {
    const server = await start({ rotateTokens: true });
    const first = tokenIn(await firstLogin(server));
    const client = await RawClient.memory(server).opens();
    const user = { username: 'juliet', password: 'r0m30' };
    const other = { userAgent: { id: 'other' }, inline: [buildRequestToken(NONE)] };
    const foreign = tokenIn(await authenticates2(client, 'PLAIN', user, other));
    expect((await tokenLogin(server, first)).name).toBe('success');
    expect((await tokenLogin(server, foreign, { userAgent: { id: 'other' } })).name).toBe('success');
  });
});

const ENDPOINT = { channelBinding: { type: 'tls-server-end-point', data: new Uint8Array(32) } } as const;
