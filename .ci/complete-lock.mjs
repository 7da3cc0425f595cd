// Completes package-lock.json with the optional packages of other platforms that the registry in use does not serve.
// Without them `npm ci` refuses the lock file ("Missing: … from lock file"). They are entered without integrity and
// never fetched where the platform does not match. Run as `node .ci/complete-lock.mjs` after a change of dependencies.

import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    const platform = platformOf(name);
    if (!/^\d/.test(version) || !platform)
      throw new Error(`${name}@${version}, wanted by ${path}: complete it by hand`);
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
    added.push(name);
  }
}

if (added.length > 0) {
  const { '': root, ...others } = lock.packages;
  const sorted = Object.entries(others).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(
    file,
    `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, null, 2)}\n`,
  );
}
console.log(added.length > 0 ? `added ${added.join(', ')}` : 'package-lock.json is complete');

/** Looks where Node does: beside the package that wants it, then further up. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

/** Packages with machine code are named for their platform, as in `@scope/name-linux-x64-musl`. */
function platformOf(name) {
  const parts = name.split(/[-/]/);
  const os = parts.filter((part) => systems.includes(part));
  const cpu = processors.filter((each) => parts.includes(each));
  const libc = parts.includes('musl')
    ? 'musl'
    : parts.some((part) => part === 'gnu' || part === 'gnueabihf')
      ? 'glibc'
      : undefined;
  if (os.length !== 1 || cpu.length !== 1) return undefined;
  return { cpu, os, ...(libc && { libc: [libc] }) };
}
