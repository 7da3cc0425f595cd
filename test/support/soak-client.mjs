// Does the same thing again and again with a client, in a process of its own, and tells on standard output what the process had
// meanwhile, as JSON. Needs --expose-gc.

import { readFileSync } from 'node:fs';
import { createClient, element } from '../../dist/src/node.js';
import { startServer } from '../../dist/src/testing/index.js';
import { countObjects, readGauge } from './soak-gauge.mjs';

const { kind, warmUp, cycles, every, streamManagement, port, ca } = JSON.parse(process.env.SOAK ?? '{}');

const ACCOUNT = { jid: 'juliet@capulet.example/balcony', password: 'secret' };
const CUT = element('{jabber:client}message', { to: 'juliet@capulet.example', type: 'chat' });

const KINDS = { reconnects, starts, clients };
// What Node opens once, when it first needs it, is open from now on.
process.stderr.on('error', () => {});
const { open: before } = await readGauge();
const errors = [];
const { cycle, end } = await KINDS[kind]();
await repeat(warmUp / 2);
// Whoever counts makes V8 forget much, which comes back within some cycles.
const objects = [await countObjects()];
await repeat(warmUp / 2);

const readings = [{ cycle: 0, cpu: 0, ...(await readGauge()) }];
let cpu = 0;
for (let done = every; done <= cycles; done += every) {
  const since = process.cpuUsage();
  await repeat(every);
  const { user, system } = process.cpuUsage(since);
  // Microseconds; what measuring takes does not count.
  cpu += user + system;
  readings.push({ cycle: done, cpu, ...(await readGauge()) });
}
objects.push(await countObjects());
await end();
const { open: left } = await readGauge();
console.log(JSON.stringify({ readings, objects, before, left, errors }));
// What is left open is in the report, and would keep it from ending.
process.exit();

async function repeat(times) {
  for (let number = 0; number < times; number += 1) await cycle();
}

/** One client, cut off again and again; it is online when it is looked at. */
async function reconnects() {
  const client = createClient({
    ...ACCOUNT,
    host: '127.0.0.1',
    port,
    tls: { ca: readFileSync(ca, 'utf8') },
    reconnect: () => 0,
  });
  client.on('error', ({ error }) => errors.push(error.code));
  client.on('failed', ({ error }) => errors.push(error.code));
  client.start();
  await client.online();
  const cycle = async () => {
    const online = new Promise((resolve) => {
      const forget = client.on('online', ({ resumed }) => {
        forget();
        resolve(resumed);
      });
    });
    client.send(CUT);
    const resumed = await online;
    if (resumed !== streamManagement) errors.push(resumed ? 'resumed' : 'not resumed');
  };
  return { cycle, end: () => client.stop() };
}

/** One client, started and stopped again and again. */
async function starts() {
  const server = await memoryServer();
  const client = createClient({ ...ACCOUNT, memory: server.connect });
  const cycle = () => use(client);
  return { cycle, end: () => server.stop() };
}

/** One client after the other. */
async function clients() {
  const server = await memoryServer();
  const cycle = async () => {
    const client = createClient({ ...ACCOUNT, memory: server.connect });
    await use(client);
    client.actor.stop();
  };
  return { cycle, end: () => server.stop() };
}

async function use(client) {
  client.start();
  await client.online();
  await client.stop();
}

/** It remembers sessions that are over, unless none can be resumed. */
function memoryServer() {
  const account = { domain: 'capulet.example', accounts: { juliet: 'secret' } };
  return startServer({ ...account, streamManagement, resumptionTime: 0, listen: false });
}
