import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/payloads/index.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type ScriptedServer, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

describe('a message', () => {
  it('comes from one client to another with body, subject, thread, type and language', async () => {
    const real = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret', romeo: 'secret' },
      listen: false,
    });
    const juliet = stage.make({ memory: real.connect, jid: 'juliet@capulet.example/balcony' });
    const romeo = stage.make({ memory: real.connect, jid: 'romeo@capulet.example/orchard' });
    const messages = juliet.use(messageProtocol());
    romeo.use(messageProtocol());
    romeo.use(presenceProtocol()).available();
    for (const client of [juliet, romeo]) client.start();
    await Promise.all([juliet.online(), romeo.online()]);
    const heard = nextEvent(romeo, 'message');
    const delivery = messages.send({
      to: 'romeo@capulet.example/orchard',
      type: 'normal',
      subject: 'Names',
      body: "What's in a <name> & more? \u{1F339}",
      thread: { id: 't1', parent: 't0' },
      lang: 'en',
    });
    expect(summary((await heard).message)).toEqual({
      from: 'juliet@capulet.example/balcony',
      to: 'romeo@capulet.example/orchard',
      id: expect.stringMatching(/^[\w-]{22}$/),
      type: 'normal',
      subject: 'Names',
      body: "What's in a <name> & more? \u{1F339}",
      thread: { id: 't1', parent: 't0' },
      lang: 'en',
    });
    expect(delivery.state).toBe('written');
    await Promise.all([juliet.stop(), romeo.stop(), real.stop()]);
  });

  it('is a chat unless it is said otherwise, and has an id of its own', async () => {
    const client = stage.make({ memory: server.connect });
    const messages = client.use(messageProtocol());
    messages.send({ to: 'romeo@montague.example', body: 'Hark', thread: 't1' });
    const { peer } = await logIn(client, server);
    await peer.receives(
      /^<message type="chat" id="[\w-]{22}" to="romeo@montague.example"><body>Hark<\/body><thread>t1<\/thread><\/message>$/,
    );
  });

  it('is a chat also where its type is undefined', async () => {
    const client = stage.make({ memory: server.connect });
    const absent = { type: undefined, id: undefined, subject: undefined, thread: undefined, private: undefined };
    client.use(messageProtocol()).send({ to: 'romeo@montague.example', body: 'Hark', ...absent });
    const { peer } = await logIn(client, server);
    await peer.receives(
      /^<message type="chat" id="[\w-]{22}" to="romeo@montague.example"><body>Hark<\/body><\/message>$/,
    );
  });

  it.each([
    ['romeo@montague.example/orchard', '<private xmlns="urn:xmpp:carbons:2"/><no-copy xmlns="urn:xmpp:hints"/>', 2],
    ['romeo@montague.example', '<private xmlns="urn:xmpp:carbons:2"/>', 1],
  ])('to %s that is private says that no copies are wanted (XEP-0280 §9)', async (to, marks, count) => {
    const client = stage.make({ memory: server.connect });
    const messages = client.use(messageProtocol());
    messages.send({ to, body: 'Hist!', id: 'm1', private: true });
    messages.send({ to, body: 'Hark', id: 'm2', private: false });
    const { peer } = await logIn(client, server);
    const received = await peer.receives(`<message id="m1" to="${to}"><body>Hist!</body>${marks}</message>`);
    expect(received.children).toHaveLength(1 + count);
    expect((await peer.receives(`<message id="m2" to="${to}"/>`)).children).toHaveLength(1);
  });

  it.each(['received', 'sent'])(
    'with <%s/> says that it is a copy of another, and is none (XEP-0280 §11)',
    async (name) => {
      const client = stage.make({ memory: server.connect });
      client.use(messageProtocol());
      const { peer } = await logIn(client, server);
      const heard = nextEvent(client, 'message');
      const inner = '<message xmlns="jabber:client" from="romeo@montague.example"><body>Come down</body></message>';
      const copy = `<${name} xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${inner}</forwarded></${name}>`;
      await peer.sends(`<message from="juliet@capulet.example">${copy}</message>`);
      await peer.sends(`<message from="tybalt@capulet.example"><body>Trust me</body>${copy}</message>`);
      await peer.sends('<message from="nurse@capulet.example"><body>Anon</body></message>');
      expect((await heard).message.body).toBe('Anon');
    },
  );

  it('to nobody is refused at once', () => {
    const messages = stage.make({ memory: server.connect }).use(messageProtocol());
    expect(() => messages.send({ to: 'romeo@', body: 'Hark' })).toThrow(
      expect.objectContaining({ code: 'jid/invalid-domainpart' }),
    );
  });

  it('that was not delivered comes back with the reason', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(messageProtocol());
    const { peer } = await logIn(client, server);
    const heard = nextEvent(client, 'message');
    await peer.sends(
      '<message type="error" id="m1" from="romeo@montague.example"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>',
    );
    const { type, id, error } = (await heard).message;
    expect({ type, id, code: error?.code, errorType: error?.errorType }).toEqual({
      type: 'error',
      id: 'm1',
      code: 'stanza/service-unavailable',
      errorType: 'cancel',
    });
  });

  it('that nobody can read is an event all the same', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(messageProtocol());
    const { peer } = await logIn(client, server);
    const heard = nextEvent(client, 'message');
    await peer.sends('<message from="@" type="__proto__"><constructor xmlns="urn:example"/></message>');
    expect(summary((await heard).message)).toEqual({
      from: undefined,
      to: undefined,
      id: undefined,
      type: 'normal',
      subject: undefined,
      body: undefined,
      thread: undefined,
      lang: undefined,
    });
  });
});

function summary({ from, to, id, type, subject, body, thread, lang }: Message) {
  return { from: from?.full, to: to?.full, id, type, subject, body, thread, lang };
}
