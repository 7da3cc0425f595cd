import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createClient, element } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { startServer } from '../../src/testing/index.ts';
import { randomFrom } from './resume-stage.ts';

const MORTAL = fileURLToPath(new URL('../support/mortal.mjs', import.meta.url));
const KILLS = 8;
const POLL = { interval: 5, timeout: 10_000 };

it('a process that is killed, again and again, loses nothing and repeats nothing', { timeout: 60_000 }, async () => {
  const { folder, start, romeo, heardByRomeo } = await stage();
  const random = randomFrom(7);
  const lines = (name: string) => linesOf(join(folder, name));
  let spoken = 0;
  for (let life = 0; life < KILLS; life += 1) {
    const child = start(life * 1000, 1000);
    await expect.poll(() => lines('online').length, POLL).toBe(life + 1);
    const enough = lines('written').length + Math.ceil(random() * 60);
    while (lines('written').length < enough) {
      spoken += 1;
      romeo.send(chat('juliet@capulet.example/balcony', `${spoken}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await once(start(KILLS * 1000, 20), 'exit');
  // Each life but the first went on with the session of the one before; nobody had anything to complain of.
  expect(lines('online')).toEqual(['false', ...Array(KILLS).fill('true'), 'done']);
  expect(lines('errors')).toEqual([]);
  // What was written arrived, once, and in order. More may have, that was recorded and not written when the end came.
  expect(heardByRomeo).toEqual([...new Set(heardByRomeo)].toSorted((one, other) => one - other));
  expect(heardByRomeo).toEqual(expect.arrayContaining(lines('written').map(Number)));
  // What came and was not acknowledged when the end came, came once more.
  const heard = lines('heard').map(Number);
  expect([...new Set(heard)]).toEqual(Array.from({ length: spoken }, (_, index) => index + 1));
  // Whoever logs out leaves nothing behind.
  await expect.poll(() => readdir(join(folder, 'sessions')), POLL).toEqual([]);
});

async function stage() {
  const folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret', romeo: 'secret' },
    streamManagement: true,
  });
  onTestFinished(() => server.stop());
  await writeFile(join(folder, 'ca'), server.ca);
  const romeo = createClient({ jid: 'romeo@capulet.example/orchard', password: 'secret', memory: server.connect });
  onTestFinished(() => romeo.stop());
  const heardByRomeo: number[] = [];
  romeo.use(messageProtocol());
  romeo.on('message', ({ message }) => heardByRomeo.push(Number(message.body)));
  romeo.start();
  await romeo.online();
  const start = (first: number, count: number): ChildProcess => {
    const mortal = { port: server.port, ca: join(folder, 'ca'), folder, first, count };
    const child = spawn(process.execPath, [MORTAL], {
      env: { ...process.env, MORTAL: JSON.stringify(mortal) },
      stdio: 'inherit',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  return { folder, start, romeo, heardByRomeo };
}

function chat(to: string, body: string) {
  return element('{jabber:client}message', { to, type: 'chat' }, element('{jabber:client}body', {}, body));
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
