import { RESERVED_NAMES } from '../../machines/session.facts.ts';
import { OptionError } from '../errors/index.ts';
import type { ClientOptions } from './options.ts';

/** Whether a value will do, and what is expected where it does not. */
type Check = readonly [fits: (value: unknown) => boolean, expected: string];

/**
 * JavaScript can give anything: every option that is given must be of its kind.
 *
 * @throws OptionError with what was expected and what came
 */
export function checkOptions(options: ClientOptions): void {
  if (!isObject(options)) throw expected('options', show(options));
  for (const [name, [fits, kind]] of Object.entries(CHECKS)) {
    const value: unknown = Reflect.get(options, name);
    const isNeeded = name === 'jid';
    if ((value !== undefined || isNeeded) && !fits(value)) throw expected(`\`${name}\`, ${kind}`, show(value));
  }
  checkTls(options.tls);
  checkNames(options.subprotocols ?? []);
}

/** The error for an option that is not what it should be. */
export function expected(what: string, got: string): OptionError {
  return new OptionError(`Expected ${what}, got ${got}`, { hint: 'See the documentation of `ClientOptions`.' });
}

const text: Check = [(value) => typeof value === 'string' && value !== '', 'a text that is not empty'];
const truth: Check = [(value) => typeof value === 'boolean', 'true or false'];
const callable: Check = [isFunction, 'a function'];

const CHECKS: Partial<Record<keyof ClientOptions, Check>> = {
  jid: [(value) => typeof value === 'string' || (isObject(value) && 'domainpart' in value), 'an address'],
  credentials: callable,
  host: text,
  directTls: truth,
  insecure: truth,
  memory: callable,
  tls: [isObject, 'an object'],
  mechanisms: [isTexts, 'a list of texts'],
  language: text,
  timeouts: [isObject, 'an object'],
  limits: [isObject, 'an object'],
  reconnect: callable,
  random: callable,
  clock: [isClock, 'an object with now(), setTimeout() and clearTimeout()'],
  onTraffic: callable,
  subprotocols: [Array.isArray, 'a list'],
  startsAtOnce: truth,
};

function checkTls(tls: ClientOptions['tls']): void {
  const ca: unknown = tls?.ca;
  if (ca !== undefined && typeof ca !== 'string' && !isTexts(ca)) {
    throw expected('`tls.ca`, certificates as PEM texts', show(ca));
  }
  const version: unknown = tls?.minVersion;
  if (version !== undefined && version !== 'TLSv1.2' && version !== 'TLSv1.3') {
    throw expected('`tls.minVersion`, TLSv1.2 or TLSv1.3', show(version));
  }
}

function checkNames(subprotocols: NonNullable<ClientOptions['subprotocols']>): void {
  const names = new Set<string>();
  for (const { name } of subprotocols) {
    if (names.has(name) || RESERVED_NAMES.includes(name)) {
      throw expected('`subprotocols` with a name of its own for each', `'${name}'`);
    }
    names.add(name);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isClock(value: unknown): boolean {
  return isObject(value) && ['now', 'setTimeout', 'clearTimeout'].every((name) => isFunction(Reflect.get(value, name)));
}

/** A value in a message: never its content, which may be a secret, unless it is short and plain. */
function show(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return value === undefined ? 'none' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
