import { $iq, $msg, Strophe } from 'strophe.js';
import { DOMAIN, LOCALPART, NS_UNANSWERED, PASSWORD, type Peer, type PeerConnection, type Reader } from './peer.ts';

const LONG = 600_000;

Strophe.setLogLevel(Strophe.LogLevel.FATAL);

/** Its entry for Node brings `ws` as the WebSocket, and a document model. */
export const peer: Peer = {
  title: 'strophe.js 5 (ws)',
  connect: async (address) => {
    const connection = new Strophe.Connection(address.url);
    await logIn(connection, address.jid, 'secret', () => {});
    return stropheConnection(connection);
  },
  logIn: async ({ url }) => {
    const connection = new Strophe.Connection(url);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    await logIn(connection, `${LOCALPART}@${DOMAIN}`, PASSWORD, end);
    return () => {
      connection.disconnect('done');
      return ended;
    };
  },
};

type Connection = InstanceType<typeof Strophe.Connection>;

/** Resolves when online; `ended` hears of the end after that. */
function logIn(connection: Connection, jid: string, password: string, ended: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect(jid, password, (status: number, condition: string | null) => {
      if (status === Strophe.Status.CONNECTED) resolve();
      if (status === Strophe.Status.CONNFAIL || status === Strophe.Status.AUTHFAIL) reject(new Error(`${condition}`));
      if (status === Strophe.Status.DISCONNECTED) ended();
    });
  });
}

function stropheConnection(connection: Connection): PeerConnection {
  let ids = 0;
  return {
    receive: (reader) => {
      connection.addHandler((message: Element) => read(message, reader), null, 'message', null, null, null);
    },
    send: (to, body) => {
      ids += 1;
      connection.send(
        $msg({ to, type: 'chat', id: `m${ids}` })
          .c('body')
          .t(body),
      );
    },
    ping: () =>
      new Promise((resolve, reject) => {
        const ping = $iq({ type: 'get', id: connection.getUniqueId() }).c('ping', { xmlns: 'urn:xmpp:ping' });
        connection.sendIQ(ping, resolve, reject, LONG);
      }),
    close: () => connection.disconnect('done'),
    addHandlers: (count) => {
      for (let index = 0; index < count; index++) {
        connection.addHandler(() => true, `urn:example:${index}`, 'iq', 'get', null, null);
      }
    },
    request: () => {
      const query = $iq({ type: 'get', id: connection.getUniqueId() }).c('query', { xmlns: NS_UNANSWERED });
      connection.sendIQ(
        query,
        () => {},
        () => {},
        LONG,
      );
    },
  };
}

/** The handler stays as long as it returns true. */
function read(message: Element, reader: Reader): boolean {
  const body = childOf(message, 'body');
  if (body) reader.message(body.textContent ?? '');
  const event = childOf(message, 'event');
  const items = event && childOf(event, 'items');
  for (let item = items?.firstChild; item; item = item.nextSibling) readItem(item as Element, reader);
  return true;
}

function readItem(item: Element, reader: Reader): void {
  const entry = childOf(item, 'entry');
  const textOf = (name: string) => (entry && childOf(entry, name)?.textContent) ?? '';
  reader.item({
    id: item.getAttribute('id') ?? '',
    title: textOf('title'),
    summary: textOf('summary'),
    link: (entry && childOf(entry, 'link')?.getAttribute('href')) ?? '',
    published: textOf('published'),
    updated: textOf('updated'),
  });
}

/** Faster here than `getElementsByTagName`, which looks through all descendants. */
function childOf(parent: Element, name: string): Element | undefined {
  for (let child = parent.firstChild; child; child = child.nextSibling) {
    if (child.nodeName === name) return child as Element;
  }
  return undefined;
}
