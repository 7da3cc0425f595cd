// A process of its own: how many messages a client takes while somebody looks at it: `inspector.js <onlooker>`. Sends an
// `InspectorReport`.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Inspector, inspectClient } from '../src/inspect/index.ts';
import { createClient } from '../src/node.ts';
import { messageProtocol } from '../src/subprotocols/message.ts';
import { FLOOD_MESSAGES, type FloodPlace } from './flood-report.ts';
import { type InspectorReport, ONLOOKERS, type Onlooker } from './inspector-report.ts';

async function measure(onlooker: Onlooker): Promise<InspectorReport> {
  const peer = fork(fileURLToPath(new URL('servers/flood-server.js', import.meta.url)), { execArgv: [] });
  const [place]: FloodPlace[] = await once(peer, 'message');
  if (!place) throw new Error('the flooding peer did not start');
  const account = { jid: 'juliet@capulet.example', password: 'bench', mechanisms: ['PLAIN'] };
  const client = createClient({ ...account, host: '127.0.0.1', port: place.tcp, insecure: true });
  client.use(messageProtocol());
  const inspector = onlooker === 'no inspector' ? undefined : await inspectClient(client);
  const page = inspector && onlooker.startsWith('a page') ? await open(inspector, onlooker) : undefined;
  client.start();
  await client.online();
  const chart = page && inspector ? await drawn(inspector) : undefined;
  const cpu = process.cpuUsage();
  const start = performance.now();
  let left = FLOOD_MESSAGES;
  await new Promise<void>((resolve) => {
    client.on('message', () => {
      left -= 1;
      if (left === 0) resolve();
    });
    peer.send(FLOOD_MESSAGES);
  });
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  page?.disconnect();
  await client.stop();
  await inspector?.close();
  peer.disconnect();
  return { onlooker, rate: (FLOOD_MESSAGES / elapsed) * 1000, cpu: (user + system) / FLOOD_MESSAGES, chart };
}

/** In another process, so that what a page does is not counted. */
async function open(inspector: Inspector, onlooker: Onlooker): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('pages/inspector-page.js', import.meta.url));
  const page = fork(script, [inspector.url, onlooker], { execArgv: [] });
  await inspector.opened;
  return page;
}

async function drawn(inspector: Inspector): Promise<number> {
  const start = performance.now();
  const response = await fetch(new URL('charts/client', inspector.url));
  if (!response.ok) throw new Error(`The chart was not drawn: ${await response.text()}`);
  await response.text();
  return performance.now() - start;
}

const onlooker = ONLOOKERS.find((each) => each === process.argv[2]);
if (!onlooker) throw new Error(`Expected one of ${ONLOOKERS.join(', ')}, got ${process.argv[2]}`);
process.send?.(await measure(onlooker), () => process.exit());
