import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Server, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

let server: Server;

beforeEach(async () => {
  server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30', romeo: 'j0l13t', nurse: 'p3t3r' },
    friends: false,
    listen: false,
  });
});
afterEach(() => server.stop());

const juliet = (resource: string) => RawClient.memory(server).login('juliet', 'r0m30', resource);
const romeo = (resource: string) => RawClient.memory(server).login('romeo', 'j0l13t', resource);

describe('a message', () => {
  test('to a full address goes to that session, from the full address of its sender', async () => {
    const [balcony, orchard, street] = [await juliet('balcony'), await romeo('orchard'), await romeo('street')];
    balcony.sends('<message to="romeo@capulet.example/orchard" type="chat" id="1"><body>Wherefore?</body></message>');
    expect(
      await orchard.receives(
        '<message from="juliet@capulet.example/balcony" type="chat" id="1"><body>Wherefore?</body></message>',
      ),
    ).toMatchObject({ attributes: { to: 'romeo@capulet.example/orchard' } });
    await street.syncs();
  });

  test('to a bare address goes to the sessions of the highest priority', async () => {
    const [balcony, orchard, street] = [await juliet('balcony'), await romeo('orchard'), await romeo('street')];
    await orchard.available(1);
    await street.available(5);
    await (await romeo('tomb')).available(-1);
    balcony.sends('<message to="romeo@capulet.example" type="chat"><body>Hist!</body></message>');
    await street.awaits('<message to="romeo@capulet.example"><body>Hist!</body></message>');
    await orchard.syncs('<presence/>', '<presence/>');
  });

  test('of type headline goes to all sessions whose priority is not negative', async () => {
    const [balcony, orchard, street, tomb] = [
      await juliet('balcony'),
      await romeo('orchard'),
      await romeo('street'),
      await romeo('tomb'),
    ];
    await orchard.available(1);
    await street.available(5);
    await tomb.available(-1);
    balcony.sends('<message to="romeo@capulet.example" type="headline"><body>A feud</body></message>');
    await street.awaits('<message type="headline"/>');
    await orchard.awaits('<message type="headline"/>');
    await tomb.syncs('<presence/>', '<presence/>');
  });

  test('without recipient is for the own account', async () => {
    const [balcony, chamber] = [await juliet('balcony'), await juliet('chamber')];
    await chamber.available();
    await balcony.sends('<message><body>Note</body></message>').syncs();
    await chamber.receives('<message from="juliet@capulet.example/balcony"><body>Note</body></message>');
  });

  test('to a resource that is gone is for the account', async () => {
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await orchard.available();
    balcony.sends('<message to="romeo@capulet.example/street" type="chat"><body>Hist!</body></message>');
    await orchard.receives('<message to="romeo@capulet.example/street"><body>Hist!</body></message>');
  });

  test('waits for an account that is not available, with the time it was sent', async () => {
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await balcony
      .sends('<message to="romeo@capulet.example" type="chat"><body>1</body></message>')
      .sends('<message to="romeo@capulet.example/tomb"><body>2</body></message>')
      .syncs();
    await orchard.available(-1);
    await orchard.available(0);
    const kept = await orchard.receives(
      '<message from="juliet@capulet.example/balcony"><body>1</body><delay xmlns="urn:xmpp:delay" from="capulet.example"/></message>',
    );
    expect(JSON.stringify(kept)).toMatch(/"stamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/);
    await orchard.receives('<message><body>2</body></message>');
    await (await romeo('street')).available();
  });

  test('waits only as long as there is room', async () => {
    const balcony = await juliet('balcony');
    balcony.sends('<message to="romeo@capulet.example"><body>Romeo!</body></message>'.repeat(1001));
    await balcony.receives(
      `<message type="error" from="romeo@capulet.example"><error><service-unavailable xmlns="${STANZAS}"/></error></message>`,
    );
    await balcony.syncs();
  });

  test.each([
    ['of type groupchat', 'type="groupchat" to="romeo@capulet.example"', 'service-unavailable'],
    ['to nobody', 'to="tybalt@capulet.example"', 'service-unavailable'],
    ['to the server', 'to="capulet.example"', 'service-unavailable'],
    ['to another server', 'to="benvolio@montague.example"', 'remote-server-not-found'],
    ['to no address', 'to="@"', 'jid-malformed'],
  ])('%s comes back as an error', async (_title, attributes, condition) => {
    const balcony = await juliet('balcony');
    const answer = await balcony
      .sends(`<message id="1" ${attributes}><body>Hist!</body></message>`)
      .receives(`<message type="error" id="1"><error><${condition} xmlns="${STANZAS}"/></error></message>`);
    expect(attributes).toContain(`to="${answer.attributes.from}"`);
    expect(answer.attributes.to).toBe('juliet@capulet.example/balcony');
  });

  test.each(['error', 'headline'])('of type %s to somebody who is not there is dropped', async (type) => {
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await balcony
      .sends(
        `<message type="${type}" to="romeo@capulet.example/street"/><message type="${type}" to="romeo@capulet.example"/><message type="error" to="tybalt@capulet.example"/>`,
      )
      .syncs();
    await orchard.available();
    await orchard.syncs();
  });
});

describe('an iq', () => {
  test('is handed on between full addresses, and so is its answer', async () => {
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    balcony.sends('<iq type="get" id="1" to="romeo@capulet.example/orchard"><query xmlns="jabber:iq:version"/></iq>');
    await orchard.receives(
      '<iq type="get" id="1" from="juliet@capulet.example/balcony"><query xmlns="jabber:iq:version"/></iq>',
    );
    orchard.sends(
      '<iq type="result" id="1" to="juliet@capulet.example/balcony"><query xmlns="jabber:iq:version"><name>Orchard</name></query></iq>',
    );
    await balcony.receives(
      '<iq type="result" id="1" from="romeo@capulet.example/orchard"><query xmlns="jabber:iq:version"><name>Orchard</name></query></iq>',
    );
  });

  test('to a session that is not there is answered by the server', async () => {
    const balcony = await juliet('balcony');
    await balcony
      .sends('<iq type="get" id="1" to="romeo@capulet.example/orchard"><ping xmlns="urn:xmpp:ping"/></iq>')
      .receives(
        `<iq type="error" id="1" from="romeo@capulet.example/orchard"><error type="cancel"><service-unavailable xmlns="${STANZAS}"/></error></iq>`,
      );
  });

  test('that is an answer to nothing is dropped', async () => {
    const balcony = await juliet('balcony');
    await balcony
      .sends('<iq type="result" id="1" to="romeo@capulet.example/orchard"/><iq type="error" id="2"/>')
      .syncs();
  });

  test.each([
    ['without id', '<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>'],
    ['without type', '<iq id="1"><ping xmlns="urn:xmpp:ping"/></iq>'],
    ['without payload', '<iq id="1" type="set"/>'],
  ])('%s is a bad request', async (_title, xml) => {
    const balcony = await juliet('balcony');
    await balcony.sends(xml).receives(`<iq type="error"><error><bad-request xmlns="${STANZAS}"/></error></iq>`);
  });
});

describe('a client', () => {
  test('may say who it is', async () => {
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    balcony.sends('<message from="juliet@capulet.example" to="romeo@capulet.example/orchard"/>');
    await orchard.receives('<message from="juliet@capulet.example/balcony"/>');
  });

  test.each(['romeo@capulet.example/orchard', 'juliet@capulet.example/chamber', '@'])(
    'that says it is %s is thrown out',
    async (from) => {
      const balcony = await juliet('balcony');
      await balcony
        .sends(`<message from="${from}" to="romeo@capulet.example"/>`)
        .receives(`<stream:error><invalid-from xmlns="${STREAM_ERRORS}"/></stream:error>`);
    },
  );

  test.each(['<letter/>', '<message xmlns="jabber:server"/>', '<enable xmlns="urn:xmpp:sm:3"/>'])(
    'that sends %s is thrown out',
    async (xml) => {
      const balcony = await juliet('balcony');
      await balcony
        .sends(xml)
        .receives(`<stream:error><unsupported-stanza-type xmlns="${STREAM_ERRORS}"/></stream:error>`);
    },
  );
});
