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
