import { type Client, client, jid, xml } from '@xmpp/client';
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

type XmlElement = ReturnType<typeof xml>;

const NS_PING = 'urn:xmpp:ping';
const LONG = 600_000;

export const peer: Peer = {
  title: 'xmpp.js 0.14 (tcp)',
  connect: async (address) => {
    // Without a name it picks ANONYMOUS; it refuses PLAIN without TLS.
    const options = { service: `xmpp://${address.host}:${address.port}`, domain: address.domain };
    return xmppJsConnection(await start(options));
  },
  logIn: async ({ host, startTls }) => {
    const account = { domain: DOMAIN, username: LOCALPART, password: PASSWORD };
    const xmpp = await start({ service: `xmpp://${host}:${startTls}`, ...account });
    return () => xmpp.stop();
  },
  parseJid: jid,
};

async function start(options: Parameters<typeof client>[0]): Promise<Client> {
  const xmpp = client(options);
  xmpp.reconnect.stop();
  xmpp.on('error', (error: Error) => {
    throw error;
  });
  await xmpp.start();
  return xmpp;
}

function xmppJsConnection(xmpp: Client): PeerConnection {
  return {
    receive: (reader) => {
      xmpp.on('stanza', (stanza: XmlElement) => {
        if (stanza.is('message')) read(stanza, reader);
      });
    },
    send: (to, body) => xmpp.send(xml('message', { to, type: 'chat', id: nextId() }, xml('body', {}, body))),
    ping: () => xmpp.iqCaller.request(xml('iq', { type: 'get' }, xml('ping', NS_PING)), LONG),
    close: () => xmpp.stop(),
    addHandlers: (count) => {
      for (let index = 0; index < count; index++) xmpp.iqCallee.get(`urn:example:${index}`, 'query', () => true);
    },
    request: () => {
      xmpp.iqCaller.request(xml('iq', { type: 'get' }, xml('query', NS_UNANSWERED)), LONG).catch(() => {});
    },
  };
}

function read(message: XmlElement, reader: Reader): void {
  const body = message.getChildText('body');
  if (body !== null) reader.message(body);
  const items = message.getChild('event', NS_EVENT)?.getChild('items')?.getChildren('item') ?? [];
  for (const item of items) {
    const entry = item.getChild('entry', NS_ATOM);
    reader.item({
      id: item.attrs.id,
      title: entry?.getChildText('title') ?? '',
      summary: entry?.getChildText('summary') ?? '',
      link: entry?.getChild('link')?.attrs.href,
      published: entry?.getChildText('published') ?? '',
      updated: entry?.getChildText('updated') ?? '',
    });
  }
}

let ids = 0;
function nextId(): string {
  ids += 1;
  return `m${ids}`;
}
