// The programs that some tests need, from Debian's packages: servers, a client, a browser, Python. Which of them are missing, and how they
// get there.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { findProgram, isAlive, isCI, run, SetUpError, say } from './command-line.mjs';

const policyFile = '/usr/sbin/policy-rc.d';

/** By package, in the order in which they are installed. `test/support/server-suite.ts` and `test/fuzz` look for the same. */
const programs = {
  prosody: () => findProgram('prosody') !== undefined,
  'prosody-modules': () => existsSync('/usr/lib/prosody/modules/mod_sasl2'),
  ejabberd: () => findProgram('ejabberdctl') !== undefined,
  chromium: () => findProgram('chromium', 'chromium-browser', 'google-chrome') !== undefined,
  'python3-slixmpp': () => existsSync('/usr/lib/python3/dist-packages/slixmpp'),
  python3: () => findProgram('python3') !== undefined,
};

/** Where the daemons of these packages write their process ids. */
const pidFiles = ['/run/prosody/prosody.pid', '/run/ejabberd/ejabberd.pid'];

export function missingPrograms() {
  return Object.keys(programs).filter((name) => !programs[name]());
}

export function canInstallPrograms() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
}

/** Installs what is missing, each on its own: where one package is not to be had, the others still are. */
export function installPrograms() {
  const missing = missingPrograms();
  say(`installing ${missing.join(', ')} for the tests (apt-get)`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  const update = run('apt-get', [...options, 'update'], environment);
  if (update !== 0) say(`apt-get update failed (exit code ${update}), trying with the lists at hand`);
  const daemonsBefore = daemonPids();
  withoutStartingDaemons(() => {
    for (const name of missing) {
      const code = run('apt-get', [...options, 'install', '-y', '--no-install-recommends', name], environment);
      if (code !== 0) say(`apt-get install ${name} failed (exit code ${code})`);
    }
  });
  for (const pid of daemonPids().filter((each) => !daemonsBefore.includes(each))) process.kill(pid, 'SIGTERM');
}

/** Says which tests will not run and what to do about it; under continuous integration nothing may be missing. */
export function reportMissingPrograms() {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const how = existsSync('/etc/debian_version')
    ? `sudo apt-get install --no-install-recommends ${missing.join(' ')}`
    : `install ${missing.join(', ')} (these are the names of Debian's packages)`;
  const text = `Not installed: ${missing.join(', ')}. To run the tests that need them: ${how}`;
  if (isCI()) throw new SetUpError(`${text}\n  CI is set: a missing program is a failure.`);
  say(`${text}\n  Without them these tests are reported as skipped.`);
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

function daemonPids() {
  return pidFiles.map(readPid).filter((pid) => pid > 0 && isAlive(pid));
}

function readPid(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}
