#!/usr/bin/env node
import process from 'node:process';
import { EXIT, explainBug } from './explain-error.ts';
import { runCli } from './program.ts';

const interrupted = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
process.on('uncaughtException', (error) => {
  console.error(explainBug(error).text);
  process.exit(EXIT.bug);
});
// Whoever read the output has gone: nothing that is written from now on can reach them.
process.stdout.on('error', () => interrupted.abort());
process.stderr.on('error', () => interrupted.abort());

const { stdin, stdout, stderr, env } = process;
const { signal } = interrupted;
process.exitCode = await runCli(process.argv.slice(2), { stdin, stdout, stderr, env, signal, onQuestion });

/** Without a listener the signal ends the process, as it ends others. */
function onQuestion(listener: () => void): () => void {
  process.on('SIGQUIT', listener);
  return () => process.off('SIGQUIT', listener);
}

/** The first signal asks for a clean end; the second does not wait for it. */
function interrupt(): void {
  if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
  interrupted.abort();
}
