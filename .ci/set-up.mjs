// Brings a fresh clone to where `npm start` and `npm test` can run: dependencies, build, and for tests a Prosody.
// Called by prestart and pretest as `node .ci/set-up.mjs start|test`. Only Node built-ins: nothing is installed yet.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'dist', '.stamp');
const oldestNode = [20, 19];
const policyFile = '/usr/sbin/policy-rc.d';

/** Set for everything this script starts, so that a `prepare` script run by `npm ci` does not wait for us. */
const runningVariable = 'XSTATE_XMPP_SET_UP';

class SetUpError extends Error {}

try {
  if (!process.env[runningVariable]) await setUp(process.argv[2]);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function setUp(goal) {
  if (goal !== 'start' && goal !== 'test') throw new SetUpError('usage: node .ci/set-up.mjs start|test');
  checkNode();
  if (!isReady(goal)) await alone(() => makeReady(goal));
  if (goal === 'test' && !hasProsody()) reportMissingProsody();
}

function isReady(goal) {
  return hasDependencies() && isBuilt() && (goal !== 'test' || hasProsody() || !canInstallProsody());
}

function makeReady(goal) {
  process.env[runningVariable] = 'running';
  if (!hasDependencies()) installDependencies();
  if (!isBuilt()) build();
  if (goal === 'test' && !hasProsody() && canInstallProsody()) installProsody();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetUpError(
    `Node ${oldestNode.join('.')} or later is needed, this is ${process.versions.node} (${process.execPath})`,
  );
}

/**
 * Whether npm's record of what it installed holds every package of the lock file, in the locked version. Times of
 * files would not do: after `git clone` and `git checkout` they say nothing.
 */
function hasDependencies() {
  const locked = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!locked) throw new SetUpError('package-lock.json is missing or not JSON: restore it from git');
  if (!installed || !matchesManifest(locked[''])) return false;
  return Object.entries(locked).every(([path, entry]) => {
    const found = installed[path];
    if (path === '') return true;
    if (!found) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity && existsSync(join(root, path));
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** A manifest changed by hand, without its lock file, is left to `npm ci` to complain about. */
function matchesManifest(locked) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return ['dependencies', 'devDependencies', 'optionalDependencies'].every((kind) => {
    const sorted = (record) => JSON.stringify(Object.entries(record ?? {}).sort());
    return sorted(manifest[kind]) === sorted(locked[kind]);
  });
}

function installDependencies() {
  say('installing dependencies (npm ci)');
  const [command, ...before] = npmCommand();
  // NODE_ENV=production would leave out the compiler.
  const code = run(command, [...before, 'ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) throw new SetUpError(`npm ci failed (exit code ${code}): ${explainFailure(command, before)}`);
  if (!hasDependencies()) throw new SetUpError('npm ci ended well, but node_modules does not match package-lock.json');
}

function explainFailure(command, before) {
  const ping = [...before, 'ping', '--fetch-retries=0', '--fetch-timeout=5000', '--loglevel=silent'];
  if (spawnSync(command, ping, { cwd: root, stdio: 'ignore' }).status === 0) return 'see the lines of npm above';
  return 'the package registry does not answer.\n  Check the network and `npm config list` (registry, proxy), then try again.';
}

function npmCommand() {
  const nodeFolder = dirname(process.execPath);
  const cli = [
    process.env.npm_execpath,
    join(nodeFolder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(nodeFolder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path && basename(path) === 'npm-cli.js' && existsSync(path));
  if (cli) return [process.execPath, cli];
  const found = findProgram('npm');
  if (found) return [found];
  throw new SetUpError('npm is not found: install it, or run this through `npm test` or `npm start`');
}

function isBuilt() {
  try {
    return readFileSync(stampFile, 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

/** Names, sizes and times of all that the build is made from: also a deleted or an older file changes it. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const name of ['src', 'machines', 'tsconfig.json', 'package-lock.json']) addToHash(hash, name);
  return hash.digest('hex');
}

function addToHash(hash, name) {
  const path = join(root, name);
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) throw new SetUpError(`${path} is missing: restore it from git`);
  if (!status.isDirectory()) return hash.update(`${name}\0${status.size}\0${status.mtimeMs}\n`);
  for (const child of readdirSync(path).sort()) addToHash(hash, join(name, child));
}

function build() {
  say('building (tsc)');
  // Taken first: a source edited during the build makes the next run build again.
  const stamp = fingerprint();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = run(process.execPath, [compiler, '-p', 'tsconfig.json', '--noEmitOnError']);
  if (code !== 0) throw new SetUpError(`the build failed (tsc, exit code ${code}): see above`);
  writeFileSync(stampFile, stamp);
}

function hasProsody() {
  return findProgram('prosody') !== undefined;
}

function canInstallProsody() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
}

function installProsody() {
  say('installing Prosody for the interop tests (apt-get)');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  const update = run('apt-get', [...options, 'update'], environment);
  if (update !== 0) say(`apt-get update failed (exit code ${update}), trying with the lists at hand`);
  const daemonBefore = daemonPid();
  const install = withoutStartingDaemons(() =>
    run('apt-get', [...options, 'install', '-y', '--no-install-recommends', 'prosody'], environment),
  );
  if (install !== 0) say(`apt-get install failed (exit code ${install})`);
  const daemon = daemonPid();
  if (daemon !== undefined && daemon !== daemonBefore) process.kill(daemon, 'SIGTERM');
}

/** Debian starts a daemon when it installs it, unless this file says no. One that is there already stays as it is. */
function withoutStartingDaemons(action) {
  const ours = !existsSync(policyFile);
  if (ours) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return action();
  } finally {
    if (ours) rmSync(policyFile, { force: true });
  }
}

function daemonPid() {
  try {
    const pid = Number(readFileSync('/run/prosody/prosody.pid', 'utf8'));
    return pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function reportMissingProsody() {
  const how =
    process.platform === 'darwin' ? 'brew install prosody' : 'sudo apt-get install --no-install-recommends prosody';
  const text = `Prosody 0.12 or later is not installed. To run the interop tests: ${how}`;
  if (isCI()) throw new SetUpError(`${text}\n  CI is set: a missing server is a failure.`);
  say(`${text}\n  Without it they are reported as skipped.`);
}

function isCI() {
  return !['', '0', 'false'].includes(process.env.CI ?? '');
}

/** Runs `action` when no other set-up of this folder does. */
async function alone(action) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `xstate-xmpp-set-up-${name}.lock`);
  const own = `${lock}.${process.pid}`;
  // A link appears together with its content, so nobody ever reads a lock without a process id.
  writeFileSync(own, String(process.pid));
  try {
    await takeLock(lock, own);
    try {
      action();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

async function takeLock(lock, own) {
  for (let said = false; ; ) {
    try {
      return linkSync(own, lock);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = lockHolder(lock);
    if (holder !== undefined && !isAlive(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!said) say(`waiting for another set-up${holder ? ` (process ${holder})` : ''}`);
    said = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function lockHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function findProgram(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const path of names.map((each) => join(folder, each))) if (isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(command, args, environment = process.env) {
  const shell = process.platform === 'win32' && command.endsWith('.cmd');
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: environment, shell });
  if (error) throw new SetUpError(`${command} could not be started: ${error.message}`);
  if (signal) throw new SetUpError(`${basename(command)} was ended by ${signal}`);
  return status ?? 1;
}

function say(text) {
  console.error(`set-up: ${text}`);
}
