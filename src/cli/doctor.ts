import type { DiscoverySources } from '../actors/discovery.ts';
import { lookupSrv } from '../actors/dns.ts';
import { fetchHostMeta } from '../actors/host-meta-node.ts';
import { type ClientOptions, clientInput } from '../client/index.ts';
import { parseJid } from '../jid/index.ts';
import { discover } from './doctor-discovery.ts';
import { type Examination, examine } from './doctor-examination.ts';
import { reportAsJson } from './doctor-json.ts';
import { formatDiscovery, formatExamination, formatVerdict } from './doctor-text.ts';
import { judge } from './doctor-verdict.ts';
import type { ExitCode } from './explain-error.ts';
import type { Io } from './io.ts';
import { parseTimeout, type ServerFlags, serverOptions } from './options.ts';
import { createTerminal, escapeControls } from './terminal.ts';

/** What the options of `doctor` come as. */
export interface DoctorFlags extends ServerFlags {
  readonly json?: boolean;
}

/** Endpoints that are tried: a domain can name any number. */
const MOST_ENDPOINTS = 8;

/** Nothing is wrong with the server, but with this program. */
const BUG = 'transport/internal-error';

/**
 * `xstate-xmpp doctor`: finds out where a domain can be reached, tries each endpoint as far as a client gets without
 * logging in, and writes what it saw. Resolves with the exit code. No secret is needed, and none is sent.
 *
 * @throws OptionError, JidError for what the command line says; AbortError when it is interrupted
 */
export async function doctor(
  address: string,
  flags: DoctorFlags,
  io: Io,
  sources: DiscoverySources = { lookupSrv, fetchHostMeta },
): Promise<ExitCode> {
  const terminal = createTerminal(io, { colors: flags.color });
  const write = (lines: readonly string[]): void => {
    if (!flags.json) terminal.print(...lines);
  };
  const options = await optionsFor(address, flags, io, ({ direction, text }) =>
    terminal.warn(`${direction}  ${escapeControls(text)}`),
  );
  const settings = clientInput(options);
  const discovery = await discover(settings, sources, io.signal);
  const domain = settings.jid.domainpart;
  write(formatDiscovery(discovery, domain, terminal));
  const examinations: Examination[] = [];
  for (const endpoint of discovery.endpoints.slice(0, MOST_ENDPOINTS)) {
    const examination = await examine(endpoint, options, io.signal);
    if (examination.error?.code === BUG) throw examination.error;
    examinations.push(examination);
    write(formatExamination(examination, examinations.length, domain, terminal));
  }
  const verdict = judge(discovery, examinations);
  const untried = Math.max(0, discovery.endpoints.length - MOST_ENDPOINTS);
  const report = { domain, discovery, examinations, untried, verdict };
  write(formatVerdict(report, terminal));
  if (flags.json) terminal.print(reportAsJson(report));
  return verdict.exitCode;
}

/** Those of a client that has a password, and whatever else the mechanisms need that are named: nobody ever asks for it. */
async function optionsFor(
  address: string,
  flags: DoctorFlags,
  io: Io,
  onTraffic: NonNullable<ClientOptions['onTraffic']>,
): Promise<ClientOptions> {
  const jid = parseJid(address);
  const limit = flags.timeout === undefined ? undefined : parseTimeout(flags.timeout);
  return {
    jid,
    credentials: () => ({}),
    ...(await serverOptions(flags, ['password', 'token', 'certificate', 'none'], io)),
    ...(limit === undefined ? {} : { timeouts: { resolve: limit, connect: limit, open: limit, secure: limit } }),
    ...(flags.traffic ? { onTraffic } : {}),
  };
}
