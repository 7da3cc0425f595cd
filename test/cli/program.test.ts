import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from './harness.ts';

const env = { XMPP_PASSWORD: 'secret' };
const MORE = ' (xstate-xmpp --help lists commands and options)';

/** Mechanisms that a login can be restricted to: nobody can give a token here. */
const KNOWN =
  'EXTERNAL, SCRAM-SHA-512-PLUS, SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-512, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, ANONYMOUS';

describe('a command line that cannot be is one line, and exit code 2', () => {
  test.each([
    [['version'], "missing required argument 'JID'"],
    [['bogus'], "unknown command 'bogus'"],
    [['verson', 'juliet@example.org'], "unknown command 'verson' (Did you mean version?)"],
    [['demo', '--fast'], "unknown option '--fast'"],
    [['demo', 'x\u001b[2J'], "too many arguments for 'demo'. Expected 0 arguments but got 1."],
    [['connect', 'juliet@example.org', '--port'], "option '--port <PORT>' argument missing"],
  ])('%j', async (argv, message) => {
    const command = run(argv, { env });
    expect(await command.exitCode).toBe(2);
    expect(command.stderr().replace('\n', ' ').trimEnd()).toBe(`xstate-xmpp: ${message}${MORE}`);
    expect(command.stdout()).toBe('');
  });

  test.each([
    [['--port', 'abc'], "Expected a port from 1 to 65535 after --port, got 'abc'"],
    [['--port', '0'], "Expected a port from 1 to 65535 after --port, got '0'"],
    [['--port', '65536'], "Expected a port from 1 to 65535 after --port, got '65536'"],
    [['--port', '5222.5'], "Expected a port from 1 to 65535 after --port, got '5222.5'"],
    [['--timeout', '0'], "Expected seconds after --timeout, above 0 and up to 86400, got '0'"],
    [['--timeout', 'soon'], "Expected seconds after --timeout, above 0 and up to 86400, got 'soon'"],
    [['--timeout', ''], "Expected seconds after --timeout, above 0 and up to 86400, got ''"],
    [['--timeout', '86401'], "Expected seconds after --timeout, above 0 and up to 86400, got '86401'"],
    [['--ca', '/no/such/file'], 'Expected a file that can be read after --ca, got /no/such/file (ENOENT)'],
    [['--ca', 'package.json'], 'Expected a certificate in PEM after --ca, got something else in package.json'],
    [['--client-certificate', '/no'], 'Expected --client-certificate and --client-key, got --client-certificate alone'],
    [['--client-key', '/no'], 'Expected --client-certificate and --client-key, got --client-key alone'],
    [
      ['--client-certificate', 'package.json', '--client-key', '/no'],
      'Expected a certificate in PEM after --client-certificate, got something else in package.json',
    ],
    [
      ['--mechanism', 'external'],
      'Expected --client-certificate and --client-key with --mechanism EXTERNAL, got neither',
    ],
    [['--password-file', '/no'], 'Expected a file that can be read after --password-file, got /no (ENOENT)'],
    [
      ['--password', 'geheim'],
      'There is no --password: every user of this machine could read it. Use --password-file, the variable XMPP_PASSWORD, or the prompt.',
    ],
  ])('%j', async (options, message) => {
    for (const command of ['version', 'connect']) {
      const running = run([command, 'juliet@example.org', ...options], { env });
      expect(await running.exitCode).toBe(2);
      expect(running.stderr()).toBe(`xstate-xmpp: ${message}\n`);
      expect(running.stdout()).toBe('');
    }
  });

  test.each([
    [['--websocket', 'https://example.org/ws'], "'https://example.org/ws'"],
    [['--websocket', 'ws://example.org/ws'], "'ws://example.org/ws'"],
    [['--websocket', 'wss://romeo:geheim@example.org/ws'], "'wss://…@example.org/ws'"],
    [['--websocket', 'example.org'], "'example.org'"],
  ])('%j', async (options, got) => {
    const running = run(['connect', 'juliet@example.org', ...options], { env });
    expect(await running.exitCode).toBe(2);
    expect(running.stderr()).toBe(
      `xstate-xmpp: Expected an address as in wss://example.org/ws after --websocket (ws: only on loopback), got ${got}\n`,
    );
  });

  test.each(['--host=127.0.0.1', '--port=5222', '--direct-tls'])('--websocket and %s', async (other) => {
    const running = run(['doctor', 'example.org', '--websocket', 'wss://example.org/ws', other]);
    expect(await running.exitCode).toBe(2);
    expect(running.stderr()).toBe(`xstate-xmpp: Expected --websocket or ${other.replace(/=.*/, '')}, got both\n`);
  });

  test.each([
    ['connect', 'SCRAM', KNOWN],
    ['version', 'OAUTHBEARER', KNOWN],
    ['connect', 'HT-SHA-256-EXPR', KNOWN],
    ['doctor', 'DIGEST-MD5', KNOWN.replace('PLAIN', 'OAUTHBEARER, PLAIN')],
  ])('%s --mechanism %s', async (command, name, known) => {
    const running = run([command, 'juliet@example.org', '--mechanism', 'plain', '--mechanism', name], { env });
    expect(await running.exitCode).toBe(2);
    expect(running.stderr()).toBe(`xstate-xmpp: Expected one of ${known} after --mechanism, got '${name}'\n`);
  });

  test.each([
    [
      'a b@c',
      `Expected a localpart: 1 to 1023 bytes of letters, digits and signs, without spaces and "&'/:<>@, got "a b"`,
    ],
    ['example.org', 'Expected the address of an account, as in juliet@example.org, got example.org'],
  ])('the address %j', async (address, message) => {
    const command = run(['connect', address], { env });
    expect(await command.exitCode).toBe(2);
    expect(command.stderr()).toBe(`xstate-xmpp: ${message}\n`);
  });

  test('the target of a request is checked before anything is dialled', async () => {
    const command = run(['version', 'juliet@example.org', 'a@@b'], { env });
    expect(await command.exitCode).toBe(2);
    expect(command.stderr()).toMatch(/^xstate-xmpp: Expected a domainpart[^\n]+ got "@b"\n$/);
  });

  test('no password', async () => {
    const command = run(['connect', 'juliet@example.org']);
    expect(await command.exitCode).toBe(2);
    expect(command.stderr()).toBe(
      'xstate-xmpp: No password for juliet@example.org, and no terminal to ask on. Give it with --password-file FILE or in the environment variable XMPP_PASSWORD, or run this on a terminal.\n',
    );
  });
});

test.each([
  [['version', 'juliet@example.org', '--password=geheim']],
  [['version', 'juliet@example.org', '--passwort=geheim']],
  [['version', 'juliet@example.org', '--passwort', 'geheim']],
  [['demo', '--password=geheim']],
  [['--password=geheim']],
])('a secret that stands in the wrong place is not repeated: %j', async (argv) => {
  const command = run(argv, { env });
  expect(await command.exitCode).toBe(2);
  expect(command.stderr()).toMatch(/^xstate-xmpp: /);
  expect(command.stderr() + command.stdout()).not.toContain('geheim');
});

test('--version is that of the package', async () => {
  const command = run(['--version']);
  expect(await command.exitCode).toBe(0);
  expect(command.stdout()).toBe(`${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`);
});

test('--help names commands, ways to give a password, exit codes and examples', async () => {
  const command = run(['--help']);
  expect(await command.exitCode).toBe(0);
  const lines = command.stdout().split('\n');
  expect(lines.filter((line) => /^\S/.test(line))).toEqual([
    'Usage: xstate-xmpp [options] [command]',
    'An XMPP client whose connection is a statechart.',
    'Options:',
    'Commands:',
    'Password:',
    'Exit codes:',
    'Examples:',
  ]);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(command.stderr()).toBe('');
});

const SERVER_OPTIONS = [
  '--ca',
  '--client-certificate',
  '--client-key',
  '--direct-tls',
  '--help',
  '--host',
  '--mechanism',
  '--no-color',
  '--port',
  '--require-channel-binding',
  '--timeout',
  '--traffic',
  '--websocket',
];

test.each([
  ['connect', ['--password-file', '--record', '--explain']],
  ['version', ['--password-file']],
  ['doctor', ['--json']],
])('%s --help lists its options, and not the one that is refused', async (name, own) => {
  const command = run([name, '--help']);
  expect(await command.exitCode).toBe(0);
  const options = command.stdout().match(/^ {2}--[a-z-]+/gm);
  expect(options?.map((option) => option.trim()).sort()).toEqual([...SERVER_OPTIONS, ...own].sort());
});
