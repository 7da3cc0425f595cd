import type { MemoryConnect } from '../../machines/endpoint.ts';
import { OptionError } from '../errors/index.ts';
import { parseJid } from '../jid/index.ts';
import type { GivenXmlLimits } from '../xml/index.ts';
import {
  amount,
  anyText,
  type Check,
  type Checks,
  callable,
  certificate,
  checkOptions,
  needed,
  text,
  xmlLimits,
} from './check-options.ts';
import { dial, memoryWay, tcpWay, type Way, webSocketWay } from './client-links.ts';
import type { ClientTlsOptions } from './client-tls.ts';
import { clientSteps } from './conversation.ts';
import type { ClientSteps } from './script-steps.ts';
import { ScriptedLine } from './scripted-line.ts';

/** Where a client of {@link connectScriptedClient} goes: to exactly one of `memory`, `port`, `tlsPort` and `websocketUrl`. */
export interface ScriptedClientOptions extends ClientTlsOptions {
  /** The domain that the client wants to talk to. */
  readonly domain: string;
  /** A server in this process: the `connect` of `startServer` or `startScriptedServer`. */
  readonly memory?: MemoryConnect | undefined;
  /** Port for TCP, and TLS if the script asks for it. */
  readonly port?: number | undefined;
  /** Port for direct TLS (XEP-0368). */
  readonly tlsPort?: number | undefined;
  /** Host of the ports; 127.0.0.1. */
  readonly host?: string | undefined;
  /** Address of a WebSocket (RFC 7395), `ws:` or `wss:`. */
  readonly websocketUrl?: string | undefined;
  /** How long a script waits for something to come, and the client for its connection, in milliseconds; 5000. */
  readonly timeout?: number | undefined;
  /** What the server may send at most: those of the client, see `XmlLimits`. */
  readonly limits?: GivenXmlLimits | undefined;
}

/** 0 is that of a server which does not listen. */
const PORT: Check = {
  expected: 'a port, up to 65535',
  flawOf: (value) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535 ? undefined : String(value),
};

const CHECKS: Checks<ScriptedClientOptions> = {
  domain: needed(text),
  memory: callable,
  port: PORT,
  tlsPort: PORT,
  host: text,
  websocketUrl: {
    expected: 'an address that begins with ws: or wss:',
    flawOf: (value) => (value === '' || /^wss?:\/\/./.test(String(value)) ? undefined : String(value)),
  },
  timeout: amount,
  limits: xmlLimits,
  // That of a server without TLS is empty.
  ca: anyText,
  clientCertificate: certificate,
};

/** A connection to a server: nothing happens on it but what the script says. */
export interface ScriptedClient extends ClientSteps<undefined> {
  /** Whether it is in memory or under direct TLS, or TLS was started. */
  readonly isSecure: boolean;
  /** Cuts the connection, ends what waits with an error, and waits until the socket is gone. */
  stop(): Promise<void>;
}

/**
 * Connects a client for tests of servers, which speaks only as a script tells it:
 *
 * ```ts
 * const client = await connectScriptedClient({ domain: 'capulet.example', port: server.port, ca: server.ca });
 * await client.login({ username: 'juliet', password: 'balcony' })
 *   .sends('<iq type="get" id="1" to="capulet.example"><ping xmlns="urn:xmpp:ping"/></iq>')
 *   .receives('<iq type="result" id="1" from="capulet.example" to="*"/>');
 * await client.stop();
 * ```
 *
 * Rejects with the reason where there is no connection.
 *
 * @throws OptionError unless there is exactly one way to go, and for options that are unknown, or not what they should be
 */
export async function connectScriptedClient(options: ScriptedClientOptions): Promise<ScriptedClient> {
  checkOptions('connectScriptedClient', options, CHECKS);
  const domain = parseJid(options.domain).full;
  const { timeout = 5000, limits } = options;
  const way = wayOf({ ...options, domain });
  const line = await dial(way, (link) => new ScriptedLine(link, { side: 'client', domain, timeout, limits }), timeout);
  return {
    ...clientSteps(line, Promise.resolve(undefined)),
    get isSecure() {
      return line.link.isSecure;
    },
    stop: () => line.stop(),
  };
}

function wayOf({ memory, port, tlsPort, host = '127.0.0.1', websocketUrl, ...options }: ScriptedClientOptions): Way {
  // A server has 0 and '' where it does not listen.
  const ways = [
    memory && memoryWay(memory),
    port && tcpWay({ ...options, host, port }, { directTls: false }),
    tlsPort && tcpWay({ ...options, host, port: tlsPort }, { directTls: true }),
    websocketUrl && webSocketWay(websocketUrl, options),
  ].filter((way) => typeof way === 'object');
  const [way] = ways;
  if (way && ways.length === 1) return way;
  throw new OptionError(`Expected exactly one of memory, port, tlsPort and websocketUrl, got ${ways.length}`);
}
