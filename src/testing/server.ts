import type { MemoryConnect } from '../../machines/endpoint.ts';
import { type Jid, parseJid } from '../jid/index.ts';
import type { SoftwareVersion } from '../payloads/index.ts';
import { StreamError } from '../stream/index.ts';
import type { Element, GivenXmlLimits } from '../xml/index.ts';
import { Accounts, PASSWORDS_CHECK } from './accounts.ts';
import {
  among,
  amount,
  anyText,
  type Checks,
  callable,
  checkOptions,
  needed,
  shape,
  truth,
  xmlLimits,
} from './check-options.ts';
import { Connection, type ConnectionHost } from './connection.ts';
import { Failures } from './failures.ts';
import { FastTokens } from './fast-tokens.ts';
import type { Hub } from './hub.ts';
import { LISTEN_CHECKS, type ListenOptions, openListeners } from './listeners.ts';
import {
  AUTHENTICATION_CHECKS,
  type AuthenticationOptions,
  createLoginPolicy,
  type LoginPolicy,
} from './login-policy.ts';
import { OfflineMessages } from './offline.ts';
import { CONFLICT_POLICIES, type ConflictPolicy, Registry } from './registry.ts';
import { Resumptions } from './resumptions.ts';
import { beginSession, type InterceptedSession } from './session.ts';

/** Something that went over the wire, in either direction. */
export interface ServerTraffic {
  readonly direction: 'received' | 'sent';
  /** Number of the connection, counted from 1. */
  readonly connection: number;
  /** The full address, once there is one. */
  readonly jid: string | undefined;
  /** One header, element or closing tag; payloads of SASL are masked. */
  readonly text: string;
}

/** What a server of {@link startServer} serves. */
export interface ServerOptions extends ListenOptions, AuthenticationOptions {
  /** Passwords by localpart. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Whether all accounts see each other's presence and have each other on their roster; yes. */
  readonly friends?: boolean | undefined;
  /** Whether a client on the plain port must, may, or cannot use TLS before it logs in; `required`. */
  readonly startTls?: 'required' | 'optional' | 'none' | undefined;
  /** What happens when a client asks for a resource that is in use; `end-older`. */
  readonly onConflict?: ConflictPolicy | undefined;
  /** Whether a client must establish the session of RFC 3921 §3; no, it is announced as optional. */
  readonly requireLegacySession?: boolean | undefined;
  /** Whether the server manages streams (XEP-0198); no. */
  readonly streamManagement?: boolean | undefined;
  /** Seconds for which a managed session outlives its connection; 600. With 0 none can be resumed. */
  readonly resumptionTime?: number | undefined;
  /** What a client may send at most: those of the client, see `XmlLimits`. */
  readonly limits?: GivenXmlLimits | undefined;
  /** What it says when asked for its software (XEP-0092). */
  readonly software?: SoftwareVersion | undefined;
  /**
   * Sees each stanza of a client first. `true` swallows it: what it does to the client is then up to the test. What it throws, such
   * as an assertion, ends this client's stream with `internal-server-error`, and {@link Server.stop} rejects with it; a
   * `StreamError` ends the stream with that error, and is no failure.
   */
  readonly intercept?: ((stanza: Element, session: InterceptedSession) => boolean | undefined) | undefined;
  /** Sees everything that is received and sent. {@link Server.stop} rejects with what it throws; the stream goes on. */
  readonly onTraffic?: ((traffic: ServerTraffic) => void) | undefined;
}

const CHECKS: Checks<ServerOptions> = {
  ...LISTEN_CHECKS,
  ...AUTHENTICATION_CHECKS,
  accounts: needed(PASSWORDS_CHECK),
  friends: truth,
  startTls: among(['required', 'optional', 'none']),
  onConflict: among(CONFLICT_POLICIES),
  requireLegacySession: truth,
  streamManagement: truth,
  resumptionTime: amount,
  limits: xmlLimits,
  software: shape({ name: anyText, version: anyText, os: anyText } satisfies Checks<SoftwareVersion>),
  intercept: callable,
  onTraffic: callable,
};

/** A running server. */
export interface Server {
  readonly domain: string;
  /** PEM of the certificate to trust, as in `tls.connect({ ca })`; empty without TLS. */
  readonly ca: string;
  /** Port of 127.0.0.1 for plain TCP and STARTTLS; 0 if it does not listen. */
  readonly port: number;
  /** Port of 127.0.0.1 for direct TLS (XEP-0368); 0 if there is none. */
  readonly tlsPort: number;
  /** Address for WebSockets (RFC 7395): `wss:`, or `ws:` without TLS; empty unless there are any. */
  readonly websocketUrl: string;
  /** Connects a client in this process without a socket. There is no TLS: the server offers SASL at once. */
  readonly connect: MemoryConnect;
  /** Full addresses that are logged in, also of sessions that lost their connection and may be resumed. */
  sessions(): string[];
  /** Sends an element as it is to the sessions of a bare address, or to that of a full one; returns to how many. */
  send(jid: string, element: Element): number;
  /**
   * Cuts the connections of a bare address, or that of a full one, without a word; returns how many. A managed session can be
   * resumed after that.
   */
  drop(jid: string): number;
  /** Makes all tokens of FAST worthless that an account has (XEP-0484); returns how many there were. */
  revokeTokens(jid: string): number;
  /**
   * Ends all streams with `system-shutdown`, stops listening, and waits until every socket is gone. Rejects then with what the
   * functions threw that the server was given (`intercept`, `onTraffic`, `tokens`): the error itself, or an AggregateError of
   * several.
   */
  stop(): Promise<void>;
}

/**
 * Starts an XMPP server for tests and demonstrations, in this process: on free ports of 127.0.0.1 with a certificate made
 * for it, and in memory. It logs clients in, routes stanzas between them, broadcasts presence, keeps messages for those
 * who are offline, and answers pings, version, disco#info and roster requests.
 *
 * @throws OptionError for options that are unknown, not what they should be, or contradict each other; OptionError and JidError
 * for accounts that cannot be
 */
export async function startServer(given: ServerOptions): Promise<Server> {
  checkOptions('startServer', given, CHECKS);
  const failures = new Failures();
  const options = watched(given, failures);
  const policy = createLoginPolicy(options);
  const hub = createHub(options);
  const connections = new Set<Connection>();
  const host = createHost(hub, policy, options, connections);
  let count = 0;
  const { close, ...ways } = await openListeners(options, (link) => {
    const connection: Connection = new Connection(link, host, {
      domain: hub.domain.full,
      limits: options.limits,
      log: logOf(options, ++count, () => connection.jid),
    });
    connections.add(connection);
    return connection.stream;
  });
  const matching = (jid: string) => hub.registry.matching(parseJid(jid));
  let stopped: Promise<void> | undefined;
  return {
    domain: hub.domain.full,
    ...ways,
    sessions: () => hub.registry.all().map(({ jid }) => jid.full),
    send: (jid, element) => matching(jid).map((session) => session.send(element)).length,
    revokeTokens: (jid) => hub.fastTokens.revokeAll(parseJid(jid)),
    drop: (jid) => matching(jid).filter((session) => session.reset()).length,
    stop: () => {
      const shutdown = new StreamError('system-shutdown');
      stopped ??= close().then(() => failures.raise());
      for (const { stream } of connections) stream.fail(shutdown);
      for (const session of hub.registry.all()) session.end(shutdown);
      return stopped;
    },
  };
}

function watched(options: ServerOptions, failures: Failures): ServerOptions {
  const { intercept, onTraffic, tokens } = options;
  return {
    ...options,
    intercept: intercept && failures.noting(intercept),
    onTraffic: onTraffic && failures.noting(onTraffic),
    tokens: tokens && failures.noting(tokens),
  };
}

/** Ten minutes, in seconds. */
const RESUMPTION_TIME = 600;
/** Two weeks, in milliseconds. */
const TOKEN_LIFETIME = 14 * 24 * 3_600_000;

function createHub(options: ServerOptions): Hub {
  const { accounts: passwords, scramIterations: iterations = 4096, tokens = () => undefined } = options;
  const { onConflict, friends, software } = options;
  const jid = parseJid(options.domain);
  return {
    domain: jid,
    accounts: new Accounts(jid.full, { passwords, iterations, tokens }),
    fastTokens: new FastTokens(options.tokenLifetime ?? TOKEN_LIFETIME),
    registry: new Registry(onConflict ?? 'end-older'),
    offline: new OfflineMessages(jid.full),
    resumptions: options.streamManagement ? new Resumptions(options.resumptionTime ?? RESUMPTION_TIME) : undefined,
    friends: friends ?? true,
    software: software ?? { name: 'xstate-xmpp/testing', version: '1' },
  };
}

function createHost(
  hub: Hub,
  policy: LoginPolicy,
  options: ServerOptions,
  connections: Set<Connection>,
): ConnectionHost {
  const { startTls = 'required', requireLegacySession = false, intercept } = options;
  return {
    domain: hub.domain.full,
    accounts: hub.accounts,
    policy,
    fastTokens: hub.fastTokens,
    startTls,
    requireLegacySession,
    begin: (wish, stream) => beginSession({ hub, intercept }, wish, stream),
    resumptions: hub.resumptions,
    forget: (connection) => connections.delete(connection),
  };
}

function logOf({ onTraffic }: ServerOptions, connection: number, jid: () => Jid | undefined) {
  if (onTraffic === undefined) return undefined;
  return (direction: 'received' | 'sent', text: string) => onTraffic({ direction, connection, jid: jid()?.full, text });
}
