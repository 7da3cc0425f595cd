// Brings a fresh clone to where `npm start` and `npm test` can run: dependencies, build; for tests servers, a browser and Python.
// Called by prestart and pretest as `node .ci/set-up.mjs start|test`. Only Node built-ins: nothing is installed yet.

import { createHash } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isAlive, root, run, SetUpError, say } from './command-line.mjs';
import { hasDependencies, installDependencies } from './dependencies.mjs';
import { canInstallPrograms, installPrograms, missingPrograms, reportMissingPrograms } from './programs.mjs';

const stampFile = join(root, 'dist', '.stamp');
const oldestNode = [20, 19];

/** Set for everything this script starts, so that a `prepare` script run by `npm ci` does not wait for us. */
const runningVariable = 'XSTATE_XMPP_SET_UP';

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
  if (goal === 'test') reportMissingPrograms();
}

function isReady(goal) {
  return hasDependencies() && isBuilt() && !mayInstallPrograms(goal);
}

function makeReady(goal) {
  process.env[runningVariable] = 'running';
  if (!hasDependencies()) installDependencies();
  if (!isBuilt()) build();
  if (mayInstallPrograms(goal)) installPrograms();
}

function mayInstallPrograms(goal) {
  return goal === 'test' && missingPrograms().length > 0 && canInstallPrograms();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetUpError(
    `Node ${oldestNode.join('.')} or later is needed, this is ${process.versions.node} (${process.execPath})`,
  );
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
