import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainError } from '../../../src/cli/explain-error.ts';
import { type VerifyFlags, verifyServer } from '../../../src/cli/verify.ts';
import { childrenOf, parseElement } from '../../../src/xml/index.ts';
import { runWith } from '../../cli/harness.ts';
import { closedPort, openStage, SECRET, type Stage } from '../../cli/stage.ts';

let stage: Stage;
let folder: string;

beforeAll(async () => {
  stage = await openStage();
  folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-verify-'));
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

describe('verify server', () => {
  test('writes a report, and ends with 1 where the server deviates from a MUST', async () => {
    const { exitCode, stdout, stderr } = await verifyAs({ tours: 'negotiation' });
    expect(stdout).toMatch(/^verona\.example: 14 moves in 11 tours\n {2}12 met\n/);
    expect([exitCode, stderr]).toEqual([1, '']);
  });

  test('ends with 0 where it does not', async () => {
    const { exitCode, stdout } = await verifyAs({ tours: 'xml,authentication' });
    expect(stdout).toContain('  0 deviate from a MUST\n');
    expect(exitCode).toBe(0);
  });

  test('shares the tours out among several accounts', async () => {
    const jid = ['juliet@verona.example', 'romeo@verona.example'];
    const { exitCode, stdout } = await verifyAs({ jid, tours: 'xml,authentication' });
    expect(stdout).toContain('  0 deviate from a MUST\n');
    expect(exitCode).toBe(0);
  });

  test('draws the model in the colours of the verdicts', async () => {
    const out = join(folder, 'chart.svg');
    const { exitCode, stdout } = await verifyAs({ tours: 'negotiation', format: 'svg', out });
    const svg = parseElement(await readFile(out, 'utf8'));
    const layer = childrenOf(svg, 'g').find(({ attributes }) => attributes.class === 'verdicts');
    const titles = layer?.children.map((piece) =>
      typeof piece === 'string' ? '' : childrenOf(piece, 'title')[0]?.children[0],
    );
    expect(titles).toContain('tls.again: deviates (MUST)');
    expect([exitCode, stdout]).toEqual([1, '']);
  });
});

describe('what goes wrong is one line', () => {
  test('a server that is not on this machine, without leave', async () => {
    expect(await verifyAs({}, 'xmpp.verona.example')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'xstate-xmpp: xmpp.verona.example is not on this machine, and this sends what no client may send. Add --i-may-test-this-server if whoever runs it agrees.\n',
    });
  });

  test('tours and formats that do not exist', async () => {
    expect((await verifyAs({ tours: 'all,none' })).stderr).toBe(
      "xstate-xmpp: Expected all or some of negotiation, authentication, binding, stanzas, xml, management after --tours, got 'all'\n",
    );
    expect((await verifyAs({ format: 'pdf' })).stderr).toBe(
      "xstate-xmpp: Expected one of text, json, junit, svg after --format, got 'pdf'\n",
    );
  });

  test('accounts of several domains', async () => {
    const { exitCode, stderr } = await verifyAs({ jid: ['juliet@verona.example', 'romeo@mantua.example'] });
    expect([exitCode, stderr]).toEqual([
      2,
      'xstate-xmpp: Expected accounts of one domain, got juliet@verona.example and romeo@mantua.example\n',
    ]);
  });

  test('one of several accounts that the server does not know', async () => {
    const { exitCode, stderr } = await verifyAs({ jid: ['juliet@verona.example', 'nobody@verona.example'] });
    expect(stderr).toMatch(/^xstate-xmpp: The server refused the authentication with not-authorized[^\n]+\n$/);
    expect(exitCode).toBe(3);
  });

  test('an account that the server refuses', async () => {
    const { exitCode, stderr } = await verifyAs({}, '127.0.0.1', 'not-the-secret');
    expect(stderr).toMatch(/^xstate-xmpp: The server refused the authentication with not-authorized[^\n]+\n$/);
    expect(exitCode).toBe(3);
  });

  test('nobody there', async () => {
    const { exitCode, stderr } = await verifyAs({ port: String(await closedPort()) });
    expect(stderr).toMatch(
      /^xstate-xmpp: The connection to 127\.0\.0\.1:\d+ \(STARTTLS\) failed: ECONNREFUSED[^\n]+\n$/,
    );
    expect(exitCode).toBe(5);
  });

  test('a server without TLS', async () => {
    const bare = await openStage({ tls: false });
    const { exitCode, stderr } = await verifyAs({ port: String(bare.server.port) });
    await bare.close();
    expect(stderr).toMatch(/^xstate-xmpp: The server offers no TLS[^\n]+\n$/);
    expect(exitCode).toBe(4);
  });
});

async function verifyAs(flags: Partial<VerifyFlags>, host = '127.0.0.1', password = SECRET) {
  const port = String(stage.server.port);
  const command = runWith(
    (io) =>
      verifyServer(host, { jid: ['juliet@verona.example'], port, ca: stage.ca, color: true, ...flags }, io).catch(
        (error) => {
          const { text, exitCode } = explainError(error);
          io.stderr.write(`${text}\n`);
          return exitCode;
        },
      ),
    { env: { XMPP_PASSWORD: password } },
  );
  const exitCode = await command.exitCode;
  return { exitCode, stdout: command.stdout(), stderr: command.stderr() };
}
