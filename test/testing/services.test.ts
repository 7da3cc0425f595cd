import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../../src/testing/index.ts';
import { serialize } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';

const accounts = { juliet: 'r0m30', romeo: 'j0l13t', nurse: 'p3t3r' };
const FEATURES =
  '<feature var="http://jabber.org/protocol/disco#info"/><feature var="urn:xmpp:ping"/><feature var="jabber:iq:roster"/><feature var="jabber:iq:version"/>';

let server: Server;
let juliet: RawClient;

beforeAll(async () => {
  const software = { name: 'Verona', version: '1.5', os: 'Italy' };
  server = await startServer({ domain: 'capulet.example', accounts, software, listen: false });
});
afterAll(() => server.stop());
beforeEach(async () => {
  juliet = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
});

test.each([
  ['capulet.example', '<ping xmlns="urn:xmpp:ping"/>', ''],
  ['juliet@capulet.example', '<ping xmlns="urn:xmpp:ping"/>', ''],
  ['romeo@capulet.example', '<ping xmlns="urn:xmpp:ping"/>', ''],
  [
    'capulet.example',
    '<query xmlns="jabber:iq:version"/>',
    '<query xmlns="jabber:iq:version"><name>Verona</name><version>1.5</version><os>Italy</os></query>',
  ],
  [
    'capulet.example',
    '<query xmlns="http://jabber.org/protocol/disco#info"/>',
    `<query xmlns="http://jabber.org/protocol/disco#info"><identity category="server" type="im"/>${FEATURES}</query>`,
  ],
  [
    'romeo@capulet.example',
    '<query xmlns="http://jabber.org/protocol/disco#info"/>',
    `<query xmlns="http://jabber.org/protocol/disco#info"><identity category="account" type="registered"/>${FEATURES}</query>`,
  ],
  [
    'juliet@capulet.example',
    '<query xmlns="jabber:iq:roster"/>',
    '<query xmlns="jabber:iq:roster"><item jid="romeo@capulet.example" name="romeo" subscription="both"/><item jid="nurse@capulet.example" name="nurse" subscription="both"/></query>',
  ],
])('%s is asked %s and answers', async (to, question, answer) => {
  const result = await juliet.sends(`<iq type="get" id="1" to="${to}">${question}</iq>`).receives('<iq id="1"/>');
  const head = `<iq type="result" id="1" to="juliet@capulet.example/balcony" from="${to}"`;
  expect(serialize(result, 'jabber:client')).toBe(answer ? `${head}>${answer}</iq>` : `${head}/>`);
});

test('a request without recipient is for the own account', async () => {
  await juliet
    .sends('<iq type="get" id="1"><query xmlns="jabber:iq:roster"/></iq>')
    .receives(
      '<iq type="result" id="1"><query xmlns="jabber:iq:roster"><item jid="romeo@capulet.example"/></query></iq>',
    );
});

test('the session of RFC 3921 is established without effect', async () => {
  await juliet
    .sends('<iq type="set" id="1"><session xmlns="urn:ietf:params:xml:ns:xmpp-session"/></iq>')
    .receives('<iq type="result" id="1"/>');
});

test('strangers have an empty roster', async () => {
  const strangers = await startServer({ domain: 'capulet.example', accounts, friends: false, listen: false });
  const client = await RawClient.memory(strangers).login('juliet', 'r0m30', 'balcony');
  const result = await client
    .sends('<iq type="get" id="1"><query xmlns="jabber:iq:roster"/></iq>')
    .receives('<iq type="result"/>');
  expect(serialize(result, 'jabber:client')).toContain('<query xmlns="jabber:iq:roster"/>');
  await strangers.stop();
});

test.each([
  ['capulet.example', 'get', '<query xmlns="urn:unknown"/>', 'service-unavailable'],
  ['capulet.example', 'set', '<ping xmlns="urn:xmpp:ping"/>', 'service-unavailable'],
  ['capulet.example/x', 'get', '<ping xmlns="urn:xmpp:ping"/>', 'service-unavailable'],
  ['tybalt@capulet.example', 'get', '<ping xmlns="urn:xmpp:ping"/>', 'service-unavailable'],
  ['verona.example', 'get', '<ping xmlns="urn:xmpp:ping"/>', 'remote-server-not-found'],
  ['capulet.example', 'get', '<query xmlns="http://jabber.org/protocol/disco#info" node="n"/>', 'item-not-found'],
  ['romeo@capulet.example', 'get', '<query xmlns="jabber:iq:roster"/>', 'forbidden'],
])('%s refuses %s of %s with %4$s', async (to, type, question, condition) => {
  await juliet
    .sends(`<iq type="${type}" id="1" to="${to}">${question}</iq>`)
    .receives(
      `<iq type="error" id="1" from="${to}"><error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`,
    );
});
