import { BlockList, isIP } from 'node:net';
import { withClient } from '../client/node.ts';
import { OptionError } from '../errors/index.ts';
import { bareJid, type Jid, parseJid } from '../jid/index.ts';
import { countVerdicts } from '../testing/verify/index.ts';
import { TOUR_GROUPS, type TourGroup, verify } from '../testing/verify/server/index.ts';
import { EXIT, type ExitCode } from './explain-error.ts';
import type { Io } from './io.ts';
import { clientOptions, parseTimeout } from './options.ts';
import { parseFormat, type ReportFlags, writeReport } from './verify-report.ts';

/** What the options of `verify server` come as. */
export interface VerifyFlags extends ReportFlags {
  /** Accounts on the server, all with the same password; at least one. */
  readonly jid: readonly string[];
  readonly passwordFile?: string;
  readonly port?: string;
  readonly ca?: string;
  /** `all`, or some of {@link TOUR_GROUPS} with commas between. */
  readonly tours?: string;
  /** Seconds that the server has for each answer. */
  readonly timeout?: string;
  /** `--i-may-test-this-server`: needed for every server that is not on this machine. */
  readonly iMayTestThisServer?: boolean;
}

/** Milliseconds for each answer, where --timeout says nothing else. */
const TIMEOUT = 5000;

/** The port for clients (RFC 6120 §14.7). */
const PORT = 5222;

/**
 * `xstate-xmpp verify server`: walks a server through its model, with legal moves and illegal ones, and writes where it deviates from
 * RFC 6120 and XEP-0198. A client logs in first: what keeps it out would keep every tour out. Resolves with 1 where the server deviates from a MUST.
 *
 * @throws OptionError, JidError for what the command line says; XmppError where the server cannot be reached, has no TLS, or refuses the account
 */
export async function verifyServer(host: string, flags: VerifyFlags, io: Io): Promise<ExitCode> {
  const format = parseFormat(flags.format);
  const groups = parseTours(flags.tours ?? 'all');
  const limit = flags.timeout === undefined ? TIMEOUT : parseTimeout(flags.timeout);
  checkPermission(host, flags);
  const [jid, ...others] = parseAccounts(flags.jid);
  const { port = PORT, tls, password = '' } = await optionsOf(host, jid, flags, io);
  const { ca } = tls ?? {};
  const options = { host, port, password, signal: io.signal };
  for (const account of [jid, ...others]) {
    await withClient({ ...options, jid: account, ...(tls ? { tls } : {}), timeout: 6 * limit }, () => {});
  }
  const verification = await verify({
    ...options,
    jid,
    others,
    groups,
    limit,
    ca: typeof ca === 'string' ? ca : undefined,
  });
  await writeReport(verification, format, flags, io);
  return countVerdicts(verification)['deviates (MUST)'] === 0 ? EXIT.ok : EXIT.failed;
}

/** Those of a client that goes to one host; the password is asked for last. */
async function optionsOf(host: string, jid: Jid, flags: VerifyFlags, io: Io) {
  const { port, ca, passwordFile, color } = flags;
  return clientOptions(
    jid.bare,
    {
      host,
      color,
      ...(port === undefined ? {} : { port }),
      ...(ca === undefined ? {} : { ca }),
      ...(passwordFile === undefined ? {} : { passwordFile }),
    },
    io,
  );
}

/** Accounts of one domain: it is one server that is walked. */
function parseAccounts(addresses: readonly string[]): [Jid, ...Jid[]] {
  const [first, ...others] = addresses.map((address) => bareJid(parseJid(address)));
  if (first === undefined) throw new OptionError('Expected an account after --jid, got none');
  const stranger = others.find(({ domainpart }) => domainpart !== first.domainpart);
  if (!stranger) return [first, ...others];
  throw new OptionError(`Expected accounts of one domain, got ${first.bare} and ${stranger.bare}`);
}

function parseTours(text: string): readonly TourGroup[] {
  if (text === 'all') return TOUR_GROUPS;
  return text.split(',').map((name) => {
    const group = TOUR_GROUPS.find((known) => known === name.trim());
    if (group !== undefined) return group;
    throw new OptionError(`Expected all or some of ${TOUR_GROUPS.join(', ')} after --tours, got '${name}'`);
  });
}

function checkPermission(host: string, { iMayTestThisServer }: VerifyFlags): void {
  if (iMayTestThisServer || isLoopback(host)) return;
  throw new OptionError(`${host} is not on this machine, and this sends what no client may send`, {
    hint: 'Add --i-may-test-this-server if whoever runs it agrees.',
  });
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host.toLowerCase() === 'localhost' : LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
