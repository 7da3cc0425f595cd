import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptionOf } from '../../src/cli/timeline.ts';
import { withClient } from '../../src/client/node.ts';
import { buildMessage } from '../../src/payloads/index.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import { run } from './harness.ts';
import { openMute, openStage, SECRET, type Stage } from './stage.ts';

const env = { XMPP_PASSWORD: SECRET };
const JULIET = 'juliet@verona.example';
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('connect', () => {
  test('shows every state with its description, and logs out after a signal', async () => {
    const command = run(['connect', `${JULIET}/balcony`, ...stage.way], { env });
    await command.line(/The address of this session is juliet@verona\.example\/balcony\.$/);
    expect(stage.server.sessions()).toEqual([`${JULIET}/balcony`]);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
    expect(stage.server.sessions()).toEqual([]);
    expect(command.stderr()).toBe('');
    const lines = withoutTimes(command.stdout());
    expect(lines.map((line) => /^(?:[\w.]+(?= {2}|$)|.*)/.exec(line)?.[0])).toEqual([
      'offline',
      'resolving.asking',
      'linked.connecting',
      `${stage.endpoint}, named by the application`,
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
      'The address of this session is juliet@verona.example/balcony.',
      'Logging out. Ctrl-C again leaves at once.',
      'linked.closing',
      'offline',
    ]);
    expect(lines[0]).toBe('offline                             No connection, and none is wanted. `start` connects.');
    expect(lines[4]).toBe(
      'linked.opening.awaitingHeader       Our stream header is sent; waits for the header of the server.',
    );
    const described = lines.slice(0, -1).filter((line) => descriptionOf(line.replace(/ .*/, '')) !== '');
    expect(described).toHaveLength(15);
    for (const line of described) expect(line).toContain(`  ${descriptionOf(line.replace(/ .*/, ''))}`);
  });

  test('shows traffic after the state that causes it, without secrets', async () => {
    const command = run(['connect', JULIET, '--traffic', ...stage.way], { env });
    await command.line(/SEND {2}<presence\/>/);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
    const story = withoutTimes(command.stdout()).map((line) => line.replace(/ {2}.*/, '').replace(/[ >].*/, ''));
    expect(story.slice(5, 12)).toEqual([
      '<?xml',
      '<stream:stream',
      'linked.opening.awaitingFeatures',
      '<features',
      'linked.securing.awaitingProceed',
      '<starttls',
      '<proceed',
    ]);
    expect(command.stdout()).not.toContain(SECRET);
  });

  test('prints messages, and obeys none of them', async () => {
    const command = run(['connect', `${JULIET}/balcony`, ...stage.way], { env });
    await command.line(/session is/);
    const from = 'romeo@verona.example/orchard';
    stage.server.send(`${JULIET}/balcony`, buildMessage({ from, to: JULIET, body: 'But soft!\n\u009b31m\u202eLight' }));
    expect(await command.line(/message {2}/)).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {4}message {2}romeo@verona\.example\/orchard: But soft!\\n\\u\{9b\}31m\\u\{202e\}Light$/,
    );
    stage.server.send(`${JULIET}/balcony`, buildMessage({ from, to: JULIET, body: 'long '.repeat(1000) }));
    expect(await command.line(/long long/)).toMatch(/long long … \(3000 more characters\)$/);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
  });

  test('answers who asks for its version, or whether it is there', async () => {
    const command = run(['connect', `${JULIET}/balcony`, ...stage.way], { env });
    await command.line(/session is/);
    const options = {
      jid: 'romeo@verona.example',
      password: SECRET,
      host: '127.0.0.1',
      port: stage.server.port,
      tls: { ca: stage.server.ca },
    };
    const answers = await withClient(options, async (client) => {
      const version = await client.use(versionProtocol()).query(`${JULIET}/balcony`);
      const time = await client.use(pingProtocol()).ping(`${JULIET}/balcony`);
      return [version.name, time >= 0];
    });
    expect(answers).toEqual(['xstate-xmpp', true]);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
  });

  test('says why the connection was lost and when it tries again, and comes back', async () => {
    const command = run(['connect', `${JULIET}/first`, ...stage.way], { env });
    await command.line(/session is/);
    stage.server.drop(JULIET);
    expect(await command.line(/Attempt 1 in /)).toMatch(
      /^ {61}The connection to 127\.0\.0\.1:\d+ \(STARTTLS\) failed: ECONNRESET\. Attempt 1 in [\d.]+ m?s\.$/,
    );
    await command.line(/linked\.online {23}The address of this session is /);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
  });
});

describe('connect that fails', () => {
  test('ends with what a wrong password means', async () => {
    const command = run(['connect', JULIET, ...stage.way], { env: { XMPP_PASSWORD: 'not-the-secret' } });
    expect(await command.exitCode).toBe(3);
    expect(command.stderr()).toBe(
      `xstate-xmpp: The server refused the authentication with not-authorized: "invalid proof" — in state linked.authenticating, at ${stage.endpoint}. Check the username and password of juliet@verona.example.\n`,
    );
    expect(withoutTimes(command.stdout()).at(-1)).toBe(
      'failed.needsCredentials             The server refused the credentials; `start` asks for them anew.',
    );
  });

  test('gives up when it is not online in time', async () => {
    const { port, close } = await openMute();
    const way = ['--host', '127.0.0.1', '--port', String(port), '--timeout', '0.3'];
    const command = run(['connect', JULIET, ...way], { env });
    expect(await command.exitCode).toBe(7);
    expect(command.stderr()).toBe(
      `xstate-xmpp: Not online within 0.3 s — in state linked.opening.awaitingHeader, at 127.0.0.1:${port} (STARTTLS). Give it more time with --timeout, or check host and port.\n`,
    );
    close();
  });

  test('leaves cleanly when it is interrupted on its way', async () => {
    const { port, close } = await openMute();
    const command = run(['connect', JULIET, '--host', '127.0.0.1', '--port', String(port), '--timeout', '10'], { env });
    await command.line(/linked\.opening/);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
    expect(command.stderr()).toBe('');
    close();
  });

  test('asks for the password on a terminal', async () => {
    const command = run(['connect', JULIET, ...stage.way], { keyboard: true });
    await command.prompt(/Password for juliet@verona\.example: /);
    command.type(`${SECRET}\r`);
    await command.line(/session is/);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
    expect(command.stdout() + command.stderr()).not.toContain(SECRET);
    expect(command.rawModes).toEqual([true, false]);
  });
});

/** Lines without the columns of time and duration, which differ from run to run. */
function withoutTimes(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(25).trimStart());
}
