import { afterEach, describe, expect, test } from 'vitest';
import { type Server, startServer } from '../../src/testing/index.ts';
import {
  connectTo,
  DOMAIN,
  inMemory,
  overTcp,
  overTls,
  overWebSocket,
  stopAll,
  stopLater,
  type Way,
} from './scripted-pair.ts';

const ROMEO = { username: 'romeo', password: 'orchard' };
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SM = 'urn:xmpp:sm:3';

afterEach(stopAll);

describe('a scripted client at a server that behaves', () => {
  test.each<[string, Way]>([
    ['in memory', inMemory],
    ['over TCP', overTcp],
    ['over direct TLS', overTls],
    ['over a WebSocket', overWebSocket],
  ])('logs in and talks to itself %s', async (_title, way) => {
    const server = await start(way !== inMemory);
    const client = await connectTo(way(server));
    const jid = await client.login({ ...ROMEO, resource: 'garden' });
    expect(jid.full).toBe('romeo@capulet.example/garden');
    await client
      .sends(`<message xmlns="jabber:client" to="${jid}" type="chat" id="1"><body>Ay me!</body></message>`)
      .receives(`<message from="${jid}" to="${jid}" type="chat" id="1"><body>Ay me!</body></message>`)
      .close()
      .closed();
    expect(server.sessions()).toEqual([]);
  });

  test('resumes a session', async () => {
    const server = await start(false);
    const first = await connectTo({ memory: server.connect });
    const jid = await first.login(ROMEO);
    const enabled = await first
      .sends(`<enable xmlns="${SM}" resume="true"/>`)
      .receives(`<enabled xmlns="${SM}" resume="true" id="*" max="/^[0-9]+$/"/>`);
    await first
      .sends(`<message to="${jid}" id="lost"/>`)
      .receives(`<message id="lost"/>`)
      .awaits(`<r xmlns="${SM}"/>`)
      .reset();
    const second = await connectTo({ memory: server.connect });
    await second
      .authenticate(ROMEO)
      .header()
      .features(`<sm xmlns="${SM}"/>`)
      .sends(`<resume xmlns="${SM}" h="0" previd="${enabled.attributes.id}"/>`)
      .receives(`<resumed xmlns="${SM}" h="1" previd="${enabled.attributes.id}"/>`)
      .receives(`<message id="lost" to="${jid}"/>`);
    const third = await connectTo({ memory: server.connect });
    await third
      .authenticate(ROMEO)
      .header()
      .features()
      .sends(`<resume xmlns="${SM}" h="0" previd="somebody"/>`)
      .receives(`<failed xmlns="${SM}"><item-not-found xmlns="*"/></failed>`);
  });

  test('is refused, and what it may not do ends its stream', async () => {
    const server = await start(false);
    const client = await connectTo({ memory: server.connect });
    const outcome = `<failure xmlns="${SASL}"><not-authorized/></failure>`;
    await client
      .authenticate({ ...ROMEO, password: 'orchid', outcome })
      .sends('<message/>')
      .receives('<stream:error><not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>')
      .receives('</stream:stream>')
      .closed();
  });
});

async function start(listen: boolean): Promise<Server> {
  const accounts = { romeo: 'orchard' };
  return stopLater(await startServer({ domain: DOMAIN, accounts, listen, websocket: listen, streamManagement: true }));
}
