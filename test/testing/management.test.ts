import { describe, expect, test } from 'vitest';
import type { Server } from '../../src/testing/index.ts';
import { element } from '../../src/xml/index.ts';
import {
  authenticated,
  bind,
  ENABLE,
  login,
  managed,
  R,
  SM,
  STANZAS,
  STREAMS,
  stageManagedServers,
} from './managed-client.ts';
import { RawClient } from './raw-client.ts';

const start = stageManagedServers();

describe('a server that manages streams', () => {
  test('offers it behind the login, and only there (XEP-0198 §2)', async () => {
    const client = RawClient.memory(await start());
    await client.header().receives('<stream:stream>');
    const offer = await client.receives('<stream:features/>');
    expect(offer.children.some((child) => typeof child !== 'string' && child.name === 'sm')).toBe(false);
    await client.auth('juliet', 'r0m30').receives('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
    await client.header().receives('<stream:stream>');
    await client.receives(`<stream:features><sm ${SM}/></stream:features>`);
  });

  test('says how long a session can be resumed, and by which id (XEP-0198 §5)', async () => {
    const juliet = await login(await start({ resumptionTime: 90 }));
    const enabled = await juliet.sends(ENABLE).receives(`<enabled ${SM} resume="true" max="90"/>`);
    expect(enabled.attributes.id).toMatch(/^[\w-]{22}$/);
  });

  test.each([
    ['a client that does not want to resume', {}, `<enable ${SM}/>`],
    ['nobody who could resume', { resumptionTime: 0 }, ENABLE],
  ])('names no id to %s (XEP-0198 §3)', async (_title, options, enable) => {
    const juliet = await login(await start(options));
    const { attributes } = await juliet.sends(enable).receives(`<enabled ${SM}/>`);
    expect([attributes.id, attributes.max, attributes.resume]).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ['enable', ENABLE],
    ['question', R],
    ['acknowledgement', `<a ${SM} h="0"/>`],
  ])('is not asked before a resource is bound: %s (XEP-0198 §3)', async (_title, xml) => {
    const juliet = await authenticated(await start());
    await juliet.sends(xml).receives(`<failed ${SM}><unexpected-request ${STANZAS}/></failed>`);
    await bind(juliet);
  });

  test('is asked once (XEP-0198 §3)', async () => {
    const { client } = await managed(await start());
    await client.sends(ENABLE).receives(`<stream:error><policy-violation ${STREAMS}/></stream:error>`);
  });

  test('takes no questions while the stream is not managed', async () => {
    const juliet = await login(await start());
    await juliet.sends(R).receives(`<stream:error><unsupported-stanza-type ${STREAMS}/></stream:error>`);
  });

  test('may be asked before the session of old', async () => {
    const juliet = await login(await start({ requireLegacySession: true }));
    await juliet.sends(ENABLE).receives(`<enabled ${SM}/>`);
    const session = '<iq type="set" id="s"><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/></iq>';
    await juliet.sends(session).receives('<iq type="result" id="s"/>');
    await juliet.receives(R);
    await juliet.sends(R).receives(`<a ${SM} h="1"/>`);
  });
});

describe('a server that does not manage streams', () => {
  test('offers nothing, and does not know what is meant', async () => {
    const server = await start({ streamManagement: false });
    const client = await RawClient.memory(server).opens();
    await client.auth('juliet', 'r0m30').receives('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
    await client.header().receives('<stream:stream>');
    const offer = await client.receives('<stream:features/>');
    expect(offer.children.some((child) => typeof child !== 'string' && child.name === 'sm')).toBe(false);
    const juliet = await login(server);
    await juliet.sends(ENABLE).receives(`<stream:error><unsupported-stanza-type ${STREAMS}/></stream:error>`);
  });
});

describe('a managed stream', () => {
  test('counts what the client sent since it asked, stanzas alone (XEP-0198 §4)', async () => {
    const juliet = await login(await start());
    juliet.sends('<presence/>');
    await juliet.receives('<presence/>');
    await juliet.sends(ENABLE).receives(`<enabled ${SM}/>`);
    await juliet.sends(R).receives(`<a ${SM} h="0"/>`);
    await juliet.sends(`<message to="romeo@capulet.example"/>${R}`).receives(`<a ${SM} h="1"/>`);
    await juliet.sends(R).receives(`<a ${SM} h="1"/>`);
    await juliet.sends('<active xmlns="urn:xmpp:csi:0"/>').sends(R).receives(`<a ${SM} h="1"/>`);
  });

  test('counts what a test swallows', async () => {
    const { client } = await managed(await start({ intercept: () => true }));
    await client.sends(`<message/>${R}`).receives(`<a ${SM} h="1"/>`);
  });

  test('asks the client once for all that was sent in one turn, and again when it answered', async () => {
    const server = await start();
    const { client } = await managed(server);
    for (const id of ['1', '2']) send(server, id);
    await client.receives('<message id="1"/>');
    await client.receives('<message id="2"/>');
    await client.receives(R);
    send(server, '3');
    await client.receives('<message id="3"/>');
    await client.sends(`<a ${SM} h="2"/>`).receives(R);
    await client.sends(`<a ${SM} h="3"/>${R}`).receives(`<a ${SM} h="0"/>`);
  });

  test('does not ask for ever where the client has less than it was sent', async () => {
    const server = await start();
    const { client } = await managed(server);
    send(server, '1');
    await client.receives('<message id="1"/>');
    await client.receives(R);
    await client.sends(`<a ${SM} h="0"/>${R}`).receives(`<a ${SM} h="0"/>`);
    await client.sends(R).receives(`<a ${SM} h="0"/>`);
  });

  test.each([
    [
      'more than it was sent (XEP-0198 §6)',
      `<a ${SM} h="1"/>`,
      `<stream:error><undefined-condition ${STREAMS}/><handled-count-too-high ${SM} h="1" send-count="0"/></stream:error>`,
    ],
    ['no number', `<a ${SM} h="-1"/>`, `<stream:error><bad-format ${STREAMS}/></stream:error>`],
    ['nothing', `<a ${SM}/>`, `<stream:error><bad-format ${STREAMS}/></stream:error>`],
  ])('ends when the client says that it has %s', async (_title, xml, error) => {
    const { client } = await managed(await start());
    await client.sends(xml).receives(error);
  });

  test('ends with the session when the client closes it, and what the client has is not sent again (XEP-0198 §7)', async () => {
    const server = await start();
    const { client } = await managed(server);
    await client.available();
    for (const id of ['1', '2', '3']) send(server, id);
    await client.awaits('<message id="3"/>');
    await client.sends(`<a ${SM} h="3"/></stream:stream>`).awaits('</stream:stream>');
    expect(server.sessions()).toEqual([]);
    const again = await login(server);
    await again.available();
    await again.syncs('<message id="3"><delay xmlns="urn:xmpp:delay"/></message>');
  });
});

function send(server: Server, id: string): void {
  server.send('juliet@capulet.example', element('{jabber:client}message', { id }));
}
