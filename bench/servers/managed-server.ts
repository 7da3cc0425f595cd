// A scripted server over TCP that manages streams (XEP-0198), in a process of its own, so that what it does is not counted.
// Commands come from the process that forked it: see `../management.ts`.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import process from 'node:process';
import { createScript } from './script.ts';
import { stanzaText, VARIANTS } from './stanzas.ts';

/** What the server is told: to send stanzas to a session, to count messages from zero, to answer no questions any more. */
export type ManagedCommand =
  | { readonly flood: number; readonly session: number }
  | { readonly expect: number }
  | { readonly silent: true };

/** What it reports: its port, that it counts, that it has what it was to expect. */
export type ManagedReport = { readonly port: number } | { readonly counting: true } | { readonly counted: true };

const NS = 'xmlns="urn:xmpp:sm:3"';
const BIND = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>';
/** What the script does not know, since it is of stream management alone. */
const MANAGEMENT = /<(enable|r|a)\b[^>]*\/>/g;
/** As many stanzas are written at once, and followed by a question. */
const BLOCK = 64;

interface Session {
  readonly socket: Socket;
  /** Stanzas of the client, since the stream is managed. */
  received: number;
  isManaged: boolean;
  isAsked: boolean;
}

const sessions: Session[] = [];
const block = Array.from({ length: BLOCK }, (_, index) => stanzaText('small', index % VARIANTS.small, 'tcp')).join('');
let expected = Number.POSITIVE_INFINITY;
let isSilent = false;

process.on('message', (command: ManagedCommand) => {
  if ('flood' in command) return flood(command.flood, command.session);
  if ('silent' in command) isSilent = true;
  else expected = command.expect;
  return report({ counting: true });
});
process.on('disconnect', () => process.exit());

const server = createServer({ noDelay: true }, accept).listen(0, '127.0.0.1');
await once(server, 'listening');
report({ port: (server.address() as AddressInfo).port });

function accept(socket: Socket): void {
  const session: Session = { socket, received: 0, isManaged: false, isAsked: false };
  const script = createScript({
    transport: 'tcp',
    send: (texts) => socket.write(texts.join('').replace(BIND, `${BIND}<sm ${NS}/>`)),
    online: () => void sessions.push(session),
    messages: (count) => arrived(session, count),
    closed: () => socket.end('</stream:stream>'),
  });
  let rest = '';
  socket.on('error', () => socket.destroy());
  socket.setEncoding('utf8').on('data', (text: string) => {
    rest = takeManagement(session, rest + text, script);
  });
}

/** Gives the script what is between the elements of stream management; returns what may be the beginning of another one. */
function takeManagement(session: Session, text: string, script: (text: string) => void): string {
  let start = 0;
  for (const match of text.matchAll(MANAGEMENT)) {
    script(text.slice(start, match.index));
    start = match.index + match[0].length;
    answer(session, match[1] ?? '');
  }
  const left = text.slice(start);
  const open = left.lastIndexOf('<');
  const isCut = open >= 0 && !left.includes('>', open);
  script(isCut ? left.slice(0, open) : left);
  return isCut ? left.slice(open) : '';
}

function answer(session: Session, name: string): void {
  if (name === 'enable') {
    session.isManaged = true;
    session.socket.write(`<enabled ${NS} id="s" resume="true"/>`);
  } else if (name === 'a') session.isAsked = false;
  else if (!isSilent) session.socket.write(`<a ${NS} h="${session.received}"/>`);
}

function arrived(session: Session, count: number): void {
  if (session.isManaged) session.received += count;
  expected -= count;
  if (expected > 0) return;
  expected = Number.POSITIVE_INFINITY;
  report({ counted: true });
}

/** As fast as the client takes them; a managed client is asked behind each block, unless it did not answer yet. */
async function flood(count: number, index: number): Promise<void> {
  const session = sessions[index];
  if (!session) throw new Error(`nobody has logged in as number ${index}`);
  for (let sent = 0; sent < count; sent += BLOCK) {
    const isAsked = session.isManaged && !session.isAsked;
    if (isAsked) session.isAsked = true;
    if (!session.socket.write(isAsked ? `${block}<r ${NS}/>` : block)) await once(session.socket, 'drain');
  }
}

function report(message: ManagedReport): void {
  process.send?.(message);
}
