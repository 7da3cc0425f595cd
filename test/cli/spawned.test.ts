import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMute, openStage, SECRET, type Stage } from './stage.ts';

/** The command as it is installed; `npm test` builds it first. */
const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const JULIET = 'juliet@verona.example';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('the demo', () => {
  test('tells one whole life of a connection in less than 10 seconds, and ends well', { timeout: 10_000 }, async () => {
    const { text, exitCode, errors } = await end(start(['demo'], {}));
    expect(errors).toBe('');
    expect(exitCode).toBe(0);
    expect(text.match(/^\d\. .*/gm)).toEqual([
      '1. A server starts in this process, on loopback.',
      '2. Juliet logs in.',
      '3. Juliet tells her contacts that she is there.',
      '4. They talk.',
      '5. Juliet asks the server which software it runs.',
      '6. The server cuts the connection without a word.',
      '7. Juliet logs out.',
    ]);
    expect(text.match(/(?<= {2})(offline|(resolving|linked|reconnecting)\.\S+)/g)).toEqual([
      'offline',
      ...LOGIN,
      'reconnecting.backingOff',
      ...LOGIN,
      'linked.closing',
      'offline',
    ]);
    expect(text.match(/(?<= {2})(romeo|juliet|verona\.example) (says|hears|runs).*/g)).toEqual([
      'romeo hears: juliet@verona.example/demo is available',
      'juliet says: Art thou not Romeo, and a Montague?',
      'romeo hears: Art thou not Romeo, and a Montague?',
      'romeo says: Neither, fair saint, if either thee dislike.',
      'juliet hears: Neither, fair saint, if either thee dislike.',
      'verona.example runs xstate-xmpp/testing 1',
      'juliet says, while she is not connected: O, wilt thou leave me so unsatisfied?',
      'romeo hears: O, wilt thou leave me so unsatisfied?',
    ]);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(70);
    expect(text).toMatch(/\nDone in [\d.]+ m?s\. The server is gone; nothing is left running\.\n$/);
  });

  test('shows the traffic of Juliet when it is asked to, and no secret', async () => {
    const { text, exitCode } = await end(start(['demo', '--traffic'], {}));
    expect(exitCode).toBe(0);
    expect(text).toMatch(/ {2}SEND {2}<auth [^\n]+>\[masked\]<\/auth>\n/);
    expect(text).toMatch(/ {2}RECV {2}<message [^\n]+Neither, fair saint/);
    expect(text).not.toContain('balcony');
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s logs out and ends with 0', async (signal) => {
    const child = start(['connect', JULIET, ...stage.way], { XMPP_PASSWORD: SECRET });
    const ended = end(child);
    await said(child, /session is/);
    child.kill(signal);
    const { text, errors, exitCode } = await ended;
    expect(exitCode).toBe(0);
    expect(errors).toBe('');
    expect(text).toMatch(/ {2}linked\.closing .*\n.* {2}offline\n$/);
    expect(text).not.toContain(SECRET);
  });

  test('a second one does not wait for a server that does not answer', async () => {
    const { port, close } = await openMute({ hangsUp: false });
    const child = start(['connect', JULIET, '--host', '127.0.0.1', '--port', String(port)], { XMPP_PASSWORD: SECRET });
    const ended = end(child);
    await said(child, /linked\.opening\.awaitingHeader/);
    child.kill('SIGINT');
    await said(child, /Logging out\. Ctrl-C again leaves at once\.\n.* {2}linked\.closing/);
    child.kill('SIGINT');
    const { text, exitCode } = await ended;
    expect(exitCode).toBe(130);
    expect(text).toMatch(/ {2}linked\.closing [^\n]*\n$/);
    close();
  });
});

test('who stops reading ends the demo, without complaints', async () => {
  const child = start(['demo'], {});
  const ended = end(child);
  await said(child, /Juliet logs in/);
  child.stdout?.destroy();
  const { errors, exitCode } = await ended;
  expect(exitCode).toBe(130);
  expect(errors).toBe('xstate-xmpp: interrupted\n');
});

/** Of util-linux: runs a command on a pseudo terminal. */
const SCRIPT = 'script';
const hasScript = process.platform === 'linux' && spawnSync(SCRIPT, ['--version']).status === 0;

describe.skipIf(!hasScript)('on a pseudo terminal', () => {
  test('the password is asked for, not shown, and the terminal shows again what is typed afterwards', async () => {
    const command = [process.execPath, MAIN, 'version', JULIET, ...stage.way].map(quote).join(' ');
    const child = startTerminal(`${command}; echo exit code $?; stty -a`);
    const ended = end(child);
    await said(child, /Password for juliet@verona\.example: /);
    child.stdin?.write(`${SECRET}\r`);
    const { text } = await ended;
    expect(text).not.toContain(SECRET);
    expect(text).toContain('xstate-xmpp/testing 1\r\nexit code 0\r\n');
    expect(text).toMatch(/ icanon .* echo /s);
  });

  test('Ctrl-C at the prompt ends the command, and leaves the terminal as it was', async () => {
    const command = [process.execPath, MAIN, 'version', JULIET].map(quote).join(' ');
    const child = startTerminal(`${command}; echo exit code $?; stty -a`);
    const ended = end(child);
    await said(child, /Password for juliet@verona\.example: /);
    child.stdin?.write('half a sec\u0003');
    const { text } = await ended;
    expect(text).not.toContain('half');
    expect(text).toContain('xstate-xmpp: interrupted\r\nexit code 130\r\n');
    expect(text).toMatch(/ icanon .* echo /s);
  });
});

const LOGIN = [
  'resolving.asking',
  'linked.connecting',
  'linked.opening.awaitingHeader',
  'linked.opening.awaitingFeatures',
  'linked.securing.awaitingProceed',
  'linked.securing.handshaking',
  'linked.secured.awaitingHeader',
  'linked.secured.awaitingFeatures',
  'linked.authenticating',
  'linked.restarting.awaitingHeader',
  'linked.restarting.awaitingFeatures',
  'linked.binding',
  'linked.online',
];

function start(argv: readonly string[], env: Record<string, string>): ChildProcess {
  return collected(spawn(process.execPath, [MAIN, ...argv], { env: { PATH: process.env.PATH, ...env } }));
}

/** Runs a shell command on a terminal of its own; what it writes comes as the standard output. */
function startTerminal(command: string): ChildProcess {
  return collected(spawn(SCRIPT, ['-qfc', command, '/dev/null'], { env: { PATH: process.env.PATH, TERM: 'xterm' } }));
}

const outputs = new WeakMap<ChildProcess, { text: string; errors: string }>();

function collected(child: ChildProcess): ChildProcess {
  const output = { text: '', errors: '' };
  outputs.set(child, output);
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    output.text += more;
  });
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    output.errors += more;
  });
  return child;
}

async function end(child: ChildProcess): Promise<{ text: string; errors: string; exitCode: number | null }> {
  const [exitCode] = await once(child, 'close');
  return { text: '', errors: '', ...outputs.get(child), exitCode };
}

/** Resolves when the output has what is looked for. */
function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (pattern.test(outputs.get(child)?.text ?? '')) resolve();
    };
    child.stdout?.on('data', check);
    check();
  });
}

function quote(argument: string): string {
  return `'${argument}'`;
}
