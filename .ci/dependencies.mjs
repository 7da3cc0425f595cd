// The packages from the registry: whether they are there, and how they get there.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { findProgram, root, run, SetUpError, say } from './command-line.mjs';

/**
 * Whether npm's record of what it installed holds every package of the lock file, in the locked version. Times of
 * files would not do: after `git clone` and `git checkout` they say nothing.
 */
export function hasDependencies() {
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

/** `npm ci`, which installs what the lock file says. */
export function installDependencies() {
  say('installing dependencies (npm ci)');
  const [command, ...before] = npmCommand();
  // NODE_ENV=production would leave out the compiler.
  const code = run(command, [...before, 'ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) throw new SetUpError(`npm ci failed (exit code ${code}): ${explainFailure(command, before)}`);
  if (!hasDependencies()) throw new SetUpError('npm ci ended well, but node_modules does not match package-lock.json');
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
