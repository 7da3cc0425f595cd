import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

/** Whether a `prosody` is in the path. */
function prosodyAvailable(): boolean {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && isExecutable(join(folder, 'prosody')));
}

/**
 * Like `describe`, for tests that need a Prosody: without one they are reported as skipped, and under continuous
 * integration (`CI` is set) as failed, for there a missing server is a broken set-up.
 */
export function describeWithProsody(title: string, tests: () => void): void {
  if (prosodyAvailable()) describe(title, tests);
  else if (!isContinuousIntegration()) describe.skip(title, tests);
  else
    test(title, () => {
      throw new Error('Prosody is not installed (apt-get install prosody), and with CI set nothing is skipped');
    });
}

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
