import type { Evidence, XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import type {
  ChannelBindingPolicy,
  CredentialKind,
  Credentials,
  FastToken,
  SaltedPasswords,
  SaslError,
  UserAgent,
} from '../src/sasl/index.ts';
import type { Element, XmlLimits } from '../src/xml/index.ts';
import type { MemoryConnect } from './endpoint.ts';
import type { SessionStore } from './session-record.ts';
import type { Subprotocol } from './subprotocol.ts';

/** What the client wants to know when it asks for credentials. */
export interface CredentialsRequest {
  /** The SASL mechanism that was chosen. */
  readonly mechanism: string;
  /** The domain that is logged in to. */
  readonly domain: string;
  /** The account, a bare JID. */
  readonly account: string;
  /** Why the last login with credentials from this function failed; absent the first time. */
  readonly reason: SaslError | undefined;
  /** Aborted when the client no longer needs the answer. */
  readonly signal: AbortSignal;
}

/** Gives the secrets of one login. Called anew for each, so that an application can prompt. */
export type AskCredentials = (request: CredentialsRequest) => Credentials | Promise<Credentials>;

/** What a reconnection policy knows. */
export interface RetryRequest {
  /** Rounds that failed in a row since the last stable session, 1 the first time. */
  readonly attempt: number;
  readonly error: XmppError | undefined;
  /** A random number, at least 0 and below 1. */
  readonly random: number;
}

/** How many milliseconds to wait before the next round; `undefined` gives up. A pure function. */
export type ReconnectPolicy = (request: RetryRequest) => number | undefined;

/** Deadlines in milliseconds, each counted from the entry of the state it bounds. */
export interface Timeouts {
  /** Discovery of the server's endpoints. */
  readonly resolve: number;
  /** Dialling one endpoint, its TCP part. */
  readonly connect: number;
  /** From our stream header to the server's features. */
  readonly open: number;
  /** From asking for STARTTLS, or from the TCP connection, to the end of the TLS handshake. */
  readonly secure: number;
  /** The credentials function: a person may be typing. */
  readonly credentials: number;
  /** The SASL exchange itself, each answer of the server. */
  readonly authenticate: number;
  /** Resource binding, and the legacy session after it. */
  readonly bind: number;
  /** From our closing tag to the server's. */
  readonly close: number;
  /** An answer to a request, where the caller gave no time. */
  readonly request: number;
  /** How long a session must last before failed rounds are counted from zero again. */
  readonly stable: number;
  /** How long to wait for the network to come back before trying all the same. */
  readonly network: number;
}

/** How a dead connection is noticed. Milliseconds. */
export interface Liveness {
  /** How long nothing may come before the server is asked whether it is there. */
  readonly interval: number;
  /** How long it may take to answer. */
  readonly patience: number;
}

/** What a peer or the application can make grow, and how far. */
export interface Limits extends XmlLimits {
  /** Stanzas kept while there is no session. */
  readonly maxQueuedStanzas: number;
  /** UTF-16 units of those stanzas, as they will be written. */
  readonly maxQueuedCharacters: number;
  /** Stanzas that were sent and not acknowledged; more wait (XEP-0198 §4). */
  readonly maxUnacknowledged: number;
  /** UTF-16 units of those stanzas, as they were written. */
  readonly maxUnacknowledgedCharacters: number;
  /** Requests that wait for an answer. */
  readonly maxPendingRequests: number;
  /** Stanzas that may arrive between resource binding and the start of the session. */
  readonly maxEarlyStanzas: number;
  /** Stanzas that are handled before everything else in the process has its turn. */
  readonly maxStanzasPerTurn: number;
}

/** A certificate that the client shows, and what proves that it is its own. The key is a secret. */
export interface ClientCertificate {
  /** The certificate and those between it and the authority, PEM. */
  readonly certificate: string;
  /** The private key, PEM. */
  readonly key: string;
  /** Of the key, where it is encrypted. */
  readonly passphrase?: string | undefined;
}

/** How TLS is set up. Holds no secret, but a function that gives one. */
export interface TlsSettings {
  /** Certificates of the authorities to trust instead of the system's, PEM. */
  readonly ca: string | readonly string[] | undefined;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Gives the certificate that the client shows, for EXTERNAL. */
  readonly clientCertificate: (() => ClientCertificate) | undefined;
  /** SHA-256 of certificates (DER) that the server may show, 64 lower-case hexadecimal digits each; any if empty. */
  readonly fingerprints: readonly string[];
  /** Trusts whatever certificate is shown. For tests; says so loudly. */
  readonly trustsAnyCertificate: boolean;
}

/** Keeps one value for each account, a bare JID; a `Map` is one. What takes time is waited for. */
export interface AccountStore<T> {
  get(account: string): T | undefined | Promise<T | undefined>;
  set(account: string, value: T): unknown;
  delete(account: string): unknown;
}

/** Who is asked where a server is: service records of DNS (RFC 6120 §3.2), or host-meta over HTTPS (XEP-0156). */
export type DiscoverySource = 'dns' | 'host-meta';

/** One line of the traffic log. */
export interface TrafficEntry {
  readonly direction: 'SEND' | 'RECV';
  /** A header, an element or a closing tag, as it was written or as it was understood; SASL payloads are masked. */
  readonly text: string;
}

/** Keeps what a client did last, and shows it to who watches. Nothing that it is told may hold a secret, but elements of SASL. */
export interface Recorder {
  /** Whether somebody watches what becomes of stanzas. */
  readonly isWatched: boolean;
  /** Bytes came: what is understood from now on came with them. */
  heard(): void;
  /** An element was understood, or written. */
  element(direction: TrafficEntry['direction'], element: Element): void;
  /** A header or a closing tag. */
  text(direction: TrafficEntry['direction'], text: string): void;
  /** What became of a stanza that was given to be sent. */
  delivery(stanza: Element, state: DeliveryState, error?: XmppError): void;
  /** What can be told of this moment, if anything; it costs little until somebody asks. */
  evidence(): Evidence | undefined;
}

/** What becomes of a stanza that was given to be sent; see `Delivery`. */
export type DeliveryState = 'queued' | 'written' | 'acknowledged' | 'failed';

/** Where the server is, as far as the application says so. */
export interface Location {
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** `any` prefers what discovery prefers; `none` is for loopback only. */
  readonly security: 'any' | 'starttls' | 'direct-tls' | 'none';
  /** A server in this process instead of one on the network. */
  readonly memory: MemoryConnect | undefined;
  /** A WebSocket instead of what discovery finds (RFC 7395). */
  readonly websocket: string | undefined;
}

/**
 * Input of `clientMachine`: checked and complete. Make it with `clientInput()`. It holds functions that give secrets, and
 * no secret.
 */
export interface ClientInput {
  /** The account; with a resourcepart where the application wants a certain one. */
  readonly jid: Jid;
  readonly credentials: AskCredentials;
  /** What {@link credentials} can give, and what needs nothing of it. */
  readonly credentialKinds: readonly CredentialKind[];
  readonly location: Location;
  readonly tls: TlsSettings;
  /** SASL mechanisms that may be used; all that are supported if absent. */
  readonly mechanisms: readonly string[] | undefined;
  readonly channelBinding: ChannelBindingPolicy;
  /** The mechanism that worked for an account: what protects less is refused from then on. */
  readonly pins: AccountStore<string>;
  /** Tokens for fast logins (XEP-0484): secrets, which only the actor of an authentication takes out. */
  readonly tokens: AccountStore<FastToken> | undefined;
  /** Remembers what takes long to compute of a password: a secret, which nobody can take out but the actor of an authentication. */
  readonly saltedPasswords: SaltedPasswords;
  /** Keeps what of a session outlives the process; absent where nothing does. */
  readonly sessions: SessionStore | undefined;
  /** What the server learns about this installation (XEP-0388 §2.3); the id of a stored token wins. */
  readonly userAgent: UserAgent;
  /** Whether a login with a token may begin before the server said anything. */
  readonly pipelining: 'auto' | 'always' | 'never';
  /** When the server is asked whether it is there, and how long it may take to answer; absent where it is not to be asked. */
  readonly liveness: Liveness | undefined;
  /** Whether the server is asked to manage the stream (XEP-0198). */
  readonly streamManagement: boolean;
  readonly language: string | undefined;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly reconnect: ReconnectPolicy;
  /** Source of randomness for back-off and SRV weights: at least 0 and below 1. */
  readonly random: () => number;
  readonly clock: ClientClock;
  readonly onTraffic: ((entry: TrafficEntry) => void) | undefined;
  /** Keeps what the client did last; absent where nobody wants to know. */
  readonly recorder: Recorder | undefined;
  readonly subprotocols: readonly Subprotocol[];
  /** Connects without being told to. */
  readonly startsAtOnce: boolean;
}

/** Time, and timers on it; XState's `SimulatedClock` is one. */
export interface ClientClock {
  /** Milliseconds; never goes back. */
  now(): number;
  /** Milliseconds that also pass while the machine sleeps, where {@link now} may stand still; `now` serves if absent. */
  readonly wallNow?: (() => number) | undefined;
  setTimeout(handler: () => void, delay: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** What a clock calls a timer. */
export type Timer = ReturnType<typeof setTimeout> | number;
