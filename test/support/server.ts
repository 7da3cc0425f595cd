import type { CertificateWithKey } from '../../src/testing/certificate.ts';
import type { ServerPorts } from './server-ports.ts';

/** What a test may choose of any real server; everything has a default. */
export interface ServerOptions {
  /** Where accounts live; `capulet.example`. */
  readonly domain?: string;
  /** Passwords by localpart; `juliet` with `balcony` and `romeo` with `orchard`. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Shown instead of a certificate by a throw-away authority for the domain and the domain of guests. */
  readonly certificate?: CertificateWithKey;
  /** The only version of TLS that it speaks; 1.2 and 1.3. */
  readonly tlsVersion?: '1.2' | '1.3';
  /** PEM of an authority: clients with a certificate of its making are offered EXTERNAL. See `client-certificates.ts`. */
  readonly clientAuthority?: string;
}

/** What a test has to know of a server to reach it. */
export interface ServerFacts {
  readonly software: 'Prosody' | 'ejabberd';
  /** Where accounts live. */
  readonly domain: string;
  /** Where ANONYMOUS is offered, and nothing else. */
  readonly anonymousDomain: string;
  readonly host: '127.0.0.1';
  readonly ports: ServerPorts;
  /** Path of its WebSocket, on the ports `http` and `https`. */
  readonly webSocketPath: string;
  /** PEM of the authority to trust, for `tls.connect({ ca })`. */
  readonly authority: string;
  /** PEM of the certificate that it shows. */
  readonly certificate: string;
  /** Where it keeps everything. */
  readonly folder: string;
}

/** A server of the test's own. `stop` it in `afterAll`; when the test process dies it goes as well. */
export interface XmppServer extends ServerFacts {
  /** Process id of the server that runs; undefined when none does. */
  readonly pid: number | undefined;
  /** All that it has logged, debug level. */
  log(): Promise<string>;
  /** Ends it as an administrator does (streams are closed), and removes its folder. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. Its folder stays, for {@link restart}. */
  kill(): Promise<void>;
  /** Starts it again, after it was ended if it still runs, on the same ports with the same data. */
  restart(): Promise<void>;
}

/** The accounts of {@link ServerOptions}. */
export const USUAL_ACCOUNTS: Readonly<Record<string, string>> = { juliet: 'balcony', romeo: 'orchard' };
