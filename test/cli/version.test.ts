import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatVersion } from '../../src/cli/version.ts';
import { run } from './harness.ts';
import { closedPort, openMute, openStage, SECRET, type Stage } from './stage.ts';

const env = { XMPP_PASSWORD: SECRET };
let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ software: { name: 'Globe', version: '1.2', os: 'London' } });
});
afterAll(() => stage.close());

describe('version', () => {
  test('asks the server of the account', async () => {
    const command = run(['version', 'juliet@verona.example', ...stage.way], { env });
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toBe('Globe 1.2 (London)\n');
    expect(command.stderr()).toBe('');
    expect(stage.server.sessions()).toEqual([]);
  });

  test('over direct TLS', async () => {
    const command = run(['version', 'juliet@verona.example', ...directWay()], { env });
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toBe('Globe 1.2 (London)\n');
  });

  test('shows traffic apart from the answer, without secrets', async () => {
    const command = run(['version', 'juliet@verona.example', '--traffic', ...stage.way], { env });
    expect(await command.exitCode).toBe(0);
    expect(command.stdout()).toBe('Globe 1.2 (London)\n');
    const lines = command.stderr().trimEnd().split('\n');
    expect(lines.filter((line) => !/^(SEND|RECV) {2}</.test(line))).toEqual([]);
    expect(lines.at(0)).toMatch(/^SEND {2}<\?xml version="1.0"\?><stream:stream /);
    expect(lines.filter((line) => /<(auth|response) /.test(line)).map((line) => line.includes('[masked]'))).toEqual([
      true,
      true,
    ]);
    expect(command.stderr()).not.toContain(SECRET);
  });
});

describe('what goes wrong is one line', () => {
  test('a wrong password: 3', async () => {
    const command = run(['version', 'juliet@verona.example', ...stage.way], {
      env: { XMPP_PASSWORD: 'not-the-secret' },
    });
    expect(await command.exitCode).toBe(3);
    expect(command.stderr()).toBe(
      `xstate-xmpp: The server refused the authentication with not-authorized: "invalid proof" — in state linked.authenticating, at ${stage.endpoint}. Check the username and password of juliet@verona.example.\n`,
    );
    expect(command.stdout()).toBe('');
  });

  test('a certificate that nobody vouches for: 4', async () => {
    const command = run(['version', 'juliet@verona.example', ...stage.untrustedWay], { env });
    expect(await command.exitCode).toBe(4);
    expect(command.stderr()).toMatch(
      /^xstate-xmpp: The certificate of 127\.0\.0\.1:\d+ \(STARTTLS\) is refused: UNABLE_TO_\w+ — in state linked\.securing\.handshaking\. No authority [^\n]+ \(--ca\)\.\n$/,
    );
  });

  test('a certificate for another domain: 4', async () => {
    const command = run(['version', 'juliet@capulet.example', ...directWay()], { env });
    expect(await command.exitCode).toBe(4);
    expect(command.stderr()).toContain('The certificate must be for capulet.example, the domain of the address.');
  });

  test('nobody listens: 5', async () => {
    const port = await closedPort();
    const command = run(['version', 'juliet@verona.example', '--host', '127.0.0.1', '--port', String(port)], { env });
    expect(await command.exitCode).toBe(5);
    expect(command.stderr()).toBe(
      `xstate-xmpp: The connection to 127.0.0.1:${port} (STARTTLS) failed: ECONNREFUSED — in state linked.connecting. Nothing listens there: check host and port, and that the server runs.\n`,
    );
  });

  test('a host that does not exist: 5', async () => {
    const command = run(['version', 'juliet@verona.example', '--host', 'no-such-host.invalid'], { env });
    expect(await command.exitCode).toBe(5);
    expect(command.stderr()).toMatch(
      /^xstate-xmpp: The connection to no-such-host\.invalid:5222 \(STARTTLS\) failed: E\w+ — in state linked\.connecting\. Check the name of the server, and that DNS works here\.\n$/,
    );
  });

  test('an answer that is an error: 6', async () => {
    const command = run(['version', 'juliet@verona.example', 'romeo@verona.example/away', ...stage.way], { env });
    expect(await command.exitCode).toBe(6);
    expect(command.stderr()).toMatch(
      /^xstate-xmpp: Stanza error service-unavailable, [^\n]+ — in state linked\.online, at 127\.0\.0\.1:\d+ \(STARTTLS\)\. [^\n]+\n$/,
    );
  });

  test('no answer: 7, with the state in which it was waited for', async () => {
    const { port, close } = await openMute();
    const way = ['--host', '127.0.0.1', '--port', String(port), '--timeout', '0.3'];
    const command = run(['version', 'juliet@verona.example', ...way], { env });
    expect(await command.exitCode).toBe(7);
    expect(command.stderr()).toBe(
      `xstate-xmpp: The task took longer than 300 ms — in state linked.opening.awaitingHeader, at 127.0.0.1:${port} (STARTTLS). Give it more time with --timeout.\n`,
    );
    close();
  });

  test('an interruption: 130', async () => {
    const command = run(['version', 'juliet@verona.example', ...stage.way], { env });
    command.interrupt();
    expect(await command.exitCode).toBe(130);
    expect(command.stderr()).toBe('xstate-xmpp: interrupted\n');
  });
});

test.each([
  [{ name: 'Prosody', version: '0.12.3', os: 'Linux' }, 'Prosody 0.12.3 (Linux)'],
  [{ name: 'Prosody', version: '0.12.3' }, 'Prosody 0.12.3'],
  [{ name: '', version: '' }, '(no name) (no version)'],
  [{ name: '\u001b[2J', version: '1\n2' }, '\\u{1b}[2J 1\\n2'],
])('%j is shown as %s', (software, line) => {
  expect(formatVersion(software)).toBe(line);
});

function directWay(): string[] {
  return ['--direct-tls', ...stage.way, '--port', String(stage.server.tlsPort)];
}
