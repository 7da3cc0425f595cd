// What is on by default and costs something with each stanza: stream management (XEP-0198) and the flight recorder. CPU for each
// stanza with it and without, in turn, and the memory of what is not acknowledged. Forked by `run.js`, with `--expose-gc`, it sends a `ManagementReport`.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, type ClientOptions, createClient, type Delivery, type Element, element } from '../src/node.ts';
import { type MessageApi, messageProtocol } from '../src/subprotocols/message.ts';
import { serialize } from '../src/xml/index.ts';
import type { Cost, ManagementReport } from './management-report.ts';
import type { ManagedCommand, ManagedReport } from './servers/managed-server.ts';

const ROUNDS = 41;
/** Stanzas of a round: some blocks of the server. */
const STANZAS = 64 * 400;
const UNACKNOWLEDGED = 100_000;

const server = fork(fileURLToPath(new URL('servers/managed-server.js', import.meta.url)), { execArgv: [] });
const [{ port }] = await once(server, 'message');
const plain = await connect(0, { streamManagement: false });
const managed = await connect(1, {});
const unrecorded = await connect(2, { streamManagement: false, recorder: false });
const report: ManagementReport = {
  receive: await compare([plain, managed], receive),
  send: await compare([plain, managed], send),
  recorder: await compare([unrecorded, plain], receive),
  unacknowledged: await measureMemory(),
};
server.disconnect();
process.send?.(report, () => process.exit());

interface Session {
  readonly client: Client;
  readonly messages: MessageApi;
  readonly index: number;
}

async function connect(index: number, options: Partial<ClientOptions>): Promise<Session> {
  const client = createClient({
    jid: 'juliet@capulet.example',
    password: 'bench',
    host: '127.0.0.1',
    port,
    insecure: true,
    mechanisms: ['PLAIN'],
    ...options,
  });
  const messages = client.use(messageProtocol());
  client.start();
  await client.online();
  return { client, messages, index };
}

/** Both in turn, because other work on this machine slows down both; the ratio is the median of those of the rounds. */
async function compare(
  [without, withIt]: readonly [Session, Session],
  task: (session: Session) => Promise<void>,
): Promise<Cost> {
  const rounds: Cost[] = [];
  // The first two belong to the optimiser.
  for (let round = -2; round < ROUNDS; round += 1) {
    const first = await cpuOf(() => task(without));
    const second = await cpuOf(() => task(withIt));
    if (round >= 0) rounds.push({ without: first, with: second, times: second / first });
  }
  return {
    without: median(rounds.map((round) => round.without)),
    with: median(rounds.map((round) => round.with)),
    times: median(rounds.map((round) => round.times)),
  };
}

async function receive({ client, index }: Session): Promise<void> {
  let left = STANZAS;
  await new Promise<void>((resolve) => {
    const stop = client.on('message', ({ message }) => {
      if (message.body === undefined) throw new Error('Expected a body');
      left -= 1;
      if (left > 0) return;
      stop();
      resolve();
    });
    tell({ flood: STANZAS, session: index });
  });
}

async function send({ messages }: Session): Promise<void> {
  await answered({ expect: STANZAS });
  const arrived = heard('counted');
  for (let sent = 1; sent <= STANZAS; sent += 1) {
    const delivery = messages.send({ to: 'romeo@montague.example', body: bodyOf(sent) });
    if (sent % 100 > 0) continue;
    // Not faster than the server takes them.
    await delivery.written();
    await setImmediate();
  }
  await arrived;
}

/** What each stanza costs that the server does not acknowledge, while the application holds all there is to hold. */
async function measureMemory(): Promise<number> {
  const limits = { maxUnacknowledged: 2 * UNACKNOWLEDGED, maxUnacknowledgedCharacters: Number.POSITIVE_INFINITY };
  const { client } = await connect(3, { limits });
  await answered({ silent: true });
  // What is made once belongs to the client.
  for (let index = 0; index < 1000; index += 1) client.send(message(index));
  // Writing joins the pieces that texts are made of, which is no matter of sending.
  const stanzas = Array.from({ length: UNACKNOWLEDGED }, (_, index) => message(index));
  for (const stanza of stanzas) serialize(stanza);
  const deliveries: Delivery[] = [];
  const before = await settledHeap();
  for (const [index, stanza] of stanzas.entries()) {
    deliveries.push(client.send(stanza));
    if (index % 100 === 99) await setImmediate();
  }
  const after = await settledHeap();
  if (!deliveries.every(({ state }) => state === 'written')) throw new Error('Expected all to be written, and no more');
  return (after - before) / stanzas.length;
}

function message(index: number): Element {
  return element(
    '{jabber:client}message',
    { to: 'romeo@montague.example', type: 'chat', id: `m${index}` },
    element('body', {}, bodyOf(index)),
  );
}

function bodyOf(index: number): string {
  return `O Romeo, Romeo! wherefore art thou Romeo? ${index}`;
}

/** CPU µs for each stanza. */
async function cpuOf(run: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / STANZAS;
}

async function settledHeap(): Promise<number> {
  const collect = globalThis.gc;
  if (!collect) throw new Error('start node with --expose-gc');
  for (let round = 0; round < 3; round += 1) {
    await delay(100);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function tell(command: ManagedCommand): void {
  server.send(command);
}

/** Tells the server something; resolves when it has heard. */
async function answered(command: ManagedCommand): Promise<void> {
  const done = heard('counting');
  tell(command);
  await done;
}

function heard(name: 'counting' | 'counted'): Promise<void> {
  return new Promise((resolve) => {
    server.on('message', function listen(this: ChildProcess, report: ManagedReport) {
      if (!(name in report)) return;
      this.off('message', listen);
      resolve();
    });
  });
}
