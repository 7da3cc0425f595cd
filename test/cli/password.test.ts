import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPassword } from '../../src/cli/password.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a password file', () => {
  test.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\nanother line\n', 'secret'],
    [' with spaces \n', ' with spaces '],
    ['pässwörd\n', 'pässwörd'],
  ])('%j holds %j', async (content, password) => {
    const { io, stderr } = keyboard();
    expect(await findPassword('juliet@example.org', await file(content), io)).toBe(password);
    expect(stderr()).toBe('');
  });

  test('comes before the environment', async () => {
    const { io } = keyboard({ XMPP_PASSWORD: 'of the environment' });
    expect(await findPassword('juliet@example.org', await file('of the file'), io)).toBe('of the file');
  });

  test('that everybody can read is used, with a warning', async () => {
    const { io, stderr } = keyboard();
    const path = await file('secret', 0o644);
    expect(await findPassword('juliet@example.org', path, io)).toBe('secret');
    expect(stderr()).toBe(`xstate-xmpp: warning: every user of this machine can read ${path}: chmod 600 it\n`);
  });

  test('that is missing, or a folder, or empty, is an error', async () => {
    const { io } = keyboard();
    const missing = join(folder, 'missing');
    await expect(findPassword('juliet@example.org', missing, io)).rejects.toThrow(
      `Expected a file that can be read after --password-file, got ${missing} (ENOENT)`,
    );
    await expect(findPassword('juliet@example.org', folder, io)).rejects.toThrow(
      `Expected a file that can be read after --password-file, got ${folder} (EISDIR)`,
    );
    const empty = await file('\n');
    await expect(findPassword('juliet@example.org', empty, io)).rejects.toThrow(
      `Expected the password in the first line of ${empty}, got an empty line`,
    );
  });

  test('that never ends is no password file', async () => {
    await expect(findPassword('juliet@example.org', '/dev/zero', keyboard().io)).rejects.toThrow(
      'Expected the password in the first line of /dev/zero, got one of 4096 bytes or more',
    );
  });
});

test('the environment comes before the prompt', async () => {
  const { io, stderr } = keyboard({ XMPP_PASSWORD: 'secret' });
  expect(await findPassword('juliet@example.org', undefined, io)).toBe('secret');
  expect(stderr()).toBe('');
});

test('without a terminal the three ways are named', async () => {
  const { io } = keyboard({}, false);
  await expect(findPassword('juliet@example.org', undefined, io)).rejects.toMatchObject({
    message: 'No password for juliet@example.org, and no terminal to ask on',
    hint: 'Give it with --password-file FILE or in the environment variable XMPP_PASSWORD, or run this on a terminal.',
  });
});

describe('the prompt', () => {
  test('asks without showing what is typed, and leaves the terminal as it was', async () => {
    const { io, stdin, stderr, rawModes } = keyboard();
    const password = findPassword('juliet@example.org', undefined, io);
    expect(stderr()).toBe('[raw mode]Password for juliet@example.org: ');
    stdin.write('wrong\u0015secrrt\u007f\u007fet\r');
    expect(await password).toBe('secret');
    expect(stderr()).toBe('[raw mode]Password for juliet@example.org: [no raw mode]\n');
    expect(rawModes).toEqual([true, false]);
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s interrupts it', async (_name, key) => {
    const { io, stdin, rawModes } = keyboard();
    const password = findPassword('juliet@example.org', undefined, io);
    stdin.write(key);
    await expect(password).rejects.toMatchObject({ name: 'AbortError' });
    expect(rawModes).toEqual([true, false]);
  });

  test('a signal interrupts it', async () => {
    const { io, interrupted, rawModes } = keyboard();
    const password = findPassword('juliet@example.org', undefined, io);
    interrupted.abort();
    await expect(password).rejects.toMatchObject({ name: 'AbortError' });
    expect(rawModes).toEqual([true, false]);
  });

  test('an empty line is no password', async () => {
    const { io, stdin } = keyboard();
    const password = findPassword('juliet@example.org', undefined, io);
    stdin.write('\r');
    await expect(password).rejects.toThrow('Expected a password, got an empty line');
  });
});

async function file(content: string, mode = 0o600): Promise<string> {
  const path = join(folder, 'password');
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

function keyboard(env: Record<string, string> = {}, isTTY = true) {
  const rawModes: boolean[] = [];
  let text = '';
  const setRawMode = (mode: boolean): void => {
    rawModes.push(mode);
    text += mode ? '[raw mode]' : '[no raw mode]';
  };
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode });
  const interrupted = new AbortController();
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const io = { stdin, stdout: new PassThrough(), stderr, env, signal: interrupted.signal };
  return { io, stdin, interrupted, rawModes, stderr: () => text };
}
