import type { Client } from '../client/index.ts';
import { createClient } from '../client/node.ts';
import { inspectClient } from '../inspect/live/index.ts';
import { buildMessage } from '../payloads/index.ts';
import { type Server, startServer } from '../testing/index.ts';
import { takePart } from './connect.ts';
import { accountOf, DOMAIN, JULIET, PASSWORDS } from './demo-cast.ts';
import { interrupted, parsePagePort, welcome } from './inspect.ts';
import type { Io } from './io.ts';
import { createTerminal } from './terminal.ts';

/** Options of the demo that shows itself in a browser. */
export interface InspectedDemoFlags {
  /** Port of the page; any that is free if absent. */
  readonly pagePort?: string;
  /** `false` for --no-color. */
  readonly color: boolean;
}

/** Milliseconds until a lost connection is tried again in the demo: long enough to be watched. */
const WAY_BACK = 4000;
/** Milliseconds between two messages of Romeo. */
const PAUSE = 5000;

/** What Romeo says. */
const LINES: readonly string[] = [
  'But soft! What light through yonder window breaks?',
  'It is the east, and Juliet is the sun.',
  'O, that I were a glove upon that hand, that I might touch that cheek!',
  'She speaks. O, speak again, bright angel!',
];

/**
 * The demo for a browser: a server in this process, and two clients on one page. Nothing happens before the page is open, so that the
 * whole way up is to be seen; then Romeo says something now and then. Resolves after the signal.
 *
 * @throws XmppError where the port of the page is in use
 */
export async function inspectDemo({ pagePort, color }: InspectedDemoFlags, io: Io): Promise<void> {
  const port = parsePagePort(pagePort);
  const terminal = createTerminal(io, { colors: color });
  const server = await startServer({ domain: DOMAIN, accounts: PASSWORDS, streamManagement: true });
  try {
    const [juliet, romeo] = [enter('juliet', server), enter('romeo', server)];
    const inspector = await inspectClient([juliet, romeo], { port });
    terminal.print(...welcome(inspector.url), 'Two clients connect when it is open. Ctrl-C ends the demo.');
    await Promise.race([inspector.opened, interrupted(io.signal)]);
    if (!io.signal.aborted) await play(juliet, romeo, io.signal);
    await Promise.all([juliet.stop(), romeo.stop()]);
    await inspector.close();
  } finally {
    await server.stop();
  }
}

function enter(name: keyof typeof PASSWORDS, server: Server): Client {
  const client = createClient({ ...accountOf(name, server), reconnect: () => WAY_BACK });
  takePart(client);
  return client;
}

async function play(juliet: Client, romeo: Client, signal: AbortSignal): Promise<void> {
  juliet.start();
  romeo.start();
  let said = 0;
  const timer = setInterval(() => {
    if (!romeo.actor.getSnapshot().hasTag('online')) return;
    const body = LINES[said % LINES.length] ?? '';
    said += 1;
    romeo.send(buildMessage({ to: JULIET, body }), { keep: false });
  }, PAUSE);
  await interrupted(signal);
  clearInterval(timer);
}
