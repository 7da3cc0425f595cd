import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { DOMAIN, type Place } from './place.ts';

/** A stream by hand, under TLS: nothing is parsed that a script can do without. */
export interface BareStream {
  readonly socket: TLSSocket;
  /** Says the stream header, and waits for the features. */
  open(): Promise<string>;
  write(text: string): void;
  /** What has come up to the end of the match, which must be there or come; what is behind it waits for the next call. */
  until(end: RegExp): Promise<string>;
  /** Ends the stream, and waits until the socket is gone. */
  close(): Promise<void>;
}

/** The header of a stream under TLS. */
export const HEADER = header(` from="juliet@${DOMAIN}"`);
export const FEATURES = /<\/(?:stream:)?features>/;

const HEADER_IN_CLEAR = header('');

/** TCP, a stream in clear, STARTTLS (RFC 6120 §5), TLS. */
export async function openStartTls({ host, startTls, ca }: Place): Promise<BareStream> {
  const plain = connect({ host, port: startTls, noDelay: true });
  const until = reader(plain);
  plain.write(HEADER_IN_CLEAR);
  await until(FEATURES);
  plain.write('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
  await until(/<proceed[^>]*>/);
  plain.removeAllListeners();
  return secured(connectTls({ socket: plain, servername: DOMAIN, ca }));
}

/** TCP and TLS at once (XEP-0368). */
export function openDirectTls({ host, directTls, ca }: Place): Promise<BareStream> {
  const socket = connectTls({
    host,
    port: directTls,
    servername: DOMAIN,
    ca,
    ALPNProtocols: ['xmpp-client'],
  });
  return secured(socket.setNoDelay(true));
}

async function secured(socket: TLSSocket): Promise<BareStream> {
  await once(socket, 'secureConnect');
  const until = reader(socket);
  return {
    socket,
    open: () => {
      socket.write(HEADER);
      answerTickets(socket);
      return until(FEATURES);
    },
    write: (text) => socket.write(text),
    until,
    close: async () => {
      socket.write('</stream:stream>');
      await until(/<\/stream:stream>/);
      socket.end();
      await once(socket, 'close');
    },
  };
}

/** What the library's `tls-tickets.ts` is for: without these spaces the script would wait 40 ms at some servers. */
function answerTickets(socket: TLSSocket): void {
  let isHeard = false;
  const answer = () => {
    if (!isHeard) socket.write(' ');
  };
  socket
    .on('session', () => setImmediate(answer))
    .once('data', () => {
      isHeard = true;
    });
}

function reader(socket: Socket): BareStream['until'] {
  let text = '';
  let look = (): void => {};
  let fail = (_error: Error): void => {};
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString();
    look();
  });
  socket.on('close', () => fail(new Error(`The connection ended; the last that came: ${text}`)));
  return (end) =>
    new Promise((resolve, reject) => {
      fail = reject;
      look = () => {
        const match = end.exec(text);
        if (!match) return;
        const length = match.index + match[0].length;
        const wanted = text.slice(0, length);
        text = text.slice(length);
        look = () => {};
        fail = () => {};
        resolve(wanted);
      };
      look();
    });
}

function header(from: string): string {
  const namespaces = 'xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"';
  return `<?xml version="1.0"?><stream:stream ${namespaces}${from} to="${DOMAIN}" version="1.0">`;
}
