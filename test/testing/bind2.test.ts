import { afterEach, describe, expect, test } from 'vitest';
import { buildBind2 } from '../../src/sasl/index.ts';
import { type InterceptedSession, type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { childOf, childTextOf, element } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';
import { authenticates2 } from './sasl-client.ts';

const BIND2 = 'urn:xmpp:bind:0';
const CARBONS = 'urn:xmpp:carbons:2';
const CSI = 'urn:xmpp:csi:0';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const JULIET = { username: 'juliet', password: 'r0m30' };

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30', romeo: 'j0l13t' },
    sasl2: true,
    listen: false,
    ...options,
  });
  servers.push(server);
  return server;
}

/** A client that knows the features. */
async function meet(server: Server): Promise<RawClient> {
  const client = RawClient.memory(server);
  await client.header().receives('<stream:stream>');
  await client.receives('<stream:features/>');
  return client;
}

describe('Bind 2', () => {
  test('binds a resource along with the authentication, named after the client (XEP-0386 §3.2)', async () => {
    const server = await start();
    const client = await meet(server);
    const success = await authenticates2(client, 'SCRAM-SHA-256', JULIET, { inline: [buildBind2({ tag: 'Nurse' })] });
    const full = childTextOf(success, 'authorization-identifier');
    expect(full).toMatch(/^juliet@capulet\.example\/Nurse\/[\w-]{22}$/);
    expect(childOf(success, 'bound', BIND2)?.children).toEqual([]);
    const features = await client.receives('<stream:features/>');
    expect(features.children).toEqual([element(`{${CSI}}csi`)]);
    expect(server.sessions()).toEqual([full]);
    await client.syncs();
  });

  test.each([undefined, '', '\ufff0'])('binds a resource of its own for the tag %j', async (tag) => {
    const client = await meet(await start());
    const success = await authenticates2(client, 'PLAIN', JULIET, { inline: [buildBind2({ tag })] });
    expect(childTextOf(success, 'authorization-identifier')).toMatch(/^juliet@capulet\.example\/[\w-]{22}$/);
  });

  test('does not bind if the authentication fails', async () => {
    const server = await start();
    const client = await meet(server);
    const wrong = { username: 'juliet', password: 'wrong' };
    await authenticates2(client, 'PLAIN', wrong, { inline: [buildBind2()] });
    expect(server.sessions()).toEqual([]);
  });

  test('shows what was enabled, if it was offered', async () => {
    const seen: InterceptedSession[] = [];
    const server = await start({
      intercept: (_stanza, session) => {
        seen.push(session);
        return false;
      },
    });
    const client = await meet(server);
    const carbons = element(`{${CARBONS}}enable`);
    const inactive = element(`{${CSI}}inactive`);
    const bind = buildBind2({ features: [carbons, element('{urn:xmpp:sm:3}enable'), inactive] });
    await authenticates2(client, 'PLAIN', JULIET, { inline: [bind] });
    await client.receives('<stream:features/>');
    await client.sends(`<active xmlns="${CSI}"/>`).syncs();
    expect(seen[0]?.enabled).toEqual([carbons, inactive]);
  });

  test('ends the older session of the same client, and leaves others alone', async () => {
    const server = await start();
    const meetAs = async (id: string) => {
      const client = await meet(server);
      await authenticates2(client, 'PLAIN', JULIET, { inline: [buildBind2({ tag: id })], userAgent: { id } });
      await client.receives('<stream:features/>');
      return client;
    };
    const older = await meetAs('one');
    await meetAs('two');
    await meetAs('one');
    await older.receives(`<stream:error><conflict xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(
      server
        .sessions()
        .map((jid) => jid.split('/')[1])
        .sort(),
    ).toEqual(['one', 'two']);
  });

  test('keeps the messages that wait until the client is available, for there is no archive', async () => {
    const server = await start();
    const romeo = await RawClient.memory(server).login('romeo', 'j0l13t', 'orchard');
    await romeo.sends('<message to="juliet@capulet.example"><body>Hist!</body></message>').syncs();
    const client = await meet(server);
    await authenticates2(client, 'PLAIN', JULIET, { inline: [buildBind2()] });
    client.sends('<presence/>');
    await client.awaits('<message><body>Hist!</body></message>');
  });
});
