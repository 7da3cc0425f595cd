import type { ConnectionOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelBindingType } from '../../src/sasl/index.ts';
import {
  type Authority,
  createAuthority,
  type Server,
  type ServerOptions,
  startServer,
} from '../../src/testing/index.ts';
import { childOf, type Element, textOf } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';
import { authenticates, bindingOf, conditionOf } from './sasl-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BINDINGS = 'urn:xmpp:sasl-cb:0';
const USER = { username: 'juliet', password: 'r0m30' };

let authority: Authority;
const servers: Server[] = [];

beforeAll(async () => {
  authority = await createAuthority();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const issued = await authority.issue({ domains: ['capulet.example'] });
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30' },
    certificate: { ...issued, ca: authority.certificate },
    ...options,
  });
  servers.push(server);
  return server;
}

/** A client under TLS, and the features that it was offered. */
async function meet(server: Server, options: ConnectionOptions = {}) {
  const client = RawClient.directTls(server, options);
  await client.header().receives('<stream:stream>');
  return { client, features: await client.receives('<stream:features/>') };
}

describe('the features', () => {
  test('list what a login can be bound to under TLS 1.3 (XEP-0440)', async () => {
    const { features } = await meet(await start());
    expect(mechanismsIn(features)).toEqual([
      'SCRAM-SHA-512-PLUS',
      'SCRAM-SHA-256-PLUS',
      'SCRAM-SHA-1-PLUS',
      'SCRAM-SHA-512',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'PLAIN',
    ]);
    expect(typesIn(features)).toEqual(['tls-exporter', 'tls-server-end-point']);
  });

  test('list another type under TLS 1.2', async () => {
    const { features } = await meet(await start({ tlsVersions: { max: 'TLSv1.2' } }));
    expect(typesIn(features)).toEqual(['tls-unique', 'tls-server-end-point']);
  });

  test('list only the types that are asked for', async () => {
    const { features } = await meet(await start({ channelBindings: ['tls-server-end-point', 'tls-unique'] }));
    expect(typesIn(features)).toEqual(['tls-server-end-point']);
  });

  test.each<[string, Partial<ServerOptions>, boolean]>([
    ['as servers do that are older than the list', { announceChannelBindings: false }, true],
    ['where there is no mechanism for it', { mechanisms: ['SCRAM-SHA-1'] }, false],
    ['where no type is left', { channelBindings: [] }, false],
  ])('have no list %s', async (_title, options, hasPlus) => {
    const { features } = await meet(await start(options));
    expect(typesIn(features)).toBe(undefined);
    expect(mechanismsIn(features)?.some((name) => name.endsWith('-PLUS'))).toBe(hasPlus);
  });

  test('offer nothing to bind in memory', async () => {
    const client = RawClient.memory(await start({ listen: false }));
    await client.header().receives('<stream:stream>');
    const features = await client.receives('<stream:features/>');
    expect(typesIn(features)).toBe(undefined);
    expect(mechanismsIn(features)).toEqual(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
  });
});

describe('a login', () => {
  test.each<['TLSv1.2' | 'TLSv1.3', ChannelBindingType, string]>([
    ['TLSv1.3', 'tls-exporter', 'SCRAM-SHA-1-PLUS'],
    ['TLSv1.3', 'tls-server-end-point', 'SCRAM-SHA-256-PLUS'],
    ['TLSv1.2', 'tls-unique', 'SCRAM-SHA-512-PLUS'],
    ['TLSv1.2', 'tls-server-end-point', 'SCRAM-SHA-1-PLUS'],
  ])('is bound to %s by %s with %s', async (version, type, mechanism) => {
    const { client } = await meet(await start({ tlsVersions: { min: version, max: version } }));
    expect(client.tls.getProtocol()).toBe(version);
    const channelBinding = { type, data: bindingOf(client.tls, type) };
    expect(await authenticates(client, mechanism, USER, { channelBinding })).toMatchObject({ name: 'success' });
  });

  test('is bound to TLS that came by STARTTLS', async () => {
    const client = await RawClient.tcp(await start()).opens();
    const channelBinding = { type: 'tls-exporter', data: bindingOf(client.tls, 'tls-exporter') } as const;
    expect(await authenticates(client, 'SCRAM-SHA-256-PLUS', USER, { channelBinding })).toMatchObject({
      name: 'success',
    });
  });

  test('is bound to a resumed session of TLS 1.2, in which the server finishes first', async () => {
    const server = await start({ tlsVersions: { max: 'TLSv1.2' } });
    const session = (await meet(server)).client.tls.getSession();
    if (session === undefined) throw new Error('There is no session');
    const { client } = await meet(server, { session });
    expect(client.tls.isSessionReused()).toBe(true);
    const channelBinding = { type: 'tls-unique', data: bindingOf(client.tls, 'tls-unique') } as const;
    expect(await authenticates(client, 'SCRAM-SHA-256-PLUS', USER, { channelBinding })).toMatchObject({
      name: 'success',
    });
  });

  test('does not pass through somebody in the middle, and may be tried again', async () => {
    const server = await start();
    const { client } = await meet(server);
    const other = await meet(server);
    for (const tls of [other.client.tls, client.tls]) {
      const channelBinding = { type: 'tls-exporter', data: bindingOf(tls, 'tls-exporter') } as const;
      const outcome = await authenticates(client, 'SCRAM-SHA-256-PLUS', USER, { channelBinding });
      if (tls === client.tls) expect(outcome.name).toBe('success');
      else expect(conditionOf(outcome)).toBe('not-authorized');
    }
  });

  test.each<[string, string, string]>([
    ['that binds a type this server does not have', 'SCRAM-SHA-256-PLUS', 'p=tls-unique,,n=juliet,r=x'],
    ['that says that -PLUS was not offered, though it was', 'SCRAM-SHA-256', 'y,,n=juliet,r=x'],
    ['that binds with a mechanism that does not', 'SCRAM-SHA-256', 'p=tls-exporter,,n=juliet,r=x'],
    ['that does not bind with a mechanism that does', 'SCRAM-SHA-256-PLUS', 'n,,n=juliet,r=x'],
  ])('%s is refused', async (_title, mechanism, first) => {
    const { client } = await meet(await start());
    await client
      .sends(`<auth xmlns="${SASL}" mechanism="${mechanism}">${btoa(first)}</auth>`)
      .receives(`<failure xmlns="${SASL}"><malformed-request/></failure>`);
  });

  test('may say that -PLUS was not offered where that is true', async () => {
    const { client } = await meet(await start({ channelBindings: [] }));
    await client
      .sends(`<auth xmlns="${SASL}" mechanism="SCRAM-SHA-256">${btoa('y,,n=juliet,r=x')}</auth>`)
      .receives(`<challenge xmlns="${SASL}"/>`);
  });

  test('without a bound mechanism gets none', async () => {
    const client = await RawClient.memory(await start({ listen: false })).opens();
    await client
      .sends(`<auth xmlns="${SASL}" mechanism="SCRAM-SHA-256-PLUS">${btoa('p=tls-exporter,,n=juliet,r=x')}</auth>`)
      .receives(`<failure xmlns="${SASL}"><invalid-mechanism/></failure>`);
  });

  test.each([true, false])('is told what was offered (XEP-0474) if that is asked for: %s', async (sendOfferHash) => {
    const { client, features } = await meet(await start({ sendOfferHash }));
    const offer = { mechanisms: mechanismsIn(features) ?? [], channelBindings: typesIn(features) };
    const outcome = authenticates(client, 'SCRAM-SHA-256', USER, { offer, requireOfferHash: true });
    if (sendOfferHash) expect((await outcome).name).toBe('success');
    else await expect(outcome).rejects.toMatchObject({ cause: { condition: 'downgrade' } });
  });

  test('notices what was taken out of the offer', async () => {
    const { client, features } = await meet(await start({ sendOfferHash: true }));
    const offer = { mechanisms: mechanismsIn(features) ?? [], channelBindings: ['tls-server-end-point'] };
    await expect(authenticates(client, 'SCRAM-SHA-256', USER, { offer })).rejects.toMatchObject({
      cause: { condition: 'downgrade' },
    });
  });
});

function mechanismsIn(features: Element): string[] | undefined {
  return childOf(features, 'mechanisms', SASL)?.children.map((child) =>
    typeof child === 'string' ? child : textOf(child),
  );
}

function typesIn(features: Element): string[] | undefined {
  const list = childOf(features, 'sasl-channel-binding', BINDINGS);
  return list?.children.map((child) => (typeof child === 'string' ? child : (child.attributes.type ?? '')));
}
