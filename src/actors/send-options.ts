import type { SendOptions } from '../../machines/delivery.ts';
import { LONGEST_TIMER } from '../../machines/retry.ts';
import { OptionError } from '../errors/index.ts';

/** What is wrong with options, if anything: JavaScript can give values of other kinds, and some contradict each other. */
export function problemWith(options: SendOptions): OptionError | undefined {
  if (typeof options !== 'object' || options === null) return expected('options in an object', options);
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (!check) return expected(`options named ${Object.keys(CHECKS).join(', ')}`, name);
    const [fits, kind] = check;
    if (value !== undefined && !fits(value)) return expected(`\`${name}\`, ${kind}`, value);
  }
  if (options.resend !== true || options.keep !== false) return undefined;
  return new OptionError('Expected `resend` or `keep: false`, got both', {
    hint: 'What is not worth keeping is not worth sending again either.',
  });
}

/** Whether a value will do, and what is expected where it does not. */
type Check = readonly [fits: (value: unknown) => boolean, expected: string];

const truth: Check = [(value) => typeof value === 'boolean', 'true or false'];

const CHECKS: Readonly<Record<string, Check>> = {
  expires: [isDelay, `a number of milliseconds from 0 to ${LONGEST_TIMER}`],
  keep: truth,
  resend: truth,
  whenFull: [
    (value) => value === 'reject' || value === 'drop-oldest' || value === 'wait',
    'reject, drop-oldest or wait',
  ],
};

function isDelay(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= LONGEST_TIMER;
}

function expected(what: string, got: unknown): OptionError {
  const kind = typeof got === 'object' && got !== null ? 'an object' : String(got);
  return new OptionError(`Expected ${what}, got ${kind}`, { hint: 'See the documentation of `SendOptions`.' });
}
