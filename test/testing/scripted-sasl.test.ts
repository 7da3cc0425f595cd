import { afterEach, describe, expect, test } from 'vitest';
import { buildBind2, buildFast } from '../../src/sasl/index.ts';
import { type ScriptedServer, type ScriptedServerOptions, startScriptedServer } from '../../src/testing/index.ts';
import { childOf, element, serialize } from '../../src/xml/index.ts';
import { createClientAuthority } from './client-certificates.ts';
import { RawClient } from './raw-client.ts';
import { authenticates, authenticates2, bindingOf } from './sasl-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SASL2 = 'urn:xmpp:sasl:2';
const BIND2 = 'urn:xmpp:bind:0';
const FAST = 'urn:xmpp:fast:0';
const JULIET = { username: 'juliet', password: 'r0m30' };

const servers: ScriptedServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function meet(options: Partial<ScriptedServerOptions> = {}, dial = RawClient.memory) {
  const domain = 'capulet.example';
  const server = await startScriptedServer({ domain, password: 'r0m30', timeout: 500, listen: false, ...options });
  servers.push(server);
  const client = dial(server);
  return { client, peer: await server.connection() };
}

async function featuresFor(client: RawClient) {
  await client.header().receives('<stream:stream>');
  return client.receives('<stream:features/>');
}

describe('a script for SASL', () => {
  test('offers what it is told to, and expects one of it', async () => {
    const { client, peer } = await meet();
    const script = peer.authenticate({
      mechanism: 'SCRAM-SHA-1',
      mechanisms: ['X-SECRET', 'SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
      channelBindings: ['x-moon', 'tls-exporter'],
    });
    expect(serialize(await featuresFor(client))).toBe(
      '<features xmlns="http://etherx.jabber.org/streams">' +
        `<mechanisms xmlns="${SASL}"><mechanism>X-SECRET</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism></mechanisms>` +
        '<sasl-channel-binding xmlns="urn:xmpp:sasl-cb:0"><channel-binding type="x-moon"/><channel-binding type="tls-exporter"/></sasl-channel-binding>' +
        '</features>',
    );
    expect((await authenticates(client, 'SCRAM-SHA-1', JULIET)).name).toBe('success');
    expect((await script).full).toBe('juliet@capulet.example');
  });

  test('fails when the client chooses another one', async () => {
    const { client, peer } = await meet();
    const script = peer.authenticate({ mechanism: 'SCRAM-SHA-1', mechanisms: ['SCRAM-SHA-1', 'PLAIN'] }).catch(String);
    await featuresFor(client);
    client.auth('juliet', 'r0m30');
    expect(await script).toContain(
      'Instead: it sent <auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">',
    );
  });

  test('can confirm another offer than the one that arrived (XEP-0474)', async () => {
    const offer = { mechanisms: ['SCRAM-SHA-256'] };
    for (const confirmedOffer of [offer, { mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'] }]) {
      const { client, peer } = await meet();
      const script = peer.authenticate({ confirmedOffer }).catch(String);
      await featuresFor(client);
      const outcome = authenticates(client, 'SCRAM-SHA-256', JULIET, { offer });
      if (confirmedOffer === offer) expect((await outcome).name).toBe('success');
      else await expect(outcome).rejects.toMatchObject({ cause: { condition: 'downgrade' } });
      client.end();
      await script;
    }
  });

  test('binds a login to TLS, for real', async () => {
    for (const data of [undefined, new Uint8Array(32)]) {
      const { client, peer } = await meet({ listen: true }, (target) => RawClient.directTls(target));
      const script = peer.authenticate('SCRAM-SHA-256-PLUS').catch(String);
      await featuresFor(client);
      const channelBinding = { type: 'tls-exporter', data: data ?? bindingOf(client.tls, 'tls-exporter') } as const;
      const outcome = await authenticates(client, 'SCRAM-SHA-256-PLUS', JULIET, { channelBinding });
      expect(outcome.name).toBe(data ? 'failure' : 'success');
      expect(String(await script)).toMatch(data ? /channel-bindings-dont-match/ : /^juliet@capulet\.example$/);
    }
  });

  test('believes a certificate, a token, and a guest', async () => {
    const clients = await createClientAuthority();
    const certified = await clients.issue({ commonName: 'juliet@capulet.example' });
    const dial: typeof RawClient.memory = (target) => RawClient.directTls(target, certified);
    const external = await meet({ listen: true, clientAuthority: clients.certificate }, dial);
    const oauth = await meet();
    const guest = await meet();
    const cases = [
      [external, 'EXTERNAL', {}, 'juliet@capulet.example'],
      [oauth, 'OAUTHBEARER', { token: 'r0m30' }, 'juliet@capulet.example'],
      [guest, 'ANONYMOUS', {}, 'guest@capulet.example'],
    ] as const;
    for (const [{ client, peer }, mechanism, credentials, expected] of cases) {
      const script = peer.authenticate(mechanism);
      await featuresFor(client);
      expect((await authenticates(client, mechanism, credentials)).name).toBe('success');
      expect(String(await script)).toBe(expected);
    }
  });
});

describe('a script for SASL2', () => {
  test('logs a client in and binds a resource, in one step', async () => {
    const { client, peer } = await meet();
    const script = peer.sasl2({ resource: 'balcony', features: '<sm xmlns="urn:xmpp:sm:3"/>' });
    expect(serialize(await featuresFor(client))).toBe(
      '<features xmlns="http://etherx.jabber.org/streams">' +
        `<authentication xmlns="${SASL2}"><mechanism>SCRAM-SHA-256</mechanism><inline><bind xmlns="${BIND2}"/></inline></authentication>` +
        '</features>',
    );
    const success = await authenticates2(client, 'SCRAM-SHA-256', JULIET, { inline: [buildBind2()] });
    expect(success.children.slice(1)).toEqual([
      element(`{${SASL2}}authorization-identifier`, {}, 'juliet@capulet.example/balcony'),
      element(`{${BIND2}}bound`),
    ]);
    await client.receives('<stream:features><sm xmlns="urn:xmpp:sm:3"/></stream:features>');
    expect(String(await script)).toBe('juliet@capulet.example/balcony');
  });

  test('binds no resource that the client does not ask for', async () => {
    const { client, peer } = await meet();
    const script = peer.sasl2({ mechanism: 'PLAIN' });
    await featuresFor(client);
    const success = await authenticates2(client, 'PLAIN', JULIET);
    expect(childOf(success, 'bound', BIND2)).toBe(undefined);
    expect(String(await script)).toBe('juliet@capulet.example');
  });

  test('can say anything along with success', async () => {
    const { client, peer } = await meet();
    const token = `<token xmlns="${FAST}" token="$1" expiry="soon"/>`;
    const script = peer.sasl2({ mechanism: 'PLAIN', inline: { fast: ['HT-X'], sm: true }, success: token });
    const features = await featuresFor(client);
    expect(serialize(features)).toContain('<sm xmlns="urn:xmpp:sm:3"/><fast xmlns="urn:xmpp:fast:0"><mechanism>HT-X<');
    const success = await authenticates2(client, 'PLAIN', JULIET);
    expect(childOf(success, 'token', FAST)?.attributes).toEqual({ token: '$1', expiry: 'soon' });
    await script;
  });

  test('takes the password for a token', async () => {
    const { client, peer } = await meet();
    const script = peer.sasl2({ mechanism: 'HT-SHA-256-NONE' });
    const features = await featuresFor(client);
    expect(serialize(features)).toContain(
      '<mechanism>SCRAM-SHA-256</mechanism><inline><bind xmlns="urn:xmpp:bind:0"/><fast xmlns="urn:xmpp:fast:0"><mechanism>HT-SHA-256-NONE<',
    );
    const user = { username: 'juliet', hashedToken: 'r0m30' };
    const success = await authenticates2(client, 'HT-SHA-256-NONE', user, { inline: [buildFast()] });
    expect(success.name).toBe('success');
    await script;
  });

  test('fails with the client', async () => {
    const { client, peer } = await meet();
    const script = peer.sasl2().catch(String);
    await featuresFor(client);
    const failure = await authenticates2(client, 'SCRAM-SHA-256', { username: 'juliet', password: 'wrong' });
    expect(failure.name).toBe('failure');
    expect(await script).toContain('The client did not authenticate: not-authorized, invalid proof');
  });

  test('works over a WebSocket', async () => {
    const { client, peer } = await meet({ listen: true, tls: false, websocket: true }, RawClient.webSocket);
    const script = peer.sasl2();
    await featuresFor(client);
    await authenticates2(client, 'SCRAM-SHA-256', JULIET, { inline: [buildBind2({ tag: 'Nurse' })] });
    await client.receives('<stream:features/>');
    expect(String(await script)).toMatch(/^juliet@capulet\.example\/Nurse\/[\w-]{22}$/);
  });
});
