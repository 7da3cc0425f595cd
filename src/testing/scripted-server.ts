import type { MemoryConnect } from '../../machines/endpoint.ts';
import { parseJid } from '../jid/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import { createScramKeys } from '../sasl/server.ts';
import type { GivenXmlLimits } from '../xml/index.ts';
import { amount, type Checks, checkOptions, count, text, xmlLimits } from './check-options.ts';
import { scriptSteps } from './conversation.ts';
import { LISTEN_CHECKS, type ListenOptions, openListeners } from './listeners.ts';
import { PeerQueue } from './peer-queue.ts';
import type { ScriptSteps } from './script-steps.ts';
import { ScriptedLine } from './scripted-line.ts';
import type { ScriptedUsers } from './scripted-sasl2.ts';

/** What a server of {@link startScriptedServer} is. */
export interface ScriptedServerOptions extends ListenOptions {
  /** The password that every user has, and the token: of FAST everybody's, of OAUTHBEARER that of `juliet`; `secret`. */
  readonly password?: string | undefined;
  /** Iterations of SCRAM; 4096. */
  readonly scramIterations?: number | undefined;
  /** How long a script waits for something to come, in milliseconds; 5000. */
  readonly timeout?: number | undefined;
  /** What a client may send at most: those of the client, see `XmlLimits`. */
  readonly limits?: GivenXmlLimits | undefined;
}

const CHECKS: Checks<ScriptedServerOptions> = {
  ...LISTEN_CHECKS,
  password: text,
  scramIterations: count,
  timeout: amount,
  limits: xmlLimits,
};

/** A client's connection to a scripted server: nothing happens on it but what the script says. */
export interface ScriptedPeer extends ScriptSteps<undefined> {
  /** Whether it came by memory or under direct TLS, or TLS was started. */
  readonly isSecure: boolean;
}

/** A server that does what a test says, also what no server may do. */
export interface ScriptedServer {
  readonly domain: string;
  /** PEM of the certificate to trust, as in `tls.connect({ ca })`; empty without TLS. */
  readonly ca: string;
  /** Port of 127.0.0.1 for plain TCP and STARTTLS; 0 if it does not listen. */
  readonly port: number;
  /** Port of 127.0.0.1 for direct TLS (XEP-0368); 0 if there is none. */
  readonly tlsPort: number;
  /** Address for WebSockets (RFC 7395): `wss:`, or `ws:` without TLS; empty unless there are any. */
  readonly websocketUrl: string;
  /** Connects a client in this process without a socket and without TLS. */
  readonly connect: MemoryConnect;
  /** The next connection, in the order in which they were made; waits for one no longer than a script waits. */
  connection(): Promise<ScriptedPeer>;
  /** Cuts all connections, ends what waits with an error, stops listening, and waits until every socket is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a server for tests that speaks only as a script tells it, on the same ways as `startServer`:
 *
 * ```ts
 * const server = await startScriptedServer({ domain: 'capulet.example' });
 * const peer = await server.connection();
 * await peer.login().sends('<message from="capulet.example"><body>Hark</body></message>').receives('</stream:stream>');
 * ```
 *
 * @throws OptionError for options that are unknown, or not what they should be
 */
export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  checkOptions('startScriptedServer', options, CHECKS);
  const domain = parseJid(options.domain).full;
  const { timeout = 5000, limits } = options;
  const users = everybody(options);
  const lines: ScriptedLine[] = [];
  const queue = new PeerQueue<ScriptedPeer>(timeout);
  const { close, ...ways } = await openListeners(options, (link) => {
    const line = new ScriptedLine(link, { side: 'server', domain, timeout, limits });
    lines.push(line);
    queue.put({
      ...scriptSteps(line, users, Promise.resolve(undefined)),
      get isSecure() {
        return link.isSecure;
      },
    });
    return line;
  });
  let stopped: Promise<void> | undefined;
  return {
    domain,
    ...ways,
    connection: () => queue.take(),
    stop: () => {
      stopped ??= close();
      queue.stop();
      for (const line of lines) void line.stop();
      return stopped;
    },
  };
}

function everybody({ password = 'secret', scramIterations: iterations }: ScriptedServerOptions): ScriptedUsers {
  return {
    token: password,
    isPassword: (_username, given) => given === password,
    keysOf: (mechanism) => createScramKeys(mechanism, password, { crypto: nodeScramCrypto, iterations }),
    ownerOf: (token) => (token === password ? 'juliet' : undefined),
    admit: () => 'guest',
  };
}
