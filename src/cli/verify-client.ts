import { OptionError } from '../errors/index.ts';
import { CLIENT_TOUR_GROUPS, CLIENT_TOURS, verifyClient } from '../testing/verify/client/index.ts';
import { countVerdicts } from '../testing/verify/index.ts';
import { EXIT, type ExitCode } from './explain-error.ts';
import type { Io } from './io.ts';
import { parseTimeout } from './options.ts';
import { createTerminal } from './terminal.ts';
import { parseFormat, type ReportFlags, writeReport } from './verify-report.ts';

/** What the options of `verify client` come as. */
export interface VerifyClientFlags extends ReportFlags {
  /** `all`, or some groups and names of tours with commas between. */
  readonly tours?: string;
  /** Write the tours instead. */
  readonly list?: boolean;
  readonly over?: 'tcp' | 'websocket';
  /** Seconds that the client has for each step. */
  readonly timeout?: string;
  /** Tours at a time. */
  readonly parallel?: string;
}

/** What `--tours` takes. */
export const CLIENT_TOURS_HELP = `some of ${CLIENT_TOUR_GROUPS.join(',')}, or tours as in "login 2" (default: all)`;

const MOST_PARALLEL = 64;

/**
 * `xstate-xmpp verify client`: runs a command against a scripted server, a process for each tour, and writes where the client deviates from
 * RFC 6120 and XEP-0198. The plain login comes first: what keeps the command out there would keep it out of every tour. Resolves with 1 where
 * the client deviates from a MUST, and where no move could be made after all.
 *
 * @throws OptionError for what the command line says, and for a command that does not get through the plain login
 */
export async function verifyCommand(command: readonly string[], flags: VerifyClientFlags, io: Io): Promise<ExitCode> {
  if (flags.list) {
    createTerminal(io).print(...CLIENT_TOURS.map(({ name, moves }) => `${name.padEnd(18)}${moves.join(', ')}`));
    return EXIT.ok;
  }
  const format = parseFormat(flags.format);
  const tours = parseTours(flags.tours ?? 'all');
  const limit = flags.timeout === undefined ? undefined : parseTimeout(flags.timeout);
  const parallel = flags.parallel === undefined ? undefined : parseParallel(flags.parallel);
  if (command.length === 0) {
    throw new OptionError('Expected the command of a client after --, got none', {
      hint: 'As in: xstate-xmpp verify client -- node my-client.mjs. It keeps to the contract of docs/verify.md.',
    });
  }
  const { env, signal } = io;
  const verification = await verifyClient({ command, env, over: flags.over, tours, limit, parallel, signal });
  await writeReport(verification, format, flags, io);
  const isMet = verification.findings.length > 0 && countVerdicts(verification)['deviates (MUST)'] === 0;
  return isMet ? EXIT.ok : EXIT.failed;
}

function parseTours(text: string): readonly string[] | undefined {
  if (text === 'all') return undefined;
  const known = new Set<string>([...CLIENT_TOUR_GROUPS, ...CLIENT_TOURS.map(({ name }) => name)]);
  return text.split(',').map((each) => {
    const name = each.trim();
    if (known.has(name)) return name;
    const groups = CLIENT_TOUR_GROUPS.join(', ');
    throw new OptionError(`Expected all, or some of ${groups} after --tours, got '${name}'`, {
      hint: '--list writes the names of all tours.',
    });
  });
}

function parseParallel(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= MOST_PARALLEL) return number;
  throw new OptionError(`Expected a number from 1 to ${MOST_PARALLEL} after --parallel, got '${text}'`);
}
