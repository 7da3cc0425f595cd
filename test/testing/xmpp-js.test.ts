import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, startServer } from '../../src/testing/index.ts';

/** Logs in, says hello to romeo, and tells what comes; in a process of its own, which trusts the server's authority. */
const SCRIPT = `
import { client, xml } from '@xmpp/client';
const [, service, domain] = process.argv;
const juliet = client({ service, domain, username: 'juliet', password: 'r0m30', resource: 'balcony' });
juliet.on('error', (error) => console.log('error', error.message));
juliet.on('online', (jid) => {
  console.log('online', String(jid));
  juliet.send(xml('presence'));
  juliet.send(xml('message', { to: domain, id: '1' }, xml('body', {}, 'Hist!')));
});
juliet.on('stanza', async (stanza) => {
  if (stanza.is('iq')) return;
  console.log(String(stanza));
  if (stanza.is('message')) await juliet.stop();
});
juliet.on('offline', () => console.log('offline'));
await juliet.start();
`;

let server: Server;
let folder: string;

beforeAll(async () => {
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'r0m30' } });
  folder = await mkdtemp(join(tmpdir(), 'xmpp-js-'));
  await writeFile(join(folder, 'ca.pem'), server.ca);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test('xmpp.js verifies the certificate after STARTTLS, logs in, and talks', async () => {
  const lines = await run({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') });
  expect(lines).toEqual([
    'online juliet@capulet.example/balcony',
    '<presence from="juliet@capulet.example/balcony" to="juliet@capulet.example"/>',
    '<message type="error" id="1" from="capulet.example" to="juliet@capulet.example/balcony"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>',
    'offline',
  ]);
  expect(server.sessions()).toEqual([]);
});

async function run(environment: Record<string, string>): Promise<string[]> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, `xmpp://127.0.0.1:${server.port}`, server.domain],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'], timeout: 15_000 },
  );
  if (!child.stdout) throw new Error('No output');
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await once(child, 'close');
  return lines;
}
