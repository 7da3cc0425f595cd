import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Server } from '../../src/testing/index.ts';
import { element } from '../../src/xml/index.ts';
import {
  authenticated,
  bind,
  login,
  managed,
  R,
  resumeXml,
  SM,
  STANZAS,
  STREAMS,
  stageManagedServers,
} from './managed-client.ts';

const NOT_FOUND = `<item-not-found ${STANZAS}/>`;

const start = stageManagedServers();

describe('a session that lost its connection', () => {
  test('goes on over the next one: what was not acknowledged is sent again, in order (XEP-0198 §5)', async () => {
    const server = await start();
    const { client, id } = await managed(server);
    client.sends('<presence to="romeo@capulet.example"/>');
    send(server, '1', '2', '3');
    await client.awaits('<message id="3"/>');
    expect(server.drop('juliet@capulet.example')).toBe(1);
    send(server, '4');
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 1)).receives(`<resumed ${SM} h="1" previd="${id}"/>`);
    for (const each of ['2', '3', '4']) await again.receives(`<message id="${each}"/>`);
    await again.receives(R);
    await again.sends(`<a ${SM} h="4"/>`).sends(R).receives(`<a ${SM} h="1"/>`);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('again and again, and counts on (XEP-0198 §5)', async () => {
    const server = await start();
    const { id } = await managed(server);
    for (const round of [1, 2, 3]) {
      server.drop('juliet@capulet.example');
      const again = await authenticated(server);
      await again.sends(resumeXml(id, 0)).receives(`<resumed ${SM} h="${round - 1}" previd="${id}"/>`);
      await again.sends(`<message to="romeo@capulet.example"/>${R}`).awaits(`<a ${SM} h="${round}"/>`);
    }
  });

  test('has lost nothing else: others see its presence, and send to it', async () => {
    const server = await start();
    const { client, id } = await managed(server);
    await client.available();
    server.drop('juliet@capulet.example');
    expect([server.drop('juliet@capulet.example'), server.sessions()]).toEqual([0, ['juliet@capulet.example/balcony']]);
    const romeo = await authenticated(server, 'romeo', 'j0l13t');
    await bind(romeo, 'orchard');
    await romeo.available();
    await romeo.receives('<presence from="juliet@capulet.example/balcony" id="own"/>');
    await romeo.sends('<message to="juliet@capulet.example" id="m"/>').syncs();
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 1)).receives(`<resumed ${SM}/>`);
    await again.receives('<presence from="romeo@capulet.example/orchard"/>');
    await again.receives('<message from="romeo@capulet.example/orchard" id="m"/>');
  });

  test('ends the former stream with a conflict where that is still there (XEP-0198 §5)', async () => {
    const server = await start();
    const { client, id } = await managed(server);
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 0)).receives(`<resumed ${SM}/>`);
    await client.receives(`<stream:error><conflict ${STREAMS}/></stream:error>`);
    await client.sends(`<message to="romeo@capulet.example"/>`).closed();
    await again.sends(R).receives(`<a ${SM} h="0"/>`);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('ends when nobody comes back in time, and friends hear of it (XEP-0198 §5)', async () => {
    const server = await start({ resumptionTime: 0.01 });
    const romeo = await authenticated(server, 'romeo', 'j0l13t');
    await bind(romeo, 'orchard');
    await romeo.available();
    const { client, id } = await managed(server);
    client.sends('<presence/>');
    await client.awaits('<presence from="romeo@capulet.example/orchard"/>');
    server.drop('juliet@capulet.example');
    send(server, '1');
    await romeo.awaits('<presence from="juliet@capulet.example/balcony" type="unavailable"/>');
    expect(server.sessions()).toEqual(['romeo@capulet.example/orchard']);
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 0)).receives(`<failed ${SM} h="1">${NOT_FOUND}</failed>`);
    await bind(again);
    again.sends('<presence/>');
    await again.awaits('<message id="1"><delay xmlns="urn:xmpp:delay"/></message>');
  });

  test('has all the time again once somebody came back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await start({ resumptionTime: 60 });
    const { id } = await managed(server);
    server.drop('juliet@capulet.example');
    vi.advanceTimersByTime(59_999);
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 0)).receives(`<resumed ${SM}/>`);
    vi.advanceTimersByTime(3_600_000);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
    server.drop('juliet@capulet.example');
    vi.advanceTimersByTime(59_999);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
    vi.advanceTimersByTime(1);
    expect(server.sessions()).toEqual([]);
  });

  test('makes room for another with its resource: messages go there, requests come back', async () => {
    const server = await start();
    const { client } = await managed(server);
    await client.available();
    const romeo = await authenticated(server, 'romeo', 'j0l13t');
    await bind(romeo, 'orchard');
    server.drop('juliet@capulet.example');
    const to = 'to="juliet@capulet.example/balcony"';
    romeo.sends(
      `<message ${to} id="m"/><iq ${to} type="get" id="i"><ping xmlns="urn:xmpp:ping"/></iq><presence ${to}/>`,
    );
    await romeo.syncs();
    const next = await login(server);
    await romeo.receives(
      '<iq type="error" id="i"><error><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>',
    );
    next.sends('<presence/>');
    await next.awaits('<message id="m" from="romeo@capulet.example/orchard"/>');
  });

  test('ends with the server', async () => {
    const server = await start();
    await managed(server);
    server.drop('juliet@capulet.example');
    await server.stop();
    expect(server.sessions()).toEqual([]);
  });
});

describe('a session is not resumed', () => {
  test.each([
    ['that nobody knows', resumeXml('unknown', 0), 'item-not-found'],
    ['with a count that is none', resumeXml('unknown', '-1'), 'bad-request'],
    ['without a count', `<resume ${SM} previd="unknown"/>`, 'bad-request'],
    ['without an id', `<resume ${SM} h="0"/>`, 'bad-request'],
  ])('%s, and a resource can be bound (XEP-0198 §5)', async (_title, xml, condition) => {
    const juliet = await authenticated(await start());
    const failed = await juliet.sends(xml).receives(`<failed ${SM}><${condition} ${STANZAS}/></failed>`);
    expect(failed.attributes.h).toBeUndefined();
    await bind(juliet);
  });

  test('by somebody else (XEP-0198 §10)', async () => {
    const server = await start();
    const { client, id } = await managed(server);
    const romeo = await authenticated(server, 'romeo', 'j0l13t');
    const failed = await romeo.sends(resumeXml(id, 0)).receives(`<failed ${SM}>${NOT_FOUND}</failed>`);
    expect(failed.attributes.h).toBeUndefined();
    await client.sends('</stream:stream>').receives('</stream:stream>');
    const late = await romeo.sends(resumeXml(id, 0)).receives(`<failed ${SM}>${NOT_FOUND}</failed>`);
    expect(late.attributes.h).toBeUndefined();
    await bind(romeo, 'orchard');
  });

  test('by one who has a session', async () => {
    const server = await start();
    const { id } = await managed(server);
    const other = await authenticated(server);
    await bind(other, 'chamber');
    await other.sends(resumeXml(id, 0)).receives(`<failed ${SM}><unexpected-request ${STANZAS}/></failed>`);
  });

  test('by one who says to have more than it was sent, and it stays as it was (XEP-0198 §6)', async () => {
    const server = await start();
    const { id } = await managed(server);
    server.drop('juliet@capulet.example');
    const liar = await authenticated(server);
    await liar
      .sends(resumeXml(id, 1))
      .receives(`<stream:error><undefined-condition ${STREAMS}/><handled-count-too-high ${SM} h="1"/></stream:error>`);
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 0)).receives(`<resumed ${SM} h="0"/>`);
  });

  test('that the client closed: its count is known', async () => {
    const server = await start();
    const { client, id } = await managed(server);
    await client.sends('<message/></stream:stream>').awaits('</stream:stream>');
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 0)).receives(`<failed ${SM} h="1">${NOT_FOUND}</failed>`);
  });

  test('that ended with a stream error', async () => {
    const server = await start();
    const { client, id } = await managed(server);
    await client.sends('<message></presence>').closed();
    const again = await authenticated(server);
    await again.sends(resumeXml(id, 0)).receives(`<failed ${SM} h="0">${NOT_FOUND}</failed>`);
  });

  test('that could never be', async () => {
    const server = await start({ resumptionTime: 0 });
    await managed(server);
    server.drop('juliet@capulet.example');
    expect(server.sessions()).toEqual([]);
  });
});

function send(server: Server, ...ids: readonly string[]): void {
  for (const id of ids) server.send('juliet@capulet.example', element('{jabber:client}message', { id }));
}
