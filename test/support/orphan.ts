import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { ServerFacts } from './server.ts';
import type { ServerProgram } from './server-process.ts';

/**
 * Has a server started by a process that is killed as soon as the server accepts connections. Resolves when the server has
 * closed them: it did not outlive the one who started it.
 */
export async function orphanServer(server: ServerFacts, program: ServerProgram): Promise<void> {
  const { command, args, environment } = program;
  const script = `require('node:child_process').spawn(process.argv[1], process.argv.slice(2))`;
  const starter = spawn(process.execPath, ['-e', script, '--', command, ...args], {
    cwd: server.folder,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  const socket = await connectPatiently(server);
  starter.kill('SIGKILL');
  await closed(socket);
}

/** Whether there is a process with this id. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function connectPatiently({ ports, host }: ServerFacts): Promise<Socket> {
  for (;;) {
    const socket = connect(ports.startTls, host);
    const connected = await once(socket, 'connect').catch(() => undefined);
    if (connected) return socket;
    await setImmediate();
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.resume();
  });
}
