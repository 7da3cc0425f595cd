import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoctorFlags } from '../../src/cli/doctor.ts';
import {
  type ScriptedPeer,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../../src/testing/index.ts';
import { runDoctor, steady } from './doctor-run.ts';

/** What a scripted server does on one connection. Its value is what came and was not asked for. */
type Script = (peer: ScriptedPeer) => Promise<readonly string[]>;

/** What became of the examination of a scripted server. */
interface Examined {
  readonly exitCode: number;
  /** The report about its only endpoint. */
  readonly lines: readonly string[];
  readonly verdict: readonly string[];
  /** What came on each connection beyond what its script asked for. */
  readonly came: readonly (readonly string[])[];
}

const endings: (() => Promise<unknown>)[] = [];

/** Starts a server that plays a script on each connection, in their order. */
export async function openScripted(
  scripts: readonly Script[],
  options: Partial<ScriptedServerOptions> = {},
): Promise<{ server: ScriptedServer; ca: string; came: Promise<(readonly string[])[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-doctor-'));
  const server = await startScriptedServer({ domain: 'verona.example', ...options });
  endings.push(
    () => server.stop(),
    () => rm(folder, { recursive: true }),
  );
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, server.ca);
  const came = Promise.all(scripts.map(async (script) => script(await server.connection())));
  // Who does not wait for it has seen something else fail.
  came.catch(() => {});
  return { server, ca, came };
}

/** Examines a scripted server; with STARTTLS unless the flags say otherwise. */
export async function examineScripted(
  scripts: readonly Script[],
  flags: Partial<DoctorFlags> = {},
  options: Partial<ScriptedServerOptions> = {},
): Promise<Examined> {
  const { server, ca, came } = await openScripted(scripts, options);
  const way = { host: '127.0.0.1', port: String(flags.directTls ? server.tlsPort : server.port), ca };
  const command = runDoctor('verona.example', { ...way, ...flags });
  const exitCode = await command.exitCode;
  const report = steady(command.stdout());
  const end = report.indexOf('Verdict');
  return { exitCode, lines: report.slice(4, end - 1), verdict: report.slice(end + 1), came: await came };
}

/** Stops all servers of a test. */
export async function stopServers(): Promise<void> {
  for (const end of endings.splice(0)) await end();
}
