import { RESERVED_NAMES } from '../../machines/session.facts.ts';
import { leadsToLoopback } from '../actors/loopback.ts';
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
  checkCertificates(options.tls);
  checkNames(options.subprotocols ?? []);
}

/** The error for an option that is not what it should be. */
export function expected(what: string, got: string): OptionError {
  return new OptionError(`Expected ${what}, got ${got}`, { hint: 'See the documentation of `ClientOptions`.' });
}

const text: Check = [isText, 'a text that is not empty'];
const truth: Check = [(value) => typeof value === 'boolean', 'true or false'];
const callable: Check = [isFunction, 'a function'];

const STORE = 'an object with get(), set() and delete(), as a Map';

const CHECKS: Partial<Record<keyof ClientOptions, Check>> = {
  jid: [(value) => typeof value === 'string' || (isObject(value) && 'domainpart' in value), 'an address'],
  credentials: callable,
  host: text,
  directTls: truth,
  insecure: truth,
  memory: callable,
  websocket: [isWebSocketUrl, 'an address that begins with wss:, or with ws: on loopback'],
  tls: [isObject, 'an object'],
  mechanisms: [isTexts, 'a list of texts'],
  channelBinding: [isBindingPolicy, 'require, prefer or never'],
  pins: [isStore, STORE],
  tokens: [(value) => value === false || isStore(value), `${STORE}, or false`],
  sessions: [isSessionStore, 'an object with load() and save()'],
  userAgent: [isUserAgent, 'an object with texts, and an id that is a UUID'],
  pipelining: [(value) => value === 'auto' || value === 'always' || value === 'never', 'auto, always or never'],
  liveness: [(value) => value === false || isObject(value), 'an object, or false'],
  streamManagement: truth,
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

function checkCertificates(tls: ClientOptions['tls']): void {
  const own: unknown = tls?.clientCertificate;
  if (own !== undefined && !(isObject(own) && ['certificate', 'key'].every((name) => isText(Reflect.get(own, name))))) {
    throw expected('`tls.clientCertificate` with `certificate` and `key`, both PEM', show(own));
  }
  const fingerprints: unknown = tls?.fingerprints;
  if (fingerprints === undefined) return;
  const fits = isTexts(fingerprints) && tls?.fingerprints?.every((each) => FINGERPRINT.test(each.replaceAll(':', '')));
  if (!fits) throw expected('`tls.fingerprints`, a list of SHA-256 in hexadecimal', show(fingerprints));
}

const FINGERPRINT = /^[0-9A-Fa-f]{64}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

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

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isBindingPolicy(value: unknown): boolean {
  return value === 'require' || value === 'prefer' || value === 'never';
}

function isStore(value: unknown): boolean {
  return isObject(value) && ['get', 'set', 'delete'].every((name) => isFunction(Reflect.get(value, name)));
}

function isSessionStore(value: unknown): boolean {
  return isObject(value) && ['load', 'save'].every((name) => isFunction(Reflect.get(value, name)));
}

/** XEP-0388 §2.3 wants a UUID v4: others would say something about the device. */
function isUserAgent(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, software, device }: { id?: unknown; software?: unknown; device?: unknown } = value;
  const isId = id === undefined || (typeof id === 'string' && UUID.test(id));
  return isId && [software, device].every((each) => each === undefined || isText(each));
}

/** An address that may be dialled: of `ws:` only those of this machine, and nothing in it that would be shown and is secret. */
export function isWebSocketUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  const { protocol, username, hash } = url;
  if (username !== '' || hash !== '') return false;
  return protocol === 'wss:' || (protocol === 'ws:' && leadsToLoopback(url));
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
