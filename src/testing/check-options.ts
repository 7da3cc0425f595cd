import { OptionError, shown, shownKind } from '../errors/index.ts';
import type { XmlLimits } from '../xml/index.ts';

/** What one option has to be. */
export interface Check {
  /** In words. */
  readonly expected: string;
  /** What came instead, in words; `undefined` if the value will do. */
  flawOf(value: unknown): string | undefined;
  readonly isNeeded?: boolean;
  /** What has to be in it. */
  readonly inner?: Table;
}

type Table = Readonly<Record<string, Check>>;

/** A check for each option that there is, also for those that may be absent. */
export type Checks<T> = { readonly [K in keyof T]-?: Check };

/**
 * JavaScript can give anything: there must be no options but those that are known, and each of its kind.
 *
 * @param taker who takes the options
 * @throws OptionError with what was expected and what came
 */
export function checkOptions(taker: string, options: object, checks: Table): void {
  if (!isObject(options)) throw new OptionError(`Expected options for ${taker}, got ${kindOf(options)}`);
  checkAll(`${taker}()`, '', options, checks);
}

export const truth: Check = { expected: 'true or false', flawOf: unless((value) => typeof value === 'boolean') };

export const callable: Check = { expected: 'a function', flawOf: unless((value) => typeof value === 'function') };

export const anyText: Check = { expected: 'a text', flawOf: unless((value) => typeof value === 'string') };

export const text: Check = { expected: 'a text that is not empty', flawOf: unless((value) => isText(value)) };

/** A number of something, or a time. */
export const amount: Check = {
  expected: 'a number that is not negative',
  flawOf: (value) => (typeof value === 'number' && value >= 0 ? undefined : plain(value)),
};

export const count: Check = {
  expected: 'a whole number above 0',
  flawOf: (value) => (Number.isSafeInteger(value) && Number(value) > 0 ? undefined : plain(value)),
};

/** A certificate and its key. */
export const certificate: Check = {
  expected: 'an object with `certificate` and `key`, both PEM',
  flawOf: unless(
    (value) => isObject(value) && ['certificate', 'key'].every((name) => isText(Reflect.get(value, name))),
  ),
};

/** One of these. */
export function among(names: readonly string[]): Check {
  return {
    expected: `one of ${names.join(', ')}`,
    flawOf: (value) => (isAmong(names, value) ? undefined : plain(value)),
  };
}

/** A list of some of these. */
export function someOf(names: readonly string[]): Check {
  return {
    expected: `a list of some of ${names.join(', ')}`,
    flawOf: (value) => {
      if (!Array.isArray(value)) return plain(value);
      const strangers = value.filter((each) => !isAmong(names, each));
      return strangers.length === 0 ? undefined : `one with ${strangers.map(plain).join(', ')}`;
    },
  };
}

/** An object with options of its own. */
export function shape(inner: Table): Check {
  return { expected: 'an object', flawOf: unless(isObject), inner };
}

/** An option that must be there. */
export function needed(check: Check): Check {
  return { ...check, isNeeded: true };
}

/** What a peer may send. */
export const xmlLimits: Check = shape({
  maxElementBytes: amount,
  maxHeaderBytes: amount,
  maxDepth: amount,
  maxAttributes: amount,
  maxPrefixes: amount,
} satisfies Checks<XmlLimits>);

/** What a value is, never its content: an option may be a secret even where it is no text. */
export function kindOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? shownKind(value) : shown(value);
}

function checkAll(taker: string, path: string, options: object, checks: Table): void {
  const known = Object.keys(checks);
  const stranger = Object.keys(options).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const place = path === '' ? taker : `\`${path.slice(0, -1)}\` of ${taker}`;
    throw new OptionError(`Expected options that ${place} has (${known.join(', ')}), got \`${stranger}\``);
  }
  for (const [name, { expected, flawOf, isNeeded, inner }] of Object.entries(checks)) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined && !isNeeded) continue;
    const flaw = flawOf(value);
    if (flaw !== undefined) throw new OptionError(`Expected \`${path}${name}\`, ${expected}, got ${flaw}`);
    if (inner && isObject(value)) checkAll(taker, `${path}${name}.`, value, inner);
  }
}

function unless(fits: (value: unknown) => boolean): Check['flawOf'] {
  return (value) => (fits(value) ? undefined : kindOf(value));
}

/** Of what is no secret. */
function plain(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

function isAmong(names: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && names.includes(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
