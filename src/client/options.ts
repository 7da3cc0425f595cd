import type { MemoryConnect } from '../../machines/endpoint.ts';
import { fullJitter, LONGEST_TIMER } from '../../machines/retry.ts';
import type {
  AskCredentials,
  ClientClock,
  ClientInput,
  Limits,
  ReconnectPolicy,
  Timeouts,
  TrafficEntry,
} from '../../machines/settings.ts';
import type { Subprotocol } from '../../machines/subprotocol.ts';
import { type Jid, parseJid } from '../jid/index.ts';
import { DEFAULT_LIMITS } from '../xml/index.ts';
import { checkOptions, expected } from './check-options.ts';

/** How to make a client. Only `jid`, and `password` or `credentials`, are needed. */
export interface ClientOptions {
  /** The account; with a resourcepart to ask for that resource (RFC 6120 §7.7). */
  readonly jid: string | Jid;
  /** The password of the account; shorthand for `credentials`. */
  readonly password?: string;
  /** Gives the secrets of each login; may prompt. */
  readonly credentials?: AskCredentials;
  /** Host name or address of the server, instead of discovery. The certificate must be for the JID's domain all the same. */
  readonly host?: string;
  /** Port of the server; 5222, or 5223 with `directTls`. */
  readonly port?: number;
  /** TLS from the first byte (XEP-0368). With discovery: only such endpoints. */
  readonly directTls?: boolean;
  /** No TLS at all. Only for loopback: any other `host` is refused. PLAIN must be named in `mechanisms` to be used then. */
  readonly insecure?: boolean;
  /** A server in this process, as `server.connect` of `xstate-xmpp/testing`. */
  readonly memory?: MemoryConnect;
  readonly tls?: {
    /** Certificates of the authorities to trust instead of the system's, PEM. */
    readonly ca?: string | readonly string[];
    /** `TLSv1.2` if absent. */
    readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  };
  /** SASL mechanisms that may be used, in no order: the strongest is taken. */
  readonly mechanisms?: readonly string[];
  /** Language of people here, for the texts of the server: `en`. */
  readonly language?: string;
  readonly timeouts?: Partial<Timeouts>;
  readonly limits?: Partial<Limits>;
  /** How long to wait before connecting again; {@link fullJitter} if absent. */
  readonly reconnect?: ReconnectPolicy;
  /** Source of randomness: at least 0 and below 1. */
  readonly random?: () => number;
  /** Timers and time; XState's `SimulatedClock` in tests. */
  readonly clock?: ClientClock;
  /** Hears every SEND and RECV, with SASL payloads masked. */
  readonly onTraffic?: (entry: TrafficEntry) => void;
  /** For a client that is embedded in a machine; otherwise see `client.use()`. */
  readonly subprotocols?: readonly Subprotocol[];
  /** Whether an embedded client connects at once, instead of waiting for `start`; true if absent. */
  readonly startsAtOnce?: boolean;
}

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

/** Limits that hold unless others are asked for. */
export const DEFAULT_CLIENT_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  maxQueuedStanzas: 1000,
  maxPendingRequests: 20_000,
  maxEarlyStanzas: 1000,
};

/**
 * Checks options and completes them to the input of `clientMachine`. A password ends up in a function, not in the input.
 *
 * @throws JidError, OptionError with what was expected and what came
 */
export function clientInput(options: ClientOptions): ClientInput {
  checkOptions(options);
  const jid = typeof options.jid === 'string' ? parseJid(options.jid) : options.jid;
  return Object.freeze({
    jid,
    credentials: credentialsOf(options),
    location: locationOf(options),
    tls: { ca: options.tls?.ca, minVersion: options.tls?.minVersion ?? 'TLSv1.2' },
    mechanisms: options.mechanisms,
    language: options.language,
    timeouts: withDefaults('timeouts', DEFAULT_TIMEOUTS, options.timeouts, LONGEST_TIMER),
    limits: withDefaults('limits', DEFAULT_CLIENT_LIMITS, options.limits, Number.POSITIVE_INFINITY),
    reconnect: options.reconnect ?? fullJitter,
    random: options.random ? () => randomFrom(options.random) : Math.random,
    clock: options.clock ?? systemClock,
    onTraffic: options.onTraffic,
    subprotocols: options.subprotocols ?? [],
    startsAtOnce: options.startsAtOnce ?? true,
  });
}

/** Time of the platform: monotonic, so that a clock that is set changes no deadline. */
export const systemClock: ClientClock = {
  now: () => performance.now(),
  setTimeout: (handler, delay) => setTimeout(handler, delay),
  clearTimeout: (timer) => clearTimeout(timer),
};

function credentialsOf({ credentials, password }: ClientOptions): AskCredentials {
  if (credentials) return credentials;
  if (typeof password === 'string' && password !== '') return () => ({ password });
  throw expected('`password`, or `credentials`', password === '' ? 'an empty password' : 'neither');
}

function locationOf({ host, port, directTls, insecure, memory }: ClientOptions): ClientInput['location'] {
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw expected('`port` from 1 to 65535', String(port));
  }
  if (insecure && !(host !== undefined && LOOPBACK.has(host))) {
    throw expected('`insecure` only with `host` on loopback (localhost, 127.0.0.1, ::1)', host ?? 'no host');
  }
  if (insecure && directTls) throw expected('`insecure` or `directTls`', 'both');
  const security = insecure ? 'none' : directTls ? 'direct-tls' : directTls === false ? 'starttls' : 'any';
  return { host, port, security, memory };
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/** Fills in what was not given; everything must be a number from 0 to `most`. */
function withDefaults<T extends object>(name: string, defaults: T, given: Partial<T> | undefined, most: number): T {
  if (given === undefined) return defaults;
  for (const [key, value] of Object.entries(given)) {
    if (!(key in defaults)) throw expected(`\`${name}\` with ${Object.keys(defaults).join(', ')}`, key);
    if (value !== undefined && !(typeof value === 'number' && value >= 0 && value <= most)) {
      throw expected(`\`${name}.${key}\`, a number from 0 to ${most}`, String(value));
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
