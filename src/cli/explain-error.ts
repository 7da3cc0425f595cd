import { classifyFailure } from '../../machines/index.ts';
import { OptionError, RequestTimeoutError, SessionEndedError, TransportError, XmppError } from '../errors/index.ts';
import { RecordingError } from '../inspect/replay/index.ts';
import { JidError } from '../jid/index.ts';
import { StanzaError } from '../stanza/index.ts';
import { escapeControls } from './terminal.ts';

/** Exit codes of the command. */
export const EXIT = {
  ok: 0,
  /** The demo failed; a recording, or a server that is verified, does otherwise than it should. */
  failed: 1,
  /** The command line, a file it names, or the environment. */
  usage: 2,
  /** The server refused the credentials. */
  credentials: 3,
  /** Trying again would do harm or no good: a bad certificate, no TLS, a policy, a conflict. */
  refused: 4,
  /** The network, or a server that is in trouble: the same may work later. */
  network: 5,
  /** The answer to the request was an error. */
  stanza: 6,
  /** No answer in the time that was given. */
  timeout: 7,
  /** A bug in this program: `EX_SOFTWARE` of sysexits. */
  bug: 70,
  /** Interrupted: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What to tell a person about an error: one line, except for bugs. */
export interface Explanation {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Explains an error: what failed, in which state, at which endpoint, and what to do. */
export function explainError(error: unknown): Explanation {
  if (isAbort(error)) return { text: `${NAME}: interrupted`, exitCode: EXIT.interrupted };
  if (error instanceof SessionEndedError && error.cause instanceof XmppError) return explainError(error.cause);
  if (!(error instanceof XmppError) || error.code === 'transport/internal-error') return explainBug(error);
  return { text: `${NAME}: ${sentenceOf(error)}`, exitCode: exitCodeOf(error) };
}

/** What an error says: what failed, where unless that is `known`, and what to do; not on which other endpoints. */
export function describeError(error: XmppError, known?: string): string {
  const { message, phase, endpoint } = error;
  const isNew = endpoint !== undefined && endpoint !== known && !message.includes(endpoint);
  const where = [phase && `in state ${phase}`, isNew && `at ${endpoint}`].filter(Boolean).join(', ');
  const what = message.replace(/\.$/, '') + (where && ` — ${where}`);
  const hint = error.hint ?? (error instanceof RequestTimeoutError ? 'Give it more time with --timeout.' : undefined);
  return hint === undefined ? what : `${what}. ${hint}`;
}

function sentenceOf(error: XmppError): string {
  const sentences = [describeError(error), triedOf(error)].filter((sentence) => sentence !== undefined);
  return escapeControls(sentences.join('. ').replaceAll('.. ', '. '));
}

/** Endpoints that are listed: the peer's domain decides how many there are. */
const LISTED = 8;

/** What each endpoint of this round said, where there were more than one. */
function triedOf({ attempts }: XmppError): string | undefined {
  if (attempts.length < 2) return undefined;
  const listed = attempts.slice(0, LISTED).map(({ endpoint, code }) => `${endpoint}: ${code.replace(/^.*\//, '')}`);
  if (attempts.length > LISTED) listed.push(`and ${attempts.length - LISTED} more`);
  return `Tried, in this order: ${listed.join('; ')}.`;
}

const NAME = 'xstate-xmpp';

const CLASS_CODES = {
  terminal: EXIT.refused,
  'needs-credentials': EXIT.credentials,
  retry: EXIT.network,
  'retry-elsewhere': EXIT.network,
} as const;

function exitCodeOf(error: XmppError): ExitCode {
  if (error instanceof OptionError || error instanceof JidError || error instanceof RecordingError) return EXIT.usage;
  if (error instanceof RequestTimeoutError) return EXIT.timeout;
  if (error instanceof StanzaError) return EXIT.stanza;
  if (error instanceof SessionEndedError) return EXIT.network;
  return CLASS_CODES[classifyFailure(error)];
}

/** Explains an error that nobody expected, with its stack. */
export function explainBug(error: unknown): Explanation {
  const known = error instanceof TransportError && error.cause !== undefined ? error.cause : error;
  const details = known instanceof Error ? (known.stack ?? known.message) : String(known);
  const lines = details.split('\n').map(escapeControls).join('\n');
  return {
    text: `${NAME}: this is a bug, please report it, with what you did and these lines:\n${lines}`,
    exitCode: EXIT.bug,
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
