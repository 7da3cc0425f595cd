import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectDemo } from '../../src/cli/demo-inspected.ts';
import { explainError } from '../../src/cli/explain-error.ts';
import { type InspectFlags, inspect } from '../../src/cli/inspect.ts';
import type { Io } from '../../src/cli/io.ts';
import { ask, command, openPage } from '../inspect/live/page.ts';
import { runWith } from './harness.ts';
import { openStage, SECRET, type Stage } from './stage.ts';

const JULIET = 'juliet@verona.example';
const env = { XMPP_PASSWORD: SECRET };
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Runs the command as the program does. */
function run(flags: Partial<InspectFlags> = {}, address = `${JULIET}/balcony`) {
  const { server, ca } = stage;
  const all = { host: '127.0.0.1', port: String(server.port), ca, color: false, ...flags };
  return runWith((io) => exitCodeOf(inspect(address, all, io), io), { env });
}

async function exitCodeOf(command: Promise<void>, { stderr }: Io): Promise<number> {
  try {
    await command;
    return 0;
  } catch (error) {
    const { text, exitCode } = explainError(error);
    stderr.write(text);
    return exitCode;
  }
}

describe('inspect', () => {
  test('prints the address of the page, logs in, and ends with the signal', async () => {
    const running = run();
    const url = (await running.line(/^ {2}http:/)).trim();
    await running.line(/The address of this session is/);
    expect(stage.server.sessions()).toEqual([`${JULIET}/balcony`]);
    const page = await openPage(url);
    expect(await page.until(({ messages }) => messages.find(({ type }) => type === 'actors'))).toMatchObject({
      explanation: { state: 'linked.online' },
    });
    running.interrupt();
    expect(await running.exitCode).toBe(0);
    expect(stage.server.sessions()).toEqual([]);
    expect(running.stderr()).toBe('');
    expect(running.stdout() + page.raw()).not.toContain(SECRET);
  });

  test('stays when the client failed, so that the page can say why', async () => {
    const running = runWith(
      (io) => {
        const { server, ca } = stage;
        return exitCodeOf(inspect(JULIET, { host: '127.0.0.1', port: String(server.port), ca, color: false }, io), io);
      },
      { env: { XMPP_PASSWORD: 'wrong' } },
    );
    const url = (await running.line(/^ {2}http:/)).trim();
    await running.line(/failed\.needsCredentials/);
    expect((await ask(url, `${new URL(url).pathname}chart.css`)).status).toBe(200);
    running.interrupt();
    expect(await running.exitCode).toBe(0);
  });

  test('names a port that is in use, and no port', async () => {
    const running = run();
    const { port } = new URL((await running.line(/^ {2}http:/)).trim());
    const second = run({ pagePort: port });
    expect(await second.exitCode).toBe(2);
    expect(second.stderr()).toBe(
      `xstate-xmpp: Port ${port} of 127.0.0.1 is in use: another program listens there, or another inspector. Choose another one, or none: then a free one is taken.`,
    );
    running.interrupt();
    await running.exitCode;
    const third = run({ pagePort: '65536' });
    expect(await third.exitCode).toBe(2);
    expect(third.stderr()).toBe("xstate-xmpp: Expected a port from 1 to 65535 after --page-port, got '65536'");
  });
});

describe('the demo for a browser', () => {
  test('begins when the page is open; a connection that is dropped comes back', async () => {
    const running = runWith((io) => exitCodeOf(inspectDemo({ color: false }, io), io));
    const url = (await running.line(/^ {2}http:/)).trim();
    const page = await openPage(url);
    const clients = await page.until(({ messages }) => messages.find(({ type }) => type === 'clients'));
    const juliet = clients.type === 'clients' ? clients.clients[0] : undefined;
    expect(juliet?.name).toBe('juliet@verona.example');
    const entersOnline = () =>
      page
        .entries()
        .filter(
          (e) =>
            e.kind === 'transition' &&
            e.client === juliet?.id &&
            e.moved &&
            e.states.includes('linked.online.liveness.fresh'),
        ).length;
    await page.until(() => entersOnline() === 1 || undefined);
    expect(await command(url, { type: 'drop', client: juliet?.id })).toEqual({ ok: true });
    await page.until(({ entries }) =>
      entries().find((e) => e.kind === 'error' && e.code === 'transport/connection-reset'),
    );
    expect(await command(url, { type: 'reconnect.now', client: juliet?.id })).toEqual({ ok: true });
    await page.until(() => entersOnline() === 2 || undefined);
    running.interrupt();
    expect(await running.exitCode).toBe(0);
    expect(running.stderr()).toBe('');
  });

  test('ends with the signal also when no page was opened', async () => {
    const running = runWith((io) => exitCodeOf(inspectDemo({ color: false }, io), io));
    await running.line(/Ctrl-C ends the demo/);
    running.interrupt();
    expect(await running.exitCode).toBe(0);
  });
});
