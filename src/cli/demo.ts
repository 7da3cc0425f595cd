import { RequestTimeoutError, TransportError } from '../errors/index.ts';
import { formatDuration } from '../recorder/index.ts';
import { versionProtocol } from '../subprotocols/version.ts';
import { type Server, startServer } from '../testing/index.ts';
import { type Actor, DOMAIN, enter, heardBy, JULIET, next, PASSWORDS, ROMEO } from './demo-cast.ts';
import type { Io } from './io.ts';
import { createJournal, createStopwatch, type Journal } from './journal.ts';
import { createTerminal, type Terminal, wrap } from './terminal.ts';
import { formatVersion } from './version.ts';

/** Options of the demo. */
export interface DemoFlags {
  readonly traffic?: boolean;
  /** `false` for --no-color. */
  readonly color: boolean;
}

/** Milliseconds for everything, if something does not happen. */
const TIMEOUT = 15_000;

/**
 * `xstate-xmpp demo`: one life of a connection, explained, against a server in this process.
 *
 * @throws whatever went wrong; nothing is left running
 */
export async function demo(flags: DemoFlags, io: Io): Promise<void> {
  const terminal = createTerminal(io, { colors: flags.color });
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new RequestTimeoutError(`The demo took longer than ${TIMEOUT} ms`)),
    TIMEOUT,
  );
  const signal = AbortSignal.any([io.signal, late.signal]);
  terminal.print('One life of an XMPP connection, told by the statechart that drives it.');
  const started = performance.now();
  try {
    const server = await startServer({ domain: DOMAIN, accounts: PASSWORDS }).catch(explainStart);
    await perform(server, flags.traffic === true, terminal, signal).finally(() => server.stop());
  } finally {
    clearTimeout(timer);
  }
  terminal.print(
    '',
    `Done in ${formatDuration(performance.now() - started)}. The server is gone; nothing is left running.`,
  );
}

function explainStart(cause: unknown): never {
  throw new TransportError(`The server of the demo did not start: ${cause instanceof Error ? cause.message : cause}`, {
    condition: 'connection-failed',
    cause,
    hint: 'It needs a free port of 127.0.0.1, and nothing else.',
  });
}

async function perform(server: Server, traffic: boolean, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const journal = createJournal(terminal, createStopwatch());
  const juliet = enter('juliet', server, traffic ? journal : undefined);
  const romeo = enter('romeo', server, undefined);
  const scene: Scene = { server, juliet, romeo, journal, signal, say: narrator(terminal) };
  try {
    await logIn(scene);
    await greet(scene);
    await talk(scene);
    await askVersion(scene);
    await loseConnection(scene);
    scene.say('Juliet logs out.', 'Her client closes the stream, and waits for the server to do the same.');
  } finally {
    await Promise.all([juliet.client.stop(), romeo.client.stop()]);
  }
}

/** What every step of the demo works with. */
interface Scene {
  readonly server: Server;
  readonly juliet: Actor;
  readonly romeo: Actor;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Begins a step. */
  readonly say: (title: string, explanation: string) => void;
}

async function logIn({ server, juliet, journal, signal, say }: Scene): Promise<void> {
  say(
    'A server starts in this process, on loopback.',
    `It is responsible for ${DOMAIN}, listens on 127.0.0.1:${server.port}, and made its TLS certificate a moment ago.`,
  );
  say(
    'Juliet logs in.',
    'The connection begins in clear, changes to TLS, proves the password without sending it (SASL), and gets an address. ' +
      'Each line is a state of the chart: when it was entered, how long the one before it took, its name, its meaning.',
  );
  journal.watch(juliet.client);
  juliet.client.start();
  await juliet.client.online({ signal });
}

async function greet({ juliet, romeo, journal, signal, say }: Scene): Promise<void> {
  say(
    'Juliet tells her contacts that she is there.',
    'This is called presence. Romeo is logged in as well, and hears it.',
  );
  romeo.presence.available();
  romeo.client.start();
  await romeo.client.online({ signal });
  const heard = next(romeo.client, 'presence', ({ presence }) => presence.from?.bare === JULIET, signal);
  juliet.presence.available();
  const { presence } = await heard;
  journal.note('presence', `romeo hears: ${presence.fromText} is available`);
}

async function talk(scene: Scene): Promise<void> {
  scene.say('They talk.', 'A message goes from address to address; the servers find the way.');
  await tell(scene, 'juliet', 'Art thou not Romeo, and a Montague?');
  await tell(scene, 'romeo', 'Neither, fair saint, if either thee dislike.');
}

async function askVersion({ juliet: { client }, journal, signal, say }: Scene): Promise<void> {
  say('Juliet asks the server which software it runs.', 'A request (iq) gets one answer, a result or an error.');
  const software = await client.use(versionProtocol()).query(DOMAIN, { signal });
  journal.note('version', `${DOMAIN} runs ${formatVersion(software)}`);
}

async function loseConnection(scene: Scene): Promise<void> {
  const { server, juliet, romeo, journal, signal, say } = scene;
  say(
    'The server cuts the connection without a word.',
    'The chart waits a moment and goes the whole way again. What Juliet says meanwhile is kept, and sent when she is back.',
  );
  const lost = next(juliet.client, 'reconnecting', () => true, signal);
  server.drop(JULIET);
  await lost;
  const heard = heardBy(romeo, signal);
  const text = 'O, wilt thou leave me so unsatisfied?';
  juliet.message.send({ to: ROMEO, body: text });
  journal.note('message', `juliet says, while she is not connected: ${text}`);
  const [hearing] = await Promise.all([heard, juliet.client.online({ signal })]);
  journal.note('message', `romeo hears: ${hearing}`);
}

/** One says something, and it is shown when the other heard it. */
async function tell(
  { juliet, romeo, journal, signal }: Scene,
  speaker: 'juliet' | 'romeo',
  text: string,
): Promise<void> {
  const [from, to, address] = speaker === 'juliet' ? [juliet, romeo, ROMEO] : [romeo, juliet, JULIET];
  const heard = heardBy(to, signal);
  from.message.send({ to: address, body: text });
  journal.note('message', `${speaker} says: ${text}`);
  journal.note('message', `${speaker === 'juliet' ? 'romeo' : 'juliet'} hears: ${await heard}`);
}

/** Numbers the steps. */
function narrator({ print, style, columns = Number.POSITIVE_INFINITY }: Terminal): Scene['say'] {
  let step = 0;
  return (title, explanation) => {
    step += 1;
    print(
      '',
      style.bold(`${step}. ${title}`),
      ...wrap(explanation, Math.min(columns, 120) - 3).map((line) => `   ${line}`),
    );
  };
}
