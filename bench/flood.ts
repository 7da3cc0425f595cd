// A process of its own: what a flood of messages costs a client: `flood.js <way>`. Reports the costs of a `Flood`.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Client, type CreateClientOptions, createClient } from '../src/node.ts';
import { messageProtocol } from '../src/subprotocols/message.ts';
import { FLOOD_MESSAGES, FLOOD_WAYS, type FloodPlace, type FloodWay } from './flood-report.ts';
import type { Measures } from './peers/measure.ts';

/** Milliseconds between two beats of the heart: blocks are known that precisely. */
const BEAT = 1;

async function measureFlood(way: FloodWay): Promise<Measures> {
  const peer = fork(fileURLToPath(new URL('servers/flood-server.js', import.meta.url)), { execArgv: [] });
  const [place]: FloodPlace[] = await once(peer, 'message');
  if (!place) throw new Error('the flooding peer did not start');
  const client = createClient({
    jid: 'juliet@capulet.example',
    password: 'bench',
    mechanisms: ['PLAIN'],
    ...wayTo(place, way),
  });
  client.use(messageProtocol());
  client.start();
  await client.online();
  const resident = process.memoryUsage().rss;
  const stopHeart = startHeart();
  const start = performance.now();
  const inOrder = received(client, FLOOD_MESSAGES);
  peer.send(FLOOD_MESSAGES);
  await inOrder;
  const elapsed = performance.now() - start;
  const blocks = stopHeart();
  await client.stop();
  peer.disconnect();
  // The most that was ever resident, not what is left.
  return { elapsed, ...blocks, memory: process.resourceUsage().maxRSS * 1024 - resident };
}

function wayTo({ tcp, tls, ws, ca }: FloodPlace, way: FloodWay): Partial<CreateClientOptions> {
  const host = '127.0.0.1';
  if (way === 'TLS') return { host, port: tls, directTls: true, tls: { ca } };
  return way === 'TCP' ? { host, port: tcp, insecure: true } : { websocket: `ws://${host}:${ws}/` };
}

/** Other work that wants its turn all the time. Tells at the end how long it had to wait, and the CPU time meanwhile, in ms. */
function startHeart(): () => { readonly block: number; readonly busy: number } {
  let block = 0;
  let busy = 0;
  let time = performance.now();
  let cpu = process.cpuUsage();
  const timer = setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    block = Math.max(block, now - time - BEAT);
    busy = Math.max(busy, (user + system) / 1000);
    time = now;
    cpu = process.cpuUsage();
  }, BEAT);
  return () => {
    clearInterval(timer);
    return { block, busy };
  };
}

/** Resolves when all have come; rejects when one comes out of its turn. */
function received(client: Client, count: number): Promise<void> {
  let next = 0;
  return new Promise((resolve, reject) => {
    client.on('message', ({ message }) => {
      if (message.id !== String(next)) reject(new Error(`message ${message.id} came instead of ${next}`));
      next += 1;
      if (next === count) resolve();
    });
  });
}

const way = FLOOD_WAYS.find((each) => each === process.argv[2]);
if (!way) throw new Error(`Expected one of ${FLOOD_WAYS.join(', ')}, got ${process.argv[2]}`);
process.send?.(await measureFlood(way), () => process.exit());
