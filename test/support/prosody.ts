import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CertificateWithKey, createAuthority } from '../../src/testing/certificate.ts';
import {
  accountFile,
  accountText,
  HTTP_MODULES,
  PARENT_MODULE,
  type ProsodyLayout,
  type ProsodyPorts,
  prosodyConfig,
  READY_LINE,
  USUAL_MODULES,
} from './prosody-config.ts';

/** What a test may choose; everything has a default. */
export interface ProsodyOptions {
  /** The virtual host; `capulet.example`. */
  readonly domain?: string;
  /** Passwords by localpart; `juliet` with `balcony` and `romeo` with `orchard`. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Modules beside {@link USUAL_MODULES}. */
  readonly modules?: readonly string[];
  /** Of the usual modules, those to leave out. */
  readonly without?: readonly string[];
  /** `internal_plain`; with `internal_hashed` only SCRAM-SHA-1 and PLAIN are offered. */
  readonly authentication?: ProsodyLayout['authentication'];
  /** Opens the HTTP and HTTPS ports, with WebSocket (`/xmpp-websocket`) and BOSH (`/http-bind`); closed. */
  readonly http?: boolean;
  /** Shown instead of a certificate for the domain by a throw-away authority. */
  readonly certificate?: CertificateWithKey;
  /** Folders with modules of the tests' own. */
  readonly pluginFolders?: readonly string[];
  /** Lua text, global; wins over what stands before it. */
  readonly config?: string;
  /** Lua text at the end of the virtual host; components may follow. */
  readonly hostConfig?: string;
}

/** A Prosody of the test's own. `stop` it in `afterAll`; when the test process dies it goes as well. */
export interface ProsodyServer {
  readonly domain: string;
  readonly host: '127.0.0.1';
  readonly ports: ProsodyPorts;
  /** PEM of the authority to trust, for `tls.connect({ ca })`. */
  readonly authority: string;
  readonly folder: string;
  /** Process id of the server that runs; undefined when none does. */
  readonly pid: number | undefined;
  /** All that it has logged, debug level. */
  log(): Promise<string>;
  /** Ends it as an administrator does (streams are closed), and removes its folder. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. Its folder stays, for {@link restart}. */
  kill(): Promise<void>;
  /** Starts it again, after it was ended if it still runs, on the same ports with the same data. */
  restart(): Promise<void>;
}

const START_LIMIT = 15_000;
const STOP_LIMIT = 5_000;

/** Starts a Prosody in a temporary folder, on free ports of 127.0.0.1. Rejects with its log when it does not come up. */
export async function startProsody(options: ProsodyOptions = {}): Promise<ProsodyServer> {
  const domain = options.domain ?? 'capulet.example';
  const authority = await createAuthority();
  const certificate = options.certificate ?? (await authority.issue({ domains: [domain] }));
  const folder = await mkdtemp(join(tmpdir(), 'prosody-'));
  const layout: ProsodyLayout = {
    folder,
    domain,
    ports: await freePorts(),
    modules: modulesOf(options),
    authentication: options.authentication ?? 'internal_plain',
    pluginFolders: options.pluginFolders ?? [],
    config: options.config ?? '',
    hostConfig: options.hostConfig ?? '',
  };
  const accounts = options.accounts ?? { juliet: 'balcony', romeo: 'orchard' };
  await writeFiles(folder, {
    'key.pem': certificate.key,
    'certificate.pem': certificate.certificate,
    'plugins/mod_parent.lua': PARENT_MODULE,
    'prosody.cfg.lua': prosodyConfig(layout),
    ...Object.fromEntries(
      Object.entries(accounts).map(([name, password]) => [`data/${accountFile(domain, name)}`, accountText(password)]),
    ),
  });
  return supervise(layout, authority.certificate);
}

function modulesOf(options: ProsodyOptions): readonly string[] {
  const usual = USUAL_MODULES.filter((name) => !options.without?.includes(name));
  return [...usual, ...(options.http ? HTTP_MODULES : []), ...(options.modules ?? [])];
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function supervise(layout: ProsodyLayout, authority: string): Promise<ProsodyServer> {
  const { folder } = layout;
  let child: ChildProcess | undefined;
  const removeAll = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  const log = () => readFile(join(folder, 'prosody.log'), 'utf8').catch(() => '(no log)');
  const start = async () => {
    child = spawnProsody(folder);
    await untilReady(child, log);
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child) await endProcess(child, signal);
    child = undefined;
  };

  process.once('exit', removeAll);
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeAll);
  };
  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    await remove();
    throw error;
  }
  return {
    domain: layout.domain,
    host: '127.0.0.1',
    ports: layout.ports,
    authority,
    folder,
    get pid() {
      return child && isRunning(child) ? child.pid : undefined;
    },
    log,
    stop: async () => {
      await end('SIGTERM');
      await remove();
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
  };
}

function spawnProsody(folder: string): ChildProcess {
  // Its standard input ends with this process, for whatever reason: see PARENT_MODULE.
  const child = spawn('prosody', ['-F', '--config', join(folder, 'prosody.cfg.lua')], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {});
  return child;
}

/** Waits until Prosody says that it is ready; that it ends first, or could not open a port, is a failure. */
async function untilReady(child: ChildProcess, log: () => Promise<string>): Promise<void> {
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT);
  const output = await new Promise<string>((resolve) => {
    let text = '';
    const add = (more: string) => {
      text += more;
      if (text.includes(READY_LINE)) resolve(text);
    };
    child.stdout?.setEncoding('utf8').on('data', add);
    child.stderr?.setEncoding('utf8').on('data', add);
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(text));
  });
  clearTimeout(limit);
  const logged = await log();
  const closedPort = /Failed to open server port.*/.exec(logged)?.[0];
  if (!isRunning(child)) throw new Error(`Prosody ended at its start: ${outcome(child)}\n${output}\n${logged}`);
  if (closedPort) throw new Error(`Prosody could not start: ${closedPort}\n${output}\n${logged}`);
}

function outcome(child: ChildProcess): string {
  if (child.pid === undefined) return 'it could not be started';
  return child.signalCode === 'SIGKILL' ? `not ready within ${START_LIMIT} ms` : `exit code ${child.exitCode}`;
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!isRunning(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
  await ended;
  clearTimeout(late);
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Four ports that nobody listens on, from below the range that systems choose from for outgoing connections. */
async function freePorts(): Promise<ProsodyPorts> {
  const servers: Server[] = [];
  while (servers.length < 4) {
    const server = await listen(10_000 + Math.floor(Math.random() * 20_000));
    if (server) servers.push(server);
  }
  const [startTls = 0, directTls = 0, http = 0, https = 0] = servers.map(
    (each) => (each.address() as AddressInfo).port,
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { startTls, directTls, http, https };
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}
