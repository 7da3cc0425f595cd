import { describe, expect, test } from 'vitest';
import { buildBind2 } from '../../src/sasl/index.ts';
import type { InterceptedSession, Server } from '../../src/testing/index.ts';
import { childOf, childTextOf, type Element, element, parseElement } from '../../src/xml/index.ts';
import { R, resumeXml, SM, STANZAS, stageManagedServers } from './managed-client.ts';
import { RawClient } from './raw-client.ts';
import { authenticates2 } from './sasl-client.ts';

const NS_SM = 'urn:xmpp:sm:3';
const NOT_FOUND = `<item-not-found ${STANZAS}/>`;
const JULIET = { username: 'juliet', password: 'r0m30' };
const ENABLE_ALONG = buildBind2({ tag: 'Nurse', features: [element(`{${NS_SM}}enable`, { resume: 'true' })] });

const start = stageManagedServers();

describe('along with SASL2', () => {
  test('both are offered (XEP-0198 §9)', async () => {
    const client = RawClient.memory(await start({ sasl2: true }));
    await client.header().receives('<stream:stream>');
    const bind2 = `<bind xmlns="urn:xmpp:bind:0"><inline><feature var="${NS_SM}"/></inline></bind>`;
    await client.receives(
      `<stream:features><authentication xmlns="urn:xmpp:sasl:2"><inline><sm ${SM}/>${bind2}</inline></authentication></stream:features>`,
    );
  });

  test('neither is, unless streams are managed', async () => {
    const client = RawClient.memory(await start({ sasl2: true, streamManagement: false }));
    await client.header().receives('<stream:stream>');
    expect(JSON.stringify(await client.receives('<stream:features/>'))).not.toContain(NS_SM);
    const success = await authenticates2(client, 'PLAIN', JULIET, { inline: [resume('i', 0), ENABLE_ALONG] });
    expect([childOf(success, 'failed', NS_SM), childOf(success, 'bound', 'urn:xmpp:bind:0')?.children]).toEqual([
      undefined,
      [],
    ]);
    expect(await client.receives('<stream:features/>')).toEqual(
      parseElement('<features xmlns="http://etherx.jabber.org/streams"><csi xmlns="urn:xmpp:csi:0"/></features>'),
    );
  });

  test('a stream is managed from its first stanza (XEP-0198 §9.1)', async () => {
    const seen: InterceptedSession[] = [];
    const server = await start({
      sasl2: true,
      intercept: (_stanza, session) => {
        seen.push(session);
        return false;
      },
    });
    const { client, id } = await managedAlong(server);
    expect(id).toMatch(/^[\w-]{22}$/);
    await client.sends(`<message to="romeo@capulet.example"/>${R}`).receives(`<a ${SM} h="1"/>`);
    expect(seen.map(({ enabled }) => enabled)).toEqual([[]]);
  });

  test('a session goes on, and no resource is bound, and there are no features (XEP-0198 §9.2)', async () => {
    const server = await start({ sasl2: true });
    const { id, jid } = await managedAlong(server);
    server.drop('juliet@capulet.example');
    send(server, '1');
    const { client, success } = await loginAlong(server, resume(id, 0), ENABLE_ALONG);
    expect(childTextOf(success, 'authorization-identifier')).toBe(jid);
    expect(childOf(success, 'resumed', NS_SM)?.attributes).toEqual({ previd: id, h: '0' });
    expect(childOf(success, 'bound', 'urn:xmpp:bind:0')).toBeUndefined();
    await client.receives('<message id="1"/>');
    await client.receives(R);
    expect(server.sessions()).toEqual([jid]);
  });

  test('another one begins where it cannot (XEP-0198 §9.2)', async () => {
    const server = await start({ sasl2: true });
    const { client, success } = await loginAlong(server, resume('unknown', 0), ENABLE_ALONG);
    expect(childOf(success, 'failed', NS_SM)).toEqual(parseElement(`<failed ${SM}>${NOT_FOUND}</failed>`));
    const bound = childOf(success, 'bound', 'urn:xmpp:bind:0');
    expect(bound && childOf(bound, 'enabled', NS_SM)?.attributes.resume).toBe('true');
    await client.receives('<stream:features/>');
    await client.sends(R).receives(`<a ${SM} h="0"/>`);
  });

  test('one that can be resumed is over when its client begins another (XEP-0386 §3.2)', async () => {
    const server = await start({ sasl2: true });
    const { id } = await managedAlong(server);
    server.drop('juliet@capulet.example');
    const { success } = await loginAlong(server, ENABLE_ALONG);
    expect(server.sessions()).toEqual([childTextOf(success, 'authorization-identifier')]);
    const { success: late } = await loginAlong(server, resume(id, 0));
    expect(childOf(late, 'failed', NS_SM)?.attributes.h).toBe('0');
  });

  test('it can be resumed on its own afterwards, or enabled, where that was not asked along (XEP-0198 §5)', async () => {
    const server = await start({ sasl2: true });
    const { id } = await managedAlong(server);
    server.drop('juliet@capulet.example');
    const { client } = await loginAlong(server);
    await client.receives(`<stream:features><sm ${SM}/></stream:features>`);
    await client.sends(resumeXml(id, 0)).receives(`<resumed ${SM} h="0" previd="${id}"/>`);
    const { client: other } = await loginAlong(server, buildBind2({ tag: 'Nurse' }));
    await other.receives(`<stream:features><sm ${SM}/></stream:features>`);
    await other.sends(`<enable ${SM}/>`).receives(`<enabled ${SM}/>`);
  });
});

async function loginAlong(server: Server, ...inline: readonly Element[]) {
  const client = RawClient.memory(server);
  await client.header().receives('<stream:stream>');
  await client.receives('<stream:features/>');
  return { client, success: await authenticates2(client, 'PLAIN', JULIET, { inline }) };
}

/** A session that began with a login by SASL2. */
async function managedAlong(server: Server) {
  const { client, success } = await loginAlong(server, ENABLE_ALONG);
  const features = await client.receives('<stream:features/>');
  expect(childOf(features, 'sm', NS_SM)).toBeUndefined();
  const bound = childOf(success, 'bound', 'urn:xmpp:bind:0');
  const id = (bound && childOf(bound, 'enabled', NS_SM)?.attributes.id) ?? '';
  return { client, id, jid: childTextOf(success, 'authorization-identifier') ?? '' };
}

function resume(previd: string, h: number): Element {
  return element(`{${NS_SM}}resume`, { previd, h: String(h) });
}

function send(server: Server, ...ids: readonly string[]): void {
  for (const id of ids) server.send('juliet@capulet.example', element('{jabber:client}message', { id }));
}
