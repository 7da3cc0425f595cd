import { expect, it, onTestFinished } from 'vitest';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';

const stage = stageClients();

async function online() {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = stage.make({ memory: server.connect });
  const presence = client.use(presenceProtocol());
  client.start();
  const script = (await server.connection()).login({ mechanism: 'PLAIN' });
  await Promise.all([script, client.online()]);
  return { client, presence, script };
}

it.each(['subscribe', 'approve', 'unsubscribe', 'cancel'] as const)(
  '%s goes to the bare address, whatever resource the caller saw (RFC 6121 §3.1.1)',
  async (verb) => {
    const { presence, script } = await online();
    presence[verb]('romeo@montague.example/orchard');
    expect((await script.receives('<presence/>')).attributes.to).toBe('romeo@montague.example');
  },
);

it('a request for a subscription has an id (RFC 6121 §3.1.1)', async () => {
  const { presence, script } = await online();
  presence.subscribe('romeo@montague.example');
  expect((await script.receives('<presence/>')).attributes.id).toEqual(expect.any(String));
});

it('a presence that was not told before the connection was lost is not told after one that followed it', async () => {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = stage.make({ memory: server.connect, reconnect: () => 0 });
  client.on('reconnecting', () => setImmediate(() => stage.clock.increment(0)));
  const presence = client.use(presenceProtocol());
  presence.available({ show: 'away' });
  client.start();
  const SM = 'xmlns="urn:xmpp:sm:3"';
  const script = (await server.connection())
    .login({ mechanism: 'PLAIN', features: `<sm ${SM}/>` })
    .receives(`<enable ${SM}/>`)
    .sends(`<enabled ${SM} id="s1" resume="true"/>`)
    .receives('<presence><show>away</show></presence>');
  await Promise.all([script, client.online()]);
  presence.unavailable();
  await script.receives('<presence type="unavailable"/>').reset();
  // The server forgot the session: nobody is told that the user is away, for the user is not.
  const again = (await server.connection())
    .authenticate('PLAIN')
    .header()
    .features(`<sm ${SM}/><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>`)
    .receives(`<resume ${SM} previd="s1"/>`)
    .sends(`<failed ${SM}><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`);
  const request = await again.receives('<iq type="set"/>');
  const jid = '<jid>juliet@capulet.example/b</jid>';
  await again
    .sends(
      `<iq type="result" id="${request.attributes.id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">${jid}</bind></iq>`,
    )
    .receives(`<enable ${SM}/>`)
    .sends(`<enabled ${SM} id="s2" resume="true"/>`)
    .sends('<message><body>x</body></message>')
    .sends(`<r ${SM}/>`)
    .receives(`<a ${SM} h="1"/>`);
});
