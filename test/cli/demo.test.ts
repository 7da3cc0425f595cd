import { afterEach, expect, test, vi } from 'vitest';
import { createAuthority, startServer } from '../../src/testing/index.ts';
import { run } from './harness.ts';

vi.mock('../../src/testing/index.ts', async (importActual) => {
  const actual = await importActual<typeof import('../../src/testing/index.ts')>();
  return { ...actual, startServer: vi.fn(actual.startServer) };
});

const { startServer: actualStart } =
  await vi.importActual<typeof import('../../src/testing/index.ts')>('../../src/testing/index.ts');

afterEach(() => {
  vi.mocked(startServer).mockReset().mockImplementation(actualStart);
});

test('the demo fits a terminal of 80 columns', async () => {
  const command = run(['demo', '--no-color'], { columns: 80 });
  expect(await command.exitCode).toBe(0);
  expect(
    command
      .stdout()
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

test('a server that does not start is one line, and exit code 1', async () => {
  vi.mocked(startServer).mockRejectedValue(new Error('listen EADDRNOTAVAIL: address not available 127.0.0.1'));
  const command = run(['demo']);
  expect(await command.exitCode).toBe(1);
  expect(command.stderr()).toBe(
    'xstate-xmpp: The server of the demo did not start: listen EADDRNOTAVAIL: address not available 127.0.0.1. It needs a free port of 127.0.0.1, and nothing else.\n',
  );
});

test('whatever fails on the way is one line, exit code 1, and the server is stopped', async () => {
  const { certificate } = await createAuthority();
  const stopped = vi.fn();
  vi.mocked(startServer).mockImplementation(async (options) => {
    const server = await actualStart(options);
    return { ...server, ca: certificate, stop: () => server.stop().then(stopped) };
  });
  const command = run(['demo']);
  expect(await command.exitCode).toBe(1);
  expect(command.stderr()).toMatch(
    /^xstate-xmpp: The certificate of [^\n]+ in state linked\.securing\.handshaking\. [^\n]+\n$/,
  );
  expect(stopped).toHaveBeenCalledOnce();
});

test('an interruption is no failure', async () => {
  const command = run(['demo']);
  await command.line(/linked\.connecting/);
  command.interrupt();
  expect(await command.exitCode).toBe(130);
  expect(command.stderr()).toBe('xstate-xmpp: interrupted\n');
});
