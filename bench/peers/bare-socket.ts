import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { bareScramLogin } from '../logins/bare-login.ts';
import type { BenchAddress, Peer, PeerConnection, Reader } from './peer.ts';

const STREAM =
  '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">';
const BIND = '<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>';
const PLAIN = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AGp1bGlldABzZWNyZXQ=</auth>';

/** The floor: no XML parser, no checks, text cut where this one server is known to put things. */
export const peer: Peer = {
  title: 'bare socket (tcp)',
  connect: async (address) => {
    const socket = connect({ host: address.host, port: address.port, noDelay: true }).setEncoding('utf8');
    await logIn(socket, address);
    return bareConnection(socket);
  },
  logIn: (server) => bareScramLogin(server, { hash: 'sha256', managesStream: true })(),
};

async function logIn(socket: Socket, _address: BenchAddress): Promise<void> {
  for (const [request, answer] of [
    [STREAM, '</stream:features>'],
    [PLAIN, '<success'],
    [STREAM, '</stream:features>'],
    [BIND, '</iq>'],
  ] as const) {
    socket.write(request);
    for (let text = ''; !text.includes(answer); ) text += (await once(socket, 'data'))[0];
  }
}

function bareConnection(socket: Socket): PeerConnection {
  const pings: (() => void)[] = [];
  let reader: Reader | undefined;
  let rest = '';
  let ids = 0;
  socket.on('data', (data) => {
    rest += data;
    let start = 0;
    for (;;) {
      const isMessage = rest.startsWith('<m', start);
      const end = rest.indexOf(isMessage ? '</message>' : '/>', start);
      if (end < 0) break;
      if (!isMessage) pings.shift()?.();
      else if (reader) readMessage(rest, start, end, reader);
      start = end + (isMessage ? 10 : 2);
    }
    rest = rest.slice(start);
  });
  return {
    receive: (given) => {
      reader = given;
    },
    send: (to, body) => {
      socket.write(`<message to="${to}" type="chat" id="${ids++}"><body>${body}</body></message>`);
    },
    ping: () =>
      new Promise<void>((resolve) => {
        pings.push(resolve);
        socket.write(`<iq type="get" id="${ids++}"><ping xmlns="urn:xmpp:ping"/></iq>`);
      }),
    close: () => {
      socket.end('</stream:stream>');
    },
  };
}

function readMessage(text: string, start: number, end: number, reader: Reader): void {
  const body = text.indexOf('<body>', start);
  if (body >= 0 && body < end) reader.message(decode(text.slice(body + 6, text.indexOf('</body>', body))));
  else readItems(text, start, end, reader);
}

function readItems(text: string, start: number, end: number, reader: Reader): void {
  let position = start;
  const between = (before: string, after: string) => {
    const from = text.indexOf(before, position) + before.length;
    position = text.indexOf(after, from);
    return decode(text.slice(from, position));
  };
  for (let item = text.indexOf('<item ', start); item >= 0 && item < end; item = text.indexOf('<item ', position)) {
    position = item;
    reader.item({
      id: between('id="', '"'),
      title: between('<title>', '<'),
      summary: between('<summary>', '<'),
      link: between('href="', '"'),
      published: between('<published>', '<'),
      updated: between('<updated>', '<'),
    });
  }
}

function decode(text: string): string {
  return text.includes('&') ? text.replaceAll('&amp;', '&') : text;
}
