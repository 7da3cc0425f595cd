import { RESERVED_NAMES } from '../../machines/session.facts.ts';
import { leadsToLoopback } from '../actors/loopback.ts';
import { OptionError, shown, shownKind } from '../errors/index.ts';
import { requireSubprotocol } from './check-subprotocol.ts';
import {
  address,
  type Check,
  callable,
  hasFunctions,
  hasTexts,
  isObject,
  isText,
  isTexts,
  record,
  text,
  truth,
} from './kinds.ts';
import type { ClientOptions } from './options.ts';

/**
 * JavaScript can give anything: every option that is given must be of its kind.
 *
 * @throws OptionError with what was expected and what came
 */
export function checkOptions(options: ClientOptions): void {
  if (!isObject(options)) throw expected('options', shown(options));
  for (const [name, [fits, kind]] of Object.entries(CHECKS)) {
    const value: unknown = Reflect.get(options, name);
    const isNeeded = name === 'jid';
    if ((value !== undefined || isNeeded) && !fits(value)) {
      throw expected(`\`${name}\`, ${kind}`, name === 'password' ? shownKind(value) : shown(value));
    }
  }
  checkTls(options.tls);
  checkCertificates(options.tls);
  checkNames(options.subprotocols ?? []);
}

/** The error for an option that is not what it should be. */
export function expected(what: string, got: string): OptionError {
  return new OptionError(`Expected ${what}, got ${got}`, { hint: 'See the documentation of `ClientOptions`.' });
}

const STORE = 'an object with get(), set() and delete(), as a Map';

const CHECKS: Partial<Record<keyof ClientOptions, Check>> = {
  jid: address,
  password: [(value) => typeof value === 'string', 'a text'],
  credentials: callable,
  host: text,
  directTls: truth,
  insecure: truth,
  memory: callable,
  websocket: [isWebSocketUrl, 'an address that begins with wss:, or with ws: on loopback'],
  tls: record,
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
  timeouts: record,
  limits: record,
  reconnect: callable,
  random: callable,
  clock: [isClock, 'an object with now(), setTimeout() and clearTimeout()'],
  onTraffic: callable,
  recorder: truth,
  subprotocols: [Array.isArray, 'a list'],
  startsAtOnce: truth,
};

function checkTls(tls: ClientOptions['tls']): void {
  const ca: unknown = tls?.ca;
  if (ca !== undefined && typeof ca !== 'string' && !isTexts(ca)) {
    throw expected('`tls.ca`, certificates as PEM texts', shown(ca));
  }
  const version: unknown = tls?.minVersion;
  if (version !== undefined && version !== 'TLSv1.2' && version !== 'TLSv1.3') {
    throw expected('`tls.minVersion`, TLSv1.2 or TLSv1.3', shown(version));
  }
  const trusts: unknown = tls?.dangerouslyTrustAnyCertificate;
  if (trusts !== undefined && typeof trusts !== 'boolean') {
    throw expected('`tls.dangerouslyTrustAnyCertificate`, true or false', shown(trusts));
  }
}

function checkCertificates(tls: ClientOptions['tls']): void {
  const own: unknown = tls?.clientCertificate;
  if (own !== undefined && !hasTexts(own, ['certificate', 'key'])) {
    throw expected('`tls.clientCertificate` with `certificate` and `key`, both PEM', shown(own));
  }
  const fingerprints: unknown = tls?.fingerprints;
  if (fingerprints === undefined) return;
  const fits = isTexts(fingerprints) && tls?.fingerprints?.every((each) => FINGERPRINT.test(each.replaceAll(':', '')));
  if (!fits) throw expected('`tls.fingerprints`, a list of SHA-256 in hexadecimal', shown(fingerprints));
}

const FINGERPRINT = /^[0-9A-Fa-f]{64}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

function checkNames(subprotocols: NonNullable<ClientOptions['subprotocols']>): void {
  const names = new Set<string>();
  for (const subprotocol of subprotocols) {
    requireSubprotocol('`subprotocols`', subprotocol);
    const { name } = subprotocol;
    if (names.has(name) || RESERVED_NAMES.includes(name)) {
      throw expected('`subprotocols` with a name of its own for each', `'${name}'`);
    }
    names.add(name);
  }
}

function isBindingPolicy(value: unknown): boolean {
  return value === 'require' || value === 'prefer' || value === 'never';
}

function isStore(value: unknown): boolean {
  return hasFunctions(value, ['get', 'set', 'delete']);
}

function isSessionStore(value: unknown): boolean {
  return hasFunctions(value, ['load', 'save']);
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

function isClock(value: unknown): boolean {
  return hasFunctions(value, ['now', 'setTimeout', 'clearTimeout']);
}
