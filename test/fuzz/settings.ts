/** A seed that a test run can be given; without one it is always the same, so that nobody fails for what others did not do. */
export const SEED = numberOf('FUZZ_SEED') ?? 1;

/** A whole number from the environment. */
export function numberOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`Expected a whole number in ${name}, got ${text}`);
}

/**
 * What Python does for us. Without it a test is skipped, and says why; under continuous integration (`CI` is set) it fails, for
 * there a missing program is a broken set-up.
 */
export function needsPython<T>(program: T | undefined, skip: (reason: string) => never): T {
  if (program !== undefined) return program;
  const reason = 'python3 is not installed (apt-get install python3)';
  if (isContinuousIntegration()) throw new Error(`${reason}; with CI set nothing is skipped`);
  return skip(reason);
}

/** Whether nothing may be missing. */
export function isContinuousIntegration(): boolean {
  return !['', '0', 'false'].includes(process.env.CI ?? '');
}
