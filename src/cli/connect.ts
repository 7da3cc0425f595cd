import type { Client } from '../client/index.ts';
import { createClient } from '../client/node.ts';
import { whereabouts } from '../client/whereabouts.ts';
import { RequestTimeoutError, type XmppError } from '../errors/index.ts';
import type { Message } from '../payloads/index.ts';
import { messageProtocol } from '../subprotocols/message.ts';
import { pingProtocol } from '../subprotocols/ping.ts';
import { presenceProtocol } from '../subprotocols/presence.ts';
import { versionProtocol } from '../subprotocols/version.ts';
import { explainWhenAsked } from './explainer.ts';
import type { Io } from './io.ts';
import { createJournal, type Journal, timeOfDay } from './journal.ts';
import { type ConnectionFlags, clientOptions, parseTimeout } from './options.ts';
import { prepareRecording, writeRecording } from './record.ts';
import { createTerminal, shorten } from './terminal.ts';

/** Options of the command, beside those that say where the server is. */
export interface ConnectFlags extends ConnectionFlags {
  /** File for the recording. */
  readonly record?: string;
  readonly explain?: boolean;
}

/** How much of a message is shown, in UTF-16 units. */
const SHOWN_LENGTH = 2000;

/**
 * `xstate-xmpp connect`: stays online until the signal says otherwise, and writes what happens. Resolves after a clean
 * logout.
 *
 * @throws XmppError why the client failed, or did not get online in time
 */
export async function connect(address: string, flags: ConnectFlags, io: Io): Promise<void> {
  const timeout = flags.timeout === undefined ? undefined : parseTimeout(flags.timeout);
  const options = await clientOptions(address, flags, io);
  const terminal = createTerminal(io, { colors: flags.color });
  const journal = createJournal(terminal, timeOfDay);
  if (flags.record !== undefined) await prepareRecording(flags.record);
  const client = createClient(flags.traffic ? { ...options, onTraffic: journal.traffic } : options);
  const endings = [watch(client, journal), explainWhenAsked(client, journal, io, flags.explain === true)];
  try {
    client.start();
    await stayOnline(client, timeout, io.signal);
    journal.note('', 'Logging out. Ctrl-C again leaves at once.');
  } catch (error) {
    // What follows from the failure would hide it.
    for (const end of endings.splice(0)) end();
    throw error;
  } finally {
    await client.stop();
    for (const end of endings) end();
    if (flags.record !== undefined) await writeRecording(flags.record, client);
  }
}

/** What a client does that is there for others: answers, is present, understands messages. */
export function takePart(client: Client): void {
  client.use(versionProtocol());
  client.use(pingProtocol());
  client.use(messageProtocol());
  client.use(presenceProtocol()).available();
}

function watch(client: Client, journal: Journal): () => void {
  takePart(client);
  client.on('message', ({ message }) => showMessage(message, journal));
  client.on('error', ({ error }) => journal.note('warning', error.message));
  return journal.watch(client);
}

function showMessage(message: Message, journal: Journal): void {
  const from = message.fromText ?? 'the own account';
  if (message.error) journal.note('message', `A message to ${from} was not delivered: ${message.error.message}`);
  else if (message.body !== undefined) journal.note('message', `${from}: ${shorten(message.body, SHOWN_LENGTH)}`);
}

/** Resolves when the signal says that it is enough; rejects when the client failed, or is not online in time. */
function stayOnline(client: Client, timeout: number | undefined, signal: AbortSignal): Promise<void> {
  const endings: (() => void)[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const timer = timeout === undefined ? undefined : setTimeout(() => reject(lateError(client, timeout)), timeout);
    const enough = (): void => resolve();
    signal.addEventListener('abort', enough);
    if (signal.aborted) enough();
    endings.push(
      client.on('online', () => clearTimeout(timer)),
      client.on('failed', ({ error }) => reject(error)),
      () => signal.removeEventListener('abort', enough),
      () => clearTimeout(timer),
    );
  });
  return ended.finally(() => {
    for (const end of endings) end();
  });
}

function lateError({ actor }: Client, timeout: number): XmppError {
  const { error } = actor.getSnapshot().context;
  const reason = error ? `: ${error.message}` : '';
  const late = new RequestTimeoutError(`Not online within ${timeout / 1000} s${reason}`, {
    hint: 'Give it more time with --timeout, or check host and port.',
  });
  late.attempts = error?.attempts ?? [];
  return whereabouts(actor, late);
}
