import { afterAll, afterEach } from 'vitest';
import { statePath } from '../../machines/index.ts';
import { type Client, type CreateClientOptions, createClient, type TrafficEntry, XmppError } from '../../src/node.ts';
import { USUAL_ACCOUNTS, type XmppServer } from '../support/server.ts';
import { type Way, wayTo } from './ways.ts';

/** For `expect.poll`: what is waited for comes soon, but on a busy machine nobody knows when. */
export const POLL = { interval: 5, timeout: 10_000 };

/** A client of juliet, unless the options say otherwise, and what goes over its wire. */
export interface Visitor {
  readonly client: Client;
  /** What was said and heard, in order. */
  readonly traffic: readonly TrafficEntry[];
  /** The mechanisms whose use was begun, with what they were bound to: `SCRAM-SHA-256-PLUS (tls-exporter)`. */
  readonly attempts: readonly string[];
  /** Starts the client. Resolves when it is online, and with the error when it fails. */
  logIn(): Promise<XmppError | undefined>;
  /** The path of the state that the client is in. */
  state(): string;
}

/** Makes clients of real servers; those that nobody wants any more leave after each test. */
export interface InteropStage {
  /** A client that gives up at the first failure, unless the options say otherwise. */
  make(server: XmppServer, way: Way, options?: Partial<CreateClientOptions>, port?: number): Visitor;
}

/** Call it while tests are described. */
export function stageVisitors(): InteropStage {
  let clients: Client[] = [];
  const leaving: Promise<void>[] = [];
  // ejabberd takes a tenth of a second to say goodbye, which no test has to wait for.
  afterEach(() => {
    leaving.push(...clients.map((client) => client.stop()));
    clients = [];
  });
  afterAll(() => Promise.all(leaving));
  return {
    make(server, way, options, port) {
      const visitor = makeVisitor({ ...wayTo(server, way, port), ...options }, options);
      clients.push(visitor.client);
      return visitor;
    },
  };
}

/** What went over the wire, in short: `SEND auth`, `RECV success`. */
export function namesOf(traffic: readonly TrafficEntry[]): string[] {
  return traffic.map(({ direction, text }) => `${direction} ${/<(\/?\w[\w:-]*)/.exec(text)?.[1]}`);
}

function makeVisitor(
  way: Partial<CreateClientOptions>,
  { jid = 'juliet@capulet.example', ...options }: Partial<CreateClientOptions> = {},
): Visitor {
  const traffic: TrafficEntry[] = [];
  const attempts: string[] = [];
  const client = createClient({
    reconnect: () => undefined,
    ...way,
    ...options,
    jid,
    ...passwordOf(String(jid), options),
    onTraffic(entry) {
      traffic.push(entry);
      const mechanism = entry.direction === 'SEND' && attemptIn(entry.text);
      if (mechanism) attempts.push(describeAttempt(mechanism, client));
    },
  });
  return { client, traffic, attempts, logIn: () => logIn(client), state: () => stateOf(client) };
}

/** Whoever says nothing of what it logs in with has the password of {@link USUAL_ACCOUNTS}. */
function passwordOf(jid: string, options: Partial<CreateClientOptions>): Pick<CreateClientOptions, 'password'> {
  if (options.password !== undefined || options.credentials !== undefined) return {};
  const password = USUAL_ACCOUNTS[jid.split('@')[0] ?? ''];
  return password === undefined ? {} : { password };
}

/** The mechanism that is begun, as it goes over the wire. */
function attemptIn(text: string): string | undefined {
  return /^<auth(?:enticate)? [^>]*mechanism="([^"]+)"/.exec(text)?.[1];
}

function describeAttempt(mechanism: string, client: Client): string {
  const binding = client.actor.getSnapshot().children.authentication?.getSnapshot().context.choice.channelBinding;
  return binding === undefined ? mechanism : `${mechanism} (${binding})`;
}

async function logIn(client: Client): Promise<XmppError | undefined> {
  client.start();
  return client.online().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof XmppError) return error;
      throw error;
    },
  );
}

function stateOf(client: Client): string {
  return statePath(client.actor.getSnapshot().value);
}
