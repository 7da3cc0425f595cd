import { fullJitter, LONGEST_TIMER } from '../../machines/retry.ts';
import type { AskCredentials, ClientClock, ClientInput, Limits, Liveness, Timeouts } from '../../machines/settings.ts';
import { isLoopback } from '../actors/loopback.ts';
import { parseJid } from '../jid/index.ts';
import { FlightRecorder } from '../recorder/index.ts';
import { type CredentialKind, SaltedPasswords } from '../sasl/index.ts';
import { DEFAULT_LIMITS } from '../xml/index.ts';
import { hiddenSessionStore, hiddenStore, memoryStore } from './account-stores.ts';
import { checkOptions, expected } from './check-options.ts';
import type { ClientOptions, Given } from './options.ts';

/** Deadlines that hold unless others are asked for, in milliseconds. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  resolve: 10_000,
  connect: 15_000,
  open: 15_000,
  secure: 15_000,
  credentials: 300_000,
  authenticate: 30_000,
  bind: 15_000,
  close: 2_000,
  request: 30_000,
  stable: 30_000,
  network: 600_000,
};

/** How a dead connection is noticed unless something else is asked for. */
export const DEFAULT_LIVENESS: Liveness = { interval: 60_000, patience: 15_000 };

/** Milliseconds: who asks more often asks as fast as the network allows. */
const SHORTEST_LIVENESS = 100;

/** Limits that hold unless others are asked for. */
export const DEFAULT_CLIENT_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  maxQueuedStanzas: 1000,
  maxQueuedCharacters: 16 * 1024 * 1024,
  maxUnacknowledged: 1000,
  maxUnacknowledgedCharacters: 16 * 1024 * 1024,
  maxPendingRequests: 20_000,
  maxEarlyStanzas: 1000,
  maxStanzasPerTurn: 100,
};

/**
 * Checks options and completes them to the input of `clientMachine`. A password ends up in a function, not in the input.
 *
 * @throws JidError, OptionError with what was expected and what came
 */
export function clientInput(options: ClientOptions): ClientInput {
  checkOptions(options);
  return completeInput(options);
}

/** The same for options that were checked. */
export function completeInput(options: ClientOptions): ClientInput {
  const jid = typeof options.jid === 'string' ? parseJid(options.jid) : options.jid;
  return Object.freeze({
    jid,
    credentials: askOf(options),
    credentialKinds: kindsOf(options),
    location: locationOf(options),
    tls: tlsOf(options),
    mechanisms: options.mechanisms,
    channelBinding: options.channelBinding ?? 'prefer',
    pins: options.pins ? hiddenStore(options.pins) : memoryStore<string>(),
    tokens: tokensOf(options),
    saltedPasswords: new SaltedPasswords(),
    sessions: options.sessions && hiddenSessionStore(options.sessions),
    userAgent: userAgentOf(options),
    pipelining: options.pipelining ?? 'auto',
    liveness: livenessOf(options),
    streamManagement: options.streamManagement ?? true,
    language: options.language,
    timeouts: withDefaults('timeouts', DEFAULT_TIMEOUTS, options.timeouts, [0, LONGEST_TIMER]),
    limits: withDefaults('limits', DEFAULT_CLIENT_LIMITS, options.limits, [0, Number.POSITIVE_INFINITY]),
    reconnect: options.reconnect ?? fullJitter,
    random: options.random ? () => randomFrom(options.random) : Math.random,
    clock: options.clock ?? systemClock,
    onTraffic: options.onTraffic,
    recorder: options.recorder === false ? undefined : new FlightRecorder(options.clock ?? systemClock),
    subprotocols: options.subprotocols ?? NONE,
    startsAtOnce: options.startsAtOnce ?? true,
  });
}

/** Time of the platform: monotonic, so that a clock that is set changes no deadline. */
export const systemClock: ClientClock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimeout: (handler, delay) => setTimeout(handler, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};

function livenessOf({ liveness }: ClientOptions): ClientInput['liveness'] {
  if (liveness === false) return undefined;
  return withDefaults('liveness', DEFAULT_LIVENESS, liveness, [SHORTEST_LIVENESS, LONGEST_TIMER]);
}

function tokensOf({ tokens }: ClientOptions): ClientInput['tokens'] {
  if (tokens === false) return undefined;
  return tokens ? hiddenStore(tokens) : memoryStore();
}

function userAgentOf({
  userAgent: { id = randomId(), software, device } = {},
}: ClientOptions): ClientInput['userAgent'] {
  return { id, software, device };
}

/** A UUID in one piece: as the platform makes it, it is a tree of pieces that takes ten times the memory. */
function randomId(): string {
  return globalThis.crypto.randomUUID().split('-').join('-');
}

const USUAL_TLS: ClientInput['tls'] = {
  ca: undefined,
  minVersion: 'TLSv1.2',
  clientCertificate: undefined,
  fingerprints: [],
  trustsAnyCertificate: false,
};

function tlsOf({ tls }: ClientOptions): ClientInput['tls'] {
  if (!tls) return USUAL_TLS;
  const { ca, minVersion = 'TLSv1.2', clientCertificate, fingerprints = [] } = tls;
  return {
    ca,
    minVersion,
    clientCertificate: clientCertificate && (() => clientCertificate),
    fingerprints: fingerprints.map((fingerprint) => fingerprint.replaceAll(':', '').toLowerCase()),
    trustsAnyCertificate: tls.dangerouslyTrustAnyCertificate ?? false,
  };
}

function askOf({ credentials, password }: ClientOptions): AskCredentials {
  return credentials ?? (() => (password ? { password } : {}));
}

/** A token and the wish to be a guest cannot be told from a password before they are asked for: who has one says so. */
function kindsOf({ credentials, password, mechanisms, tls }: ClientOptions): readonly CredentialKind[] {
  const others: CredentialKind[] = [];
  if (credentials && mechanisms?.includes('OAUTHBEARER')) others.push('token');
  if (tls?.clientCertificate) others.push('certificate');
  if (mechanisms?.includes('ANONYMOUS')) others.push('none');
  if (credentials || password) return others.length === 0 ? PASSWORD : [...PASSWORD, ...others];
  if (others.length > 0) return others;
  throw expected('`password`, or `credentials`', password === '' ? 'an empty password' : 'neither');
}

const NONE: readonly never[] = [];

/** What most clients have; one list for all. */
const PASSWORD: readonly CredentialKind[] = ['password'];

function locationOf({ host, port, directTls, insecure, memory, websocket }: ClientOptions): ClientInput['location'] {
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw expected('`port` from 1 to 65535', String(port));
  }
  if (insecure && !(host !== undefined && isLoopback(host))) {
    throw expected('`insecure` only with `host` on loopback (localhost, 127.0.0.1, ::1)', host ?? 'no host');
  }
  const others = { host, port, directTls, insecure, memory };
  const other = websocket && Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (other) throw expected(`\`websocket\` or \`${other}\``, 'both');
  if (insecure && directTls) throw expected('`insecure` or `directTls`', 'both');
  const security = insecure ? 'none' : directTls ? 'direct-tls' : directTls === false ? 'starttls' : 'any';
  return { host, port, security, memory, websocket };
}

/** Fills in what was not given; everything must be a number between two bounds. */
function withDefaults<T extends object>(
  name: string,
  defaults: T,
  given: Given<T> | undefined,
  [least, most]: readonly [number, number],
): T {
  if (given === undefined) return defaults;
  for (const [key, value] of Object.entries(given)) {
    if (!(key in defaults)) throw expected(`\`${name}\` with ${Object.keys(defaults).join(', ')}`, key);
    if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most)) {
      throw expected(`\`${name}.${key}\`, a number from ${least} to ${most}`, String(value));
    }
  }
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(known) };
}

/** The application's source of randomness runs inside the chart, where nothing may throw. */
function randomFrom(source: (() => number) | undefined): number {
  try {
    const number = source?.();
    if (number !== undefined && number >= 0 && number < 1) return number;
  } catch {
    // As good as any: what is random cannot be wrong.
  }
  return Math.random();
}
