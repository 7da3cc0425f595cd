import { once } from 'node:events';
import { type Agent, createClient, JID, JXT } from 'stanza';
import { DOMAIN, LOCALPART, NS_ATOM, NS_UNANSWERED, PASSWORD, type Peer, type PeerConnection } from './peer.ts';

/** A payload that the library does not know: users define it so. */
const ENTRY: JXT.DefinitionOptions = {
  aliases: JXT.pubsubItemContentAliases(),
  element: 'entry',
  namespace: NS_ATOM,
  type: NS_ATOM,
  fields: {
    title: JXT.childText(null, 'title'),
    summary: JXT.childText(null, 'summary'),
    link: JXT.childAttribute(null, 'link', 'href'),
    published: JXT.childText(null, 'published'),
    updated: JXT.childText(null, 'updated'),
  },
};
const QUERY: JXT.DefinitionOptions = {
  element: 'query',
  namespace: NS_UNANSWERED,
  path: 'iq.unanswered',
  fields: {},
};

export const peer: Peer = {
  title: 'stanza 12 (ws)',
  connect: async (address) => {
    const client = createClient({
      jid: address.jid,
      password: 'secret',
      transports: { websocket: address.url, bosh: false },
      useStreamManagement: false,
      timeout: 600,
    } as Parameters<typeof createClient>[0]);
    client.stanzas.define([ENTRY, QUERY]);
    client.connect();
    await once(client, 'session:started');
    return stanzaConnection(client);
  },
  logIn: async ({ url }) => {
    const client = createClient({
      jid: `${LOCALPART}@${DOMAIN}`,
      password: PASSWORD,
      transports: { websocket: url, bosh: false },
    });
    client.connect();
    await once(client, 'session:started');
    return async () => {
      client.disconnect();
      await once(client, 'disconnected');
    };
  },
  parseJid: JID.parse,
};

function stanzaConnection(client: Agent): PeerConnection {
  return {
    receive: (reader) => {
      client.on('message', (message) => {
        if (message.body !== undefined) reader.message(message.body);
      });
      client.on('pubsub:published', ({ pubsub }) => {
        for (const item of pubsub.items.published) {
          const { title, summary, link, published, updated } = Object(item.content);
          reader.item({ id: item.id ?? '', title, summary, link, published, updated });
        }
      });
    },
    send: (to, body) => {
      client.sendMessage({ to, body, type: 'chat' });
    },
    ping: () => client.ping(),
    close: () => client.disconnect(),
    addHandlers: (count) => {
      for (let index = 0; index < count; index++) client.on(Object(`iq:get:urn:example:${index}`), () => {});
    },
    request: () => {
      client.sendIQ(Object({ type: 'get', unanswered: {} })).catch(() => {});
    },
  };
}
