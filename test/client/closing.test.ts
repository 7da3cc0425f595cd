import { expect, it, onTestFinished } from 'vitest';
import { startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';

it.each([
  ['is not managed', ''],
  ['can be resumed', `<sm ${SM}/>`],
])(
  'a stream that %s is closed on this side too where the server closes it (RFC 6120 §4.4)',
  async (_title, features) => {
    const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
    onTestFinished(() => server.stop());
    const client = stage.make({ memory: server.connect, reconnect: () => 60_000 });
    client.start();
    const script = (await server.connection()).login({ mechanism: 'PLAIN', features });
    if (features) script.receives(`<enable ${SM}/>`).sends(`<enabled ${SM} id="s1" resume="true"/>`);
    await Promise.all([script, client.online()]);
    const delivery = client.send(messageWith('one'));
    await script.receives(messageXml('one'));
    const lost = nextEvent(client, 'reconnecting');
    await script.sends('</stream:stream>').receives('</stream:stream>');
    await lost;
    expect(delivery.state).toBeDefined();
  },
);

it('a managed stream that the server ends with an error is closed on this side too (RFC 6120 §4.9.1.1)', async () => {
  const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  onTestFinished(() => server.stop());
  const client = stage.make({ memory: server.connect, reconnect: () => 60_000 });
  client.start();
  const script = (await server.connection())
    .login({ mechanism: 'PLAIN', features: `<sm ${SM}/>` })
    .receives(`<enable ${SM}/>`)
    .sends(`<enabled ${SM} id="s1" resume="true"/>`);
  await Promise.all([script, client.online()]);
  const error = '<stream:error><system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>';
  const lost = nextEvent(client, 'reconnecting');
  await script.sends(`${error}</stream:stream>`).receives('</stream:stream>');
  await lost;
});
