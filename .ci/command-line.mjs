// What the scripts of this folder share: the programs of this machine, and what is said while they run.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the user can do something about: its message is all that is said. */
export class SetUpError extends Error {}

/** The path of the first of these programs that is there. */
export function findProgram(...names) {
  const windows = process.platform === 'win32';
  const files = windows ? names.flatMap((name) => [`${name}.exe`, `${name}.cmd`]) : names;
  // Where Debian puts programs of the administrator, which are not in the path of others.
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...(windows ? [] : ['/usr/sbin'])].filter(Boolean);
  return files.flatMap((file) => folders.map((folder) => join(folder, file))).find(isExecutable);
}

/** Runs a program in the project's folder, with our own output. Answers its exit code. */
export function run(command, args, environment = process.env) {
  const shell = process.platform === 'win32' && command.endsWith('.cmd');
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: environment, shell });
  if (error) throw new SetUpError(`${command} could not be started: ${error.message}`);
  if (signal) throw new SetUpError(`${basename(command)} was ended by ${signal}`);
  return status ?? 1;
}

export function say(text) {
  console.error(`set-up: ${text}`);
}

export function isCI() {
  return !['', '0', 'false'].includes(process.env.CI ?? '');
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
