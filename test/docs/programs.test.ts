import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/node.ts';
import { type MessageApi, messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { nextEvent } from '../support/next-event.ts';
import { WEBSOCKET } from './package-on-loopback.ts';

/*
 * Examples that run until they are told to stop: each in a process of its own, as it stands but for the package, whose clients
 * connect to the server of the test.
 */

const ROOT = resolve(import.meta.dirname, '../..');
const NURSE = 'nurse@capulet.example';
const ROMEO = 'romeo@capulet.example';
/** A process takes its time where others work too. */
const PATIENCE = { timeout: 15_000 };

let server: Server;
let romeo: Client;
let messages: MessageApi;
let heard: string[];
let undo: (() => unknown)[] = [];

beforeEach(async () => {
  server = await serve({
    nurse: 'angelica',
    friar: 'herbs',
    county: 'another one',
    juliet: 'balcony',
    romeo: 'orchard',
  });
  romeo = createClient({ jid: ROMEO, password: 'orchard', memory: server.connect });
  romeo.use(presenceProtocol()).available();
  messages = romeo.use(messageProtocol());
  heard = [];
  romeo.on('message', ({ message }) => heard.push(`${message.from?.localpart}: ${message.body}`));
  romeo.start();
  await romeo.online();
});
afterEach(async () => {
  await Promise.all(undo.map((step) => step()));
  undo = [];
  await romeo.stop();
  await server.stop();
});

describe('the bot', () => {
  it('says hello, counts and sleeps, comes back as it was, and logs out when it is interrupted', async () => {
    const bot = await start('bot');
    await bot.hasPrinted('connecting', 'awake');
    expect(await ask('Count!')).toBe('nurse: Hello! I know `count` and `sleep`.');
    expect(await ask(' COUNT ')).toBe('nurse: This is my answer number 2.');
    const away = nextEvent(romeo, 'presence', ({ presence }) => presence.show === 'away');
    expect(await ask('sleep')).toBe('nurse: Good night. `wake` wakes me.');
    expect((await away).presence.from?.bare).toBe(NURSE);
    expect(server.drop(NURSE)).toBe(1);
    await bot.hasPrinted('connecting', 'awake', 'asleep', 'connecting', 'asleep');
    messages.send({ to: NURSE, body: 'count' });
    expect(await ask('wake')).toBe('nurse: Good morning!');
    expect(await ask('count')).toBe('nurse: This is my answer number 5.');
    expect(heard.length).toBe(5);
    bot.process.kill('SIGINT');
    expect(await bot.end()).toEqual({ code: 0, signal: null, errors: '' });
    await bot.hasPrinted('connecting', 'awake', 'asleep', 'connecting', 'asleep', 'awake', 'leaving', 'gone');
    await expect.poll(server.sessions, PATIENCE).toEqual([romeo.jid.full]);
  });

  it('ends with an error where its password is wrong', async () => {
    const strict = await serve({ nurse: 'another one' });
    undo.push(() => strict.stop());
    const bot = await start('bot', strict);
    expect(await bot.end()).toEqual({ code: 1, signal: null, errors: '' });
    await bot.hasPrinted(
      'connecting',
      expect.stringMatching(/Check the username and password of nurse@capulet.example/),
    );
  });
});

describe('the house with several accounts', () => {
  it('carries messages from one to another, whatever becomes of a third, and logs out when it is interrupted', async () => {
    const house = await start('several-accounts');
    const failed = 'county failed: sasl/not-authorized';
    await expect.poll(house.printed, PATIENCE).toEqual(expect.arrayContaining(['Online: friar, nurse', failed]));
    expect(await ask('Where is my lady?')).toBe(`friar: ${ROMEO} says: Where is my lady?`);
    const { length } = house.printed();
    expect(server.drop('friar@capulet.example')).toBe(1);
    await expect.poll(() => house.printed().slice(length), PATIENCE).toEqual(['Online: nurse', 'Online: friar, nurse']);
    expect(await ask('And where is he?')).toBe(`friar: ${ROMEO} says: And where is he?`);
    house.process.kill('SIGINT');
    expect(await house.end()).toEqual({ code: 0, signal: null, errors: '' });
    await expect.poll(server.sessions, PATIENCE).toEqual([romeo.jid.full]);
  });
});

it('the machine that asks the server prints what it says, logs out, and is done', async () => {
  const app = await start('ask-from-a-machine');
  expect(await app.end()).toEqual({ code: 0, signal: null, errors: '' });
  await app.hasPrinted('The server runs xstate-xmpp/testing');
  await expect.poll(server.sessions, PATIENCE).toEqual([romeo.jid.full]);
});

/** What Romeo hears after he told the nurse something. */
async function ask(body: string): Promise<string | undefined> {
  const answer = nextEvent(romeo, 'message');
  messages.send({ to: NURSE, body });
  await answer;
  return heard.at(-1);
}

function serve(accounts: Record<string, string>): Promise<Server> {
  return startServer({ domain: 'capulet.example', accounts, websocket: true, tls: false });
}

/** Runs a program of `docs/examples` whose clients connect to a server. */
async function start(name: string, { websocketUrl } = server) {
  const file = join(import.meta.dirname, `.${name}.run.mjs`);
  await build({
    entryPoints: [join(ROOT, 'docs/examples', `${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: {
      'xstate-xmpp': join(import.meta.dirname, 'package-on-loopback.ts'),
      'xstate-xmpp/message': join(ROOT, 'src/subprotocols/message.ts'),
      'xstate-xmpp/presence': join(ROOT, 'src/subprotocols/presence.ts'),
      'xstate-xmpp/version': join(ROOT, 'src/subprotocols/version.ts'),
    },
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, [file], { env: { ...process.env, [WEBSOCKET]: websocketUrl } });
  undo.push(() => {
    child.kill('SIGKILL');
    rmSync(file);
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    output += data;
  });
  const errors = text(child.stderr);
  const exit = once(child, 'close');
  const printed = () => output.split('\n').slice(0, -1);
  return {
    process: child,
    /** The lines that it printed so far. */
    printed,
    hasPrinted: (...lines: unknown[]) => expect.poll(printed, PATIENCE).toEqual(lines),
    async end() {
      const [code, signal] = await exit;
      return { code, signal, errors: await errors };
    },
  };
}
