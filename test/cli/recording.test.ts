import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Recording } from '../../src/errors/index.ts';
import { run } from './harness.ts';
import { openMute, openStage, SECRET, type Stage } from './stage.ts';

const env = { XMPP_PASSWORD: SECRET };
const JULIET = 'juliet@verona.example';
let stage: Stage;
let folder: string;

beforeAll(async () => {
  stage = await openStage();
  folder = mkdtempSync(join(tmpdir(), 'xstate-xmpp-recording-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stage.close();
});

describe('connect --record', () => {
  test('writes what happened to a file that only its owner can read, and replay leads through it once more', async () => {
    const file = join(folder, 'life.json');
    const command = run(['connect', JULIET, '--record', file, ...stage.way], { env });
    await command.line(/session is/);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);

    const replayed = run(['replay', file]);
    expect(await replayed.exitCode).toBe(0);
    const lines = replayed.stdout().trimEnd().split('\n');
    expect(lines[0]).toMatch(/^juliet@verona\.example, \d{4}-\d\d-\d\dT[\d:.]+Z, from offline$/);
    const moves = lines.flatMap((line) => /^ +\+\S+ \S+ {2}(\S+) +(\S+)$/.exec(line)?.slice(1).join(' → ') ?? []);
    expect(moves.slice(0, 3)).toEqual([
      'start → resolving.recalling',
      'xstate.done.actor.recall → resolving.asking',
      'xstate.done.actor.resolve → linked.connecting',
    ]);
    expect(moves.at(-1)).toBe('stream.closed → offline');
    expect(
      lines.some((line) => /\+.* SEND iq type=set id=\S+ \{urn:ietf:params:xml:ns:xmpp-bind\}bind$/.test(line)),
    ).toBe(true);
    expect(lines.at(-1)).toMatch(/^The chart does what it did then: \d+ events, the same states\.$/);
  });

  test('writes it also where the client failed, with the error', async () => {
    const file = join(folder, 'failure.json');
    const command = run(['connect', JULIET, '--record', file, ...stage.way], { env: { XMPP_PASSWORD: 'not-it' } });
    expect(await command.exitCode).toBe(3);
    const replayed = run(['replay', file]);
    expect(await replayed.exitCode).toBe(0);
    expect(replayed.stdout()).toMatch(
      /xstate\.done\.actor\.authentication +failed\.needsCredentials sasl\/not-authorized: The server refused/,
    );
  });

  test('says at once that the file cannot be written', async () => {
    const command = run(['connect', JULIET, '--record', join(folder, 'no', 'file'), ...stage.way], { env });
    expect(await command.exitCode).toBe(2);
    expect(command.stderr()).toBe(
      `xstate-xmpp: Cannot write ${join(folder, 'no', 'file')}, given as --record: ENOENT\n`,
    );
    expect(command.stdout()).toBe('');
  });
});

describe('replay', () => {
  test('says where the chart does otherwise now, and fails', async () => {
    const file = join(folder, 'other.json');
    const command = run(['connect', JULIET, '--record', file, ...stage.way], { env });
    await command.line(/session is/);
    command.interrupt();
    await command.exitCode;
    const recording: Recording = JSON.parse(readFileSync(file, 'utf8'));
    const entries = recording.entries.map((entry) =>
      entry.kind === 'event' && entry.event === 'tls.proceeded' ? { ...entry, state: 'linked.secured' } : entry,
    );
    writeFileSync(file, JSON.stringify({ ...recording, entries }));
    const replayed = run(['replay', file]);
    expect(await replayed.exitCode).toBe(1);
    expect(replayed.stdout().trimEnd().split('\n').at(-1)).toMatch(
      /^Entry \d+ is the first difference: in linked\.securing\.awaitingProceed, tls\.proceeded led to linked\.secured then, and to linked\.securing\.handshaking now\.$/,
    );
  });

  test.each([
    ['is not there', undefined, /^xstate-xmpp: Cannot read \S+: ENOENT\n$/],
    ['is none', 'hello', /^xstate-xmpp: Expected a recording, got no JSON, or JSON that was cut short\. Check that/],
    [
      'is of another version',
      '{"format":"xstate-xmpp/recording","version":9}',
      /^xstate-xmpp: Expected a recording of version 1, got version 9\. Use/,
    ],
  ])('explains that a file %s', async (title, text, message) => {
    const file = join(folder, `${title.replaceAll(' ', '-')}.json`);
    if (text !== undefined) writeFileSync(file, text);
    const replayed = run(['replay', file]);
    expect(await replayed.exitCode).toBe(2);
    expect(replayed.stderr()).toMatch(message);
  });
});

describe('a client that is asked what is going on', () => {
  test('says where it is, what it waits for, and until when', async () => {
    const { port, close } = await openMute();
    const command = run(['connect', JULIET, '--host', '127.0.0.1', '--port', String(port)], { env });
    await command.line(/linked\.opening\.awaitingHeader/);
    command.ask();
    expect(await command.line(/ why /)).toMatch(
      /why {2}The client is in linked\.opening\.awaitingHeader, for [\d.]+ m?s: Our stream header is sent; waits for the header of the server\. If nothing else comes, failing follows in 1[45]\.\d s\.$/,
    );
    command.interrupt();
    await command.exitCode;
    await close();
  });

  test('says it unasked with --explain, whenever nothing moves', async () => {
    const command = run(['connect', JULIET, '--explain', ...stage.way], { env });
    expect(await command.line(/ why /)).toMatch(/The client is in linked\.online, for 2\.\d s: Logged in\./);
    command.interrupt();
    expect(await command.exitCode).toBe(0);
  });
});
