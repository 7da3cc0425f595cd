import { type Client, createClient, element, parseJid, requestResponder } from '../../src/node.ts';
import { buildIq } from '../../src/stanza/index.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { childOf, childrenOf, childTextOf, type Element } from '../../src/xml/index.ts';
import {
  DOMAIN,
  LOCALPART,
  NS_ATOM,
  NS_EVENT,
  NS_UNANSWERED,
  PASSWORD,
  type Peer,
  type PeerConnection,
  type Reader,
} from './peer.ts';

const LONG = 600_000;

export const peer: Peer = {
  title: 'xstate-xmpp (tcp)',
  connect: async ({ host, port, domain }) => {
    const client = createClient({
      jid: `juliet@${domain}`,
      password: 'bench',
      host,
      port,
      insecure: true,
      mechanisms: ['PLAIN'],
    });
    const messages = client.use(messageProtocol());
    const pings = client.use(pingProtocol());
    client.start();
    await client.online();
    return connection(client, messages, pings);
  },
  logIn: async ({ host, startTls, ca }) => {
    const client = createClient({
      jid: `${LOCALPART}@${DOMAIN}`,
      password: PASSWORD,
      host,
      port: startTls,
      tls: { ca },
    });
    client.start();
    await client.online();
    return () => client.stop();
  },
  parseJid,
};

function connection(
  client: Client,
  messages: ReturnType<ReturnType<typeof messageProtocol>['api']>,
  pings: ReturnType<ReturnType<typeof pingProtocol>['api']>,
): PeerConnection {
  return {
    receive: (reader) => {
      client.on('message', ({ message }) => {
        if (message.body !== undefined) reader.message(message.body);
        readItems(message.stanza, reader);
      });
    },
    send: (to, body) => {
      messages.send({ to, body });
    },
    ping: () => pings.ping(undefined, { timeout: LONG }),
    close: () => client.stop(),
    addHandlers: (count) => {
      for (let index = 0; index < count; index++) {
        const payload = `{urn:example:${index}}query`;
        client.use({
          name: `example ${index}`,
          features: [],
          routes: [{ kind: 'iq', payload }],
          logic: requestResponder({ [payload]: () => undefined }),
          api: () => {},
        });
      }
    },
    request: () => {
      const iq = buildIq({ type: 'get' }, element(`{${NS_UNANSWERED}}query`));
      client.request(iq, { timeout: LONG }).catch(() => {});
    },
  };
}

function readItems(stanza: Element, reader: Reader): void {
  const event = childOf(stanza, 'event', NS_EVENT);
  const items = event && childOf(event, 'items');
  if (!items) return;
  for (const item of childrenOf(items, 'item')) {
    const entry = childOf(item, 'entry', NS_ATOM);
    const link = entry && childOf(entry, 'link');
    reader.item({
      id: item.attributes.id ?? '',
      title: (entry && childTextOf(entry, 'title')) ?? '',
      summary: (entry && childTextOf(entry, 'summary')) ?? '',
      link: link?.attributes.href ?? '',
      published: (entry && childTextOf(entry, 'published')) ?? '',
      updated: (entry && childTextOf(entry, 'updated')) ?? '',
    });
  }
}
