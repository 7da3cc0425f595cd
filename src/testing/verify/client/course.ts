import { OptionError } from '../../../errors/index.ts';
import type { Listeners } from '../../listeners.ts';
import type { Course } from '../move.ts';
import type { Step } from '../steps.ts';
import type { Certificates } from './certificates.ts';
import { opened } from './clauses.ts';
import { contractError } from './command.ts';
import { CERTIFICATES } from './moves.tls.ts';
import { CLIENT_MOVES } from './moves.ts';
import { type ClientReaction, describeClientReaction } from './reaction.ts';
import type { ClientScene, Walked } from './scene.ts';
import { Stage } from './stage.ts';

/** What it takes to start a client, again and again. */
export interface ClientCourseOptions {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly isWebSocket: boolean;
  readonly walked: Walked;
  readonly certificates: Certificates;
  /** The file with the certificate that the client has to trust. */
  readonly authority: string;
  /** Ends every process at once. */
  readonly signal: AbortSignal | undefined;
}

/** A program takes its time to start: so many times what it has for anything else. */
const TIMES_TO_START = 3;

/** How a client is walked: each tour with a server and a process of its own. */
export function clientCourse(options: ClientCourseOptions): Course<ClientScene, ClientReaction> {
  return {
    moves: CLIENT_MOVES,
    who: 'the client',
    begin: (steps) => begin(options, steps),
    end: ({ stage }) => stage.close(),
    refusal: (error) => (error instanceof OptionError ? error.message : undefined),
    describe: describeClientReaction,
  };
}

/** Starts the client, and hears its header. */
async function begin(options: ClientCourseOptions, steps: readonly Step[]): Promise<ClientScene> {
  const { command, walked, certificates, isWebSocket, signal } = options;
  const kind = steps.map(({ move }) => CERTIFICATES[move]).find((each) => each !== undefined) ?? 'right';
  const stage = await Stage.open({
    command,
    domain: walked.domain,
    certificate: certificates[kind],
    isWebSocket,
    environment: (server) => environmentFor(options, server),
    signal,
  });
  try {
    const limit = TIMES_TO_START * walked.limit;
    if (!(await stage.nextLine(limit))) throw contractError(notConnected(stage, limit), command, stage.command);
    const { header } = await stage.hear((reaction) => opened(reaction) || reaction.disconnected, walked.limit);
    if (header === undefined) throw contractError('it connected, and opened no stream', command, stage.command);
    return firstScene(walked, stage, header);
  } catch (error) {
    await stage.close();
    throw error;
  }
}

function notConnected({ command }: Stage, limit: number): string {
  return command.ending === undefined
    ? `it made no connection within ${limit / 1000} s`
    : 'it ended before it made a connection';
}

function firstScene(walked: Walked, stage: Stage, header: ClientScene['header']): ClientScene {
  return {
    walked,
    stage,
    header,
    state: '',
    id: '',
    request: undefined,
    mechanism: '',
    exchange: undefined,
    isOnline: false,
    jid: '',
    sessionId: '',
  };
}

function environmentFor(options: ClientCourseOptions, { port, websocketUrl }: Listeners): NodeJS.ProcessEnv {
  const { env, walked, authority, isWebSocket } = options;
  return {
    ...env,
    XMPP_JID: walked.account,
    XMPP_PASSWORD: walked.password,
    XMPP_DOMAIN: walked.domain,
    XMPP_CA: authority,
    // For those who trust what their platform trusts.
    NODE_EXTRA_CA_CERTS: authority,
    SSL_CERT_FILE: authority,
    ...(isWebSocket
      ? { XMPP_WEBSOCKET: websocketUrl.replace('127.0.0.1', 'localhost') }
      : { XMPP_HOST: '127.0.0.1', XMPP_PORT: String(port) }),
  };
}
