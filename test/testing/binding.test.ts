import { afterEach, describe, expect, test } from 'vitest';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30' },
    listen: false,
    ...options,
  });
  servers.push(server);
  return server;
}

describe('resource binding', () => {
  const bind = (resource = '') =>
    `<iq type="set" id="b"><bind xmlns="${BIND}">${resource && `<resource>${resource}</resource>`}</bind></iq>`;

  async function authenticated(server: Server): Promise<RawClient> {
    const client = await RawClient.memory(server).opens();
    await client.auth('juliet', 'r0m30').receives(`<success xmlns="${SASL}"/>`);
    await client.header().receives('<stream:stream>');
    await client.receives('<stream:features/>');
    return client;
  }

  test('is offered with an optional session', async () => {
    const client = await RawClient.memory(await start()).opens();
    await client.auth('juliet', 'r0m30').receives(`<success xmlns="${SASL}"/>`);
    await client.header().receives('<stream:stream>');
    await client.receives(
      `<stream:features><bind xmlns="${BIND}"/><session xmlns="urn:ietf:params:xml:ns:xmpp-session"><optional/></session></stream:features>`,
    );
  });

  test('gives the wished resource', async () => {
    const server = await start();
    const client = await authenticated(server);
    await client
      .sends(bind('balcony'))
      .receives(`<iq type="result" id="b"><bind xmlns="${BIND}"><jid>juliet@capulet.example/balcony</jid></bind></iq>`);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('makes a resource up', async () => {
    const server = await start();
    const client = await authenticated(server);
    await client.sends(bind()).receives('<iq type="result" id="b"/>');
    expect(server.sessions()).toEqual([expect.stringMatching(/^juliet@capulet\.example\/[\w-]{22}$/)]);
  });

  test('refuses what is no resource, and lets the client try again', async () => {
    const client = await authenticated(await start());
    await client.sends(bind('&#x80;')).receives('<iq type="error" id="b"><error type="modify"/></iq>');
    await client.sends(bind('balcony')).receives('<iq type="result" id="b"/>');
  });

  test('comes before any other stanza', async () => {
    const client = await authenticated(await start());
    await client
      .sends('<presence/>')
      .receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('happens once', async () => {
    const client = await RawClient.memory(await start()).login('juliet', 'r0m30', 'balcony');
    await client
      .sends(bind('chamber'))
      .receives(
        '<iq type="error" id="b"><error><not-allowed xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>',
      );
  });

  test('ends the older session that has the resource', async () => {
    const server = await start();
    const older = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await older.receives(`<stream:error><conflict xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await older.closed()).toEqual(['</stream:stream>']);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('may refuse the newer session', async () => {
    const server = await start({ onConflict: 'refuse-newer' });
    await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    const newer = await authenticated(server);
    await newer
      .sends(bind('balcony'))
      .receives(
        '<iq type="error"><error type="cancel"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>',
      );
    await newer.sends(bind('chamber')).receives('<iq type="result"/>');
  });

  test('may give the newer session another resource', async () => {
    const server = await start({ onConflict: 'rename-newer' });
    await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    const newer = await authenticated(server);
    await newer.sends(bind('balcony')).receives('<iq type="result"/>');
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony', expect.stringMatching(/\/[\w-]{22}$/)]);
  });

  test('may be followed by a session that is required', async () => {
    const server = await start({ requireLegacySession: true });
    const session = '<iq type="set" id="s"><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/></iq>';
    const dutiful = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await dutiful.sends(session).receives('<iq type="result" id="s"/>');
    await dutiful.available();
    const hasty = await RawClient.memory(server).login('juliet', 'r0m30', 'chamber');
    await hasty
      .sends('<presence/>')
      .receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });
});
