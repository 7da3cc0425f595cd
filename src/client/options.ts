import type { MemoryConnect } from '../../machines/endpoint.ts';
import type { SessionStore } from '../../machines/session-record.ts';
import type {
  AccountStore,
  AskCredentials,
  ClientCertificate,
  ClientClock,
  Limits,
  Liveness,
  ReconnectPolicy,
  Timeouts,
  TrafficEntry,
} from '../../machines/settings.ts';
import type { Subprotocol } from '../../machines/subprotocol.ts';
import type { Jid } from '../jid/index.ts';
import type { ChannelBindingPolicy, FastToken, UserAgent } from '../sasl/index.ts';

/** Any part of it. What is `undefined` is as good as absent. */
export type Given<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** How to make a client. Only `jid`, and `password` or `credentials`, are needed; an option that is `undefined` is as good as absent. */
export interface ClientOptions {
  /** The account; with a resourcepart to ask for that resource (RFC 6120 §7.7). */
  readonly jid: string | Jid;
  /** The password of the account; shorthand for `credentials`. */
  readonly password?: string | undefined;
  /** Gives the secrets of each login; may prompt. */
  readonly credentials?: AskCredentials | undefined;
  /** Host name or address of the server, instead of discovery. The certificate must be for the JID's domain all the same. */
  readonly host?: string | undefined;
  /** Port of the server; 5222, or 5223 with `directTls`. */
  readonly port?: number | undefined;
  /** TLS from the first byte (XEP-0368). With discovery: only such endpoints. */
  readonly directTls?: boolean | undefined;
  /** No TLS at all. Only for loopback: any other `host` is refused. PLAIN must be named in `mechanisms` to be used then. */
  readonly insecure?: boolean | undefined;
  /** Address of a WebSocket (RFC 7395), instead of discovery: `wss://xmpp.example.org/ws`. `ws:` only to loopback. */
  readonly websocket?: string | undefined;
  /** A server in this process, as `server.connect` of `xstate-xmpp/testing`. Not in pages. */
  readonly memory?: MemoryConnect | undefined;
  readonly tls?: TlsOptions | undefined;
  /** SASL mechanisms that may be used, in no order: the strongest is taken. */
  readonly mechanisms?: readonly string[] | undefined;
  /** Whether a login must be bound to its TLS connection (RFC 5801 §5); `prefer` if absent. */
  readonly channelBinding?: ChannelBindingPolicy | undefined;
  /** Keeps the mechanism that worked for each account, so that nobody can talk the client into a weaker one; in memory if absent. */
  readonly pins?: AccountStore<string> | undefined;
  /** Keeps tokens for fast logins (XEP-0484), which are secrets; in memory if absent. `false`: none are asked for. */
  readonly tokens?: AccountStore<FastToken> | false | undefined;
  /**
   * Keeps what of a session outlives the process: a client that is started again with the same store resumes it, and sends what was
   * not confirmed (XEP-0198 §5). `fileSessionStore()` and `memorySessionStore()` are such stores. Absent: nothing outlives it.
   */
  readonly sessions?: SessionStore | undefined;
  /** What the server learns about this installation (XEP-0388 §2.3); a random id if absent. */
  readonly userAgent?: Given<UserAgent> | undefined;
  /**
   * Whether a login with a token may go out together with the stream header, before the server said anything: one round trip
   * less. `auto` if absent: where that is faster.
   */
  readonly pipelining?: 'auto' | 'always' | 'never' | undefined;
  /**
   * When to ask the server whether it is there (`interval`: after nothing came for so long, 60,000), and how long it may take to
   * answer (`patience`: 15,000) before the connection counts as dead; milliseconds. `false`: never.
   */
  readonly liveness?: Given<Liveness> | false | undefined;
  /** Whether to ask the server to manage the stream: nothing is lost when the connection is (XEP-0198); true if absent. */
  readonly streamManagement?: boolean | undefined;
  /** Language of people here, for the texts of the server: `en`. */
  readonly language?: string | undefined;
  readonly timeouts?: Given<Timeouts> | undefined;
  readonly limits?: Given<Limits> | undefined;
  /** How long to wait before connecting again; `fullJitter` if absent. */
  readonly reconnect?: ReconnectPolicy | undefined;
  /** Source of randomness: at least 0 and below 1. */
  readonly random?: (() => number) | undefined;
  /** Timers and time; XState's `SimulatedClock` in tests. */
  readonly clock?: ClientClock | undefined;
  /** Hears every SEND and RECV, with SASL payloads masked. */
  readonly onTraffic?: ((entry: TrafficEntry) => void) | undefined;
  /** `false`: does not keep what it did last, so that its errors have no `recording`. True if absent. */
  readonly recorder?: boolean | undefined;
  /** For a client that is embedded in a machine; otherwise see `client.use()`. */
  readonly subprotocols?: readonly Subprotocol[] | undefined;
  /** Whether an embedded client connects at once, instead of waiting for `start`; true if absent. */
  readonly startsAtOnce?: boolean | undefined;
}

/** How TLS is done. */
interface TlsOptions {
  /** Certificates of the authorities to trust instead of the system's, PEM. */
  readonly ca?: string | readonly string[] | undefined;
  /** `TLSv1.2` if absent. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** The certificate that the client shows, for EXTERNAL (RFC 6120 §6.3.4). */
  readonly clientCertificate?: ClientCertificate | undefined;
  /** SHA-256 of the certificates that the server may show, hexadecimal, with or without colons; otherwise any that is valid. */
  readonly fingerprints?: readonly string[] | undefined;
  /** Trusts whatever certificate is shown: for tests, and never elsewhere. The process is warned. */
  readonly dangerouslyTrustAnyCertificate?: boolean | undefined;
}
