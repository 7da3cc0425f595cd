import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { run } from './harness.ts';
import { openStage, SECRET, type Stage } from './stage.ts';

const env = { XMPP_PASSWORD: SECRET };
const JULIET = 'juliet@verona.example';
let stage: Stage;
let folder: string;

beforeAll(async () => {
  const authority = await createClientAuthority();
  stage = await openStage({
    websocket: true,
    clientAuthority: authority.certificate,
    mechanisms: ['EXTERNAL', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN', 'ANONYMOUS'],
  });
  folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-ways-'));
  const [juliet, romeo] = await Promise.all([
    authority.issue({ xmppAddr: JULIET }),
    authority.issue({ xmppAddr: 'romeo@verona.example' }),
  ]);
  await Promise.all([
    writeFile(path('juliet.pem'), juliet.cert),
    writeFile(path('juliet.key'), juliet.key, { mode: 0o600 }),
    writeFile(path('open.key'), juliet.key, { mode: 0o644 }),
    writeFile(path('romeo.key'), romeo.key, { mode: 0o600 }),
  ]);
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

describe('a WebSocket', () => {
  test('leads to the server, whose certificate must be right all the same', async () => {
    const way = ['--websocket', stage.server.websocketUrl];
    const trusting = run(['version', JULIET, ...way, '--ca', stage.ca], { env });
    expect(await trusting.exitCode).toBe(0);
    expect(trusting.stdout()).toBe('xstate-xmpp/testing 1\n');
    const careful = run(['version', JULIET, ...way], { env });
    expect(await careful.exitCode).toBe(4);
    expect(careful.stderr()).toContain(`The certificate of ${stage.server.websocketUrl} is refused`);
  });

  test('is shown by connect as it is dialled', async () => {
    const command = run(['connect', JULIET, '--websocket', stage.server.websocketUrl, '--ca', stage.ca], { env });
    await command.line(/session is/);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toContain(` ${stage.server.websocketUrl}, named by the application\n`);
    expect(command.stdout()).not.toContain('linked.securing');
  });
});

describe('the mechanism', () => {
  test.each([
    [[], 'SCRAM-SHA-256-PLUS'],
    [['--mechanism', 'PLAIN'], 'PLAIN'],
    [['--mechanism', 'PLAIN', '--mechanism', 'scram-sha-256'], 'SCRAM-SHA-256'],
    [['--require-channel-binding'], 'SCRAM-SHA-256-PLUS'],
  ])('with %j is %s', async (options, mechanism) => {
    const command = run(['version', JULIET, '--traffic', ...options, ...stage.way], { env });
    expect(await command.exitCode).toBe(0);
    expect(command.stderr()).toContain(` mechanism="${mechanism}"`);
  });

  test('is none, where what is required cannot be had', async () => {
    const options = ['--require-channel-binding', '--mechanism', 'SCRAM-SHA-256'];
    const command = run(['version', JULIET, ...options, ...stage.way], { env });
    expect(await command.exitCode).toBe(4);
    expect(command.stderr()).toContain('"SCRAM-SHA-256" (channel binding is required)');
  });
});

describe('nobody is asked for a password', () => {
  test('to be a guest, who needs no account', async () => {
    const command = run(['version', 'verona.example', '--mechanism', 'ANONYMOUS', ...stage.way]);
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toBe('xstate-xmpp/testing 1\n');
  });

  test('to log in with a certificate', async () => {
    const own = ['--client-certificate', path('juliet.pem'), '--client-key', path('juliet.key')];
    const command = run(['version', JULIET, '--mechanism', 'EXTERNAL', '--traffic', ...own, ...stage.way]);
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toBe('xstate-xmpp/testing 1\n');
    expect(command.stderr()).toContain(' mechanism="EXTERNAL"');
    expect(command.stderr()).not.toContain('warning');
  });

  test('by doctor, which says what a certificate would do', async () => {
    const own = ['--client-certificate', path('juliet.pem'), '--client-key', path('juliet.key')];
    const command = run(['doctor', JULIET, ...own, ...stage.way]);
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toMatch(/^ {3}choice {7}EXTERNAL, in SASL \(RFC 6120\)$/m);
  });

  test('but a guest among other ways needs one, and an account', async () => {
    const options = ['--mechanism', 'ANONYMOUS', '--mechanism', 'PLAIN'];
    const without = run(['version', JULIET, ...options, ...stage.way]);
    expect(await without.exitCode).toBe(2);
    expect(without.stderr()).toMatch(/^xstate-xmpp: No password for juliet@verona\.example/);
    const nobody = run(['version', 'verona.example', ...options, ...stage.way], { env });
    expect(await nobody.exitCode).toBe(2);
    expect(nobody.stderr()).toMatch(/^xstate-xmpp: Expected the address of an account/);
  });
});

describe('the key of a certificate', () => {
  test('that everybody can read is used, with a warning', async () => {
    const own = ['--client-certificate', path('juliet.pem'), '--client-key', path('open.key')];
    const command = run(['version', JULIET, '--mechanism', 'EXTERNAL', ...own, ...stage.way]);
    expect(await command.exitCode).toBe(0);
    expect(command.stderr()).toBe(
      `xstate-xmpp: warning: every user of this machine can read ${path('open.key')}: chmod 600 it\n`,
    );
  });

  test.each([
    [
      'romeo.key',
      () => `Expected the key of ${path('juliet.pem')} after --client-key, got another one in ${path('romeo.key')}`,
    ],
    [
      'juliet.pem',
      () =>
        `Expected a key in PEM after --client-key, without a passphrase, got something else in ${path('juliet.pem')}`,
    ],
    ['none', () => `Expected a file that can be read after --client-key, got ${path('none')} (ENOENT)`],
  ])('must be its own: %s', async (name, message) => {
    const own = ['--client-certificate', path('juliet.pem'), '--client-key', path(name)];
    const command = run(['version', JULIET, ...own, ...stage.way], { env });
    expect(await command.exitCode).toBe(2);
    expect(command.stderr().split('\n').at(-2)).toBe(`xstate-xmpp: ${message()}`);
  });
});

function path(name: string): string {
  return join(folder, name);
}
