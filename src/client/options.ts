import type { MemoryConnect } from '../../machines/endpoint.ts';
import type {
  AskCredentials,
  ClientClock,
  Limits,
  ReconnectPolicy,
  Timeouts,
  TrafficEntry,
} from '../../machines/settings.ts';
import type { Subprotocol } from '../../machines/subprotocol.ts';
import type { Jid } from '../jid/index.ts';

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
  /** How long to wait before connecting again; `fullJitter` if absent. */
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
