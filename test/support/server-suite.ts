import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/** A program that tests may need beside Node, named as Debian's package. `.ci/programs.mjs` installs them. */
export type Program = 'prosody' | 'prosody-modules' | 'ejabberd' | 'chromium' | 'python3-slixmpp';

/**
 * Like `describe`, for tests that need other programs: without one of them they are reported as skipped, and under
 * continuous integration (`CI` is set) as failed, for there a missing program is a broken set-up.
 */
export function describeWith(needed: Program | readonly Program[], title: string, tests: () => void): void {
  const missing = [needed].flat().filter((program) => !AVAILABLE[program]());
  if (missing.length === 0) describe(title, tests);
  else if (!isContinuousIntegration()) describe.skip(title, tests);
  else
    test(title, () => {
      throw new Error(
        `Not installed: ${missing.join(', ')} (apt-get install ${missing.join(' ')}); with CI set nothing is skipped`,
      );
    });
}

/** The path of the first of these programs that is there: in `PATH`, or where Debian puts those of the administrator. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** The names that Chromium goes by. */
export const CHROMIUM: readonly string[] = ['chromium', 'chromium-browser', 'google-chrome'];

const AVAILABLE: Readonly<Record<Program, () => boolean>> = {
  prosody: () => findProgram('prosody') !== undefined,
  'prosody-modules': () => existsSync('/usr/lib/prosody/modules/mod_sasl2'),
  ejabberd: () => findProgram('ejabberdctl') !== undefined,
  chromium: () => findProgram(...CHROMIUM) !== undefined,
  'python3-slixmpp': () => existsSync('/usr/lib/python3/dist-packages/slixmpp'),
};

function isContinuousIntegration(): boolean {
  return !['', '0', 'false'].includes(process.env.CI ?? '');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
