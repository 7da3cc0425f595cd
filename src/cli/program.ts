import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { OptionError } from '../errors/index.ts';
import { CHART_FORMATS, type ChartFlags, chart } from './chart.ts';
import { type ConnectFlags, connect } from './connect.ts';
import { type DemoFlags, demo } from './demo.ts';
import { type InspectedDemoFlags, inspectDemo } from './demo-inspected.ts';
import { type DoctorFlags, doctor } from './doctor.ts';
import { EXIT, type ExitCode, explainError } from './explain-error.ts';
import { type InspectFlags, inspect } from './inspect.ts';
import type { Io } from './io.ts';
import type { ConnectionFlags } from './options.ts';
import { type ReplayFlags, replay } from './replay.ts';
import { escapeControls } from './terminal.ts';
import { type VerifyFlags, verifyServer } from './verify.ts';
import { CLIENT_TOURS_HELP, type VerifyClientFlags, verifyCommand } from './verify-client.ts';
import { VERIFY_FORMATS } from './verify-report.ts';
import { version } from './version.ts';

/** Runs the command line, without the names of Node and of the program, and resolves with its exit code. Never rejects. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let outcome: ExitCode = EXIT.ok;
  try {
    await createProgram(io, (exitCode) => {
      outcome = exitCode;
    }).parseAsync(argv, { from: 'user' });
    return outcome;
  } catch (error) {
    // Commander has written what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { text, exitCode } = explainError(error);
    io.stderr.write(`${text}\n`);
    // The demo needs nothing from outside: how it failed is of no use to a script.
    return argv[0] === 'demo' && exitCode !== EXIT.bug && exitCode !== EXIT.interrupted ? EXIT.failed : exitCode;
  }
}

function createProgram(io: Io, end: (exitCode: ExitCode) => void): Command {
  const program = new Command('xstate-xmpp')
    .description('An XMPP client whose connection is a statechart.')
    .version(ownVersion(), '--version', 'write the version of xstate-xmpp')
    .helpOption('--help', 'write this help')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(xstate-xmpp --help lists commands and options)')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(asLine(text)),
    })
    .addHelpText('after', HELP);
  addConnect(program, io);
  addVersion(program, io);
  addDoctor(program, io, end);
  addReplay(program, io, end);
  addChart(program, io);
  addInspect(program, io);
  addVerify(program, io, end);
  addDemo(program, io);
  return program;
}

function addConnect(program: Command, io: Io): void {
  withConnectionOptions(program.command('connect'))
    .description('Log in and stay online until Ctrl-C: shows every state, reconnects, answers pings, prints messages.')
    .argument('<JID>', 'address of the account, as in juliet@example.org')
    .option('--traffic', 'show every SEND and RECV, with SASL masked')
    .option('--timeout <SECONDS>', 'give up when not online within this time (default: never)')
    .option(
      '--record <FILE>',
      'write what happened to a file, for replay; no secrets, but names of accounts and servers',
    )
    .option('--explain', 'say what it waits for whenever nothing moves for two seconds (Ctrl-\\ asks at any time)')
    .action((jid: string, flags: ConnectFlags) => connect(jid, flags, io));
}

function addInspect(program: Command, io: Io): void {
  withConnectionOptions(program.command('inspect'))
    .description(
      'Log in and stay online, as connect does, and show it all on a page: open the address that is written.',
    )
    .argument('<JID>', 'address of the account, as in juliet@example.org')
    .option('--page-port <PORT>', 'port of the page on 127.0.0.1 (default: one that is free)')
    .option('--traffic', 'show every SEND and RECV here as well, with SASL masked')
    .action((jid: string, flags: InspectFlags) => inspect(jid, flags, io));
}

function addChart(program: Command, io: Io): void {
  program
    .command('chart')
    .description('Draw a chart: one of this library, or of a file of yours.')
    .argument('[MACHINE]', 'client, session, authentication, or an export of --module (default: client)')
    .addOption(program.createOption('--format <FORMAT>', 'what to write (default: mermaid)').choices(CHART_FORMATS))
    .option('--out <FILE>', 'file to write (default: the standard output)')
    .option('--module <FILE>', 'JavaScript module that exports machines')
    .action((machine: string | undefined, flags: ChartFlags) => chart(machine, flags, io));
}

function addVerify(program: Command, io: Io, end: (exitCode: ExitCode) => void): void {
  const verify = program.command('verify').description('See whether somebody else keeps to the specifications.');
  verify
    .command('server')
    .description('Walk a server through its model, with legal moves and illegal ones, and say where it deviates.')
    .argument('<HOST>', 'host name or address of the server')
    .requiredOption('--jid <JID>', 'account on that server; more of them share the work', collect)
    .option('--password-file <FILE>', 'file with the password in its first line')
    .option('--port <PORT>', 'port of the server (default: 5222)')
    .option('--ca <FILE>', 'certificate of the authority to trust instead of those of the system, PEM')
    .option('--tours <NAMES>', 'some of negotiation,authentication,binding,stanzas,xml,management (default: all)')
    .addOption(verify.createOption('--format <FORMAT>', 'what to write (default: text)').choices(VERIFY_FORMATS))
    .option('--out <FILE>', 'file to write (default: the standard output)')
    .option('--timeout <SECONDS>', 'time for each answer (default: 5)')
    .option('--i-may-test-this-server', 'needed for every server that is not on this machine')
    .addOption(verify.createOption('--password <SECRET>').hideHelp().argParser(refusePassword))
    .option('--no-color', 'write without colours (so does the variable NO_COLOR)')
    .action(async (host: string, flags: VerifyFlags) => end(await verifyServer(host, flags, io)));
  verify
    .command('client')
    .description('Run a client against a scripted server, tour by tour, and say where it deviates.')
    .usage('[options] -- COMMAND [ARGS]')
    .argument('[COMMAND...]', 'how to start it: it keeps to the contract of docs/verify.md')
    .option('--tours <NAMES>', CLIENT_TOURS_HELP)
    .option('--list', 'write the tours, and walk none')
    .addOption(verify.createOption('--over <WAY>', 'how it connects (default: tcp)').choices(['tcp', 'websocket']))
    .addOption(verify.createOption('--format <FORMAT>', 'what to write (default: text)').choices(VERIFY_FORMATS))
    .option('--out <FILE>', 'file to write (default: the standard output)')
    .option('--timeout <SECONDS>', 'time for each step of the client (default: 5)')
    .option('--parallel <NUMBER>', 'tours at a time (default: 4)')
    .option('--no-color', 'write without colours (so does the variable NO_COLOR)')
    .action(async (command: readonly string[], flags: VerifyClientFlags) =>
      end(await verifyCommand(command, flags, io)),
    );
}

function addReplay(program: Command, io: Io, end: (exitCode: ExitCode) => void): void {
  program
    .command('replay')
    .description('Feed a recording to the chart once more: write the timeline, and where the chart does otherwise now.')
    .argument('<FILE>', 'a recording: of connect --record, or client.recording() as JSON')
    .option('--no-color', 'write without colours (so does the variable NO_COLOR)')
    .action(async (path: string, flags: ReplayFlags) => end(await replay(path, flags, io)));
}

function addVersion(program: Command, io: Io): void {
  withConnectionOptions(program.command('version'))
    .description('Log in, ask for a software version, log out.')
    .argument('<JID>', 'address of the account, as in juliet@example.org')
    .argument('[TARGET]', 'whom to ask (default: the server of the account)')
    .option('--traffic', 'show every SEND and RECV on the standard error output, with SASL masked')
    .option('--timeout <SECONDS>', 'time for everything (default: 30)')
    .action((jid: string, target: string | undefined, flags: ConnectionFlags) => version(jid, target, flags, io));
}

function addDoctor(program: Command, io: Io, end: (exitCode: ExitCode) => void): void {
  withServerOptions(program.command('doctor'))
    .description('Find out where a domain can be reached, and try each endpoint, without logging in.')
    .argument('<DOMAIN|JID>', 'the domain, or an address of it: no account is used')
    .option('--json', 'write one JSON document')
    .option('--traffic', 'show every SEND and RECV on the standard error output')
    .option('--timeout <SECONDS>', 'time for each step: discovery, dialling, TLS, opening (default: 10 to 15)')
    .action(async (address: string, flags: DoctorFlags) => end(await doctor(address, flags, io)));
}

function addDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .description('Show a whole life of a connection, against a server that runs in this process. Needs no network.')
    .option('--traffic', 'show every SEND and RECV, with SASL masked')
    .option('--inspect', 'show it on a page instead, with buttons to try: open the address that is written')
    .option('--page-port <PORT>', 'port of that page on 127.0.0.1 (default: one that is free)')
    .option('--no-color', 'write without colours (so does the variable NO_COLOR)')
    .action((flags: DemoFlags & InspectedDemoFlags & { readonly inspect?: boolean }) =>
      flags.inspect ? inspectDemo(flags, io) : demo(flags, io),
    );
}

function withConnectionOptions(command: Command): Command {
  return withServerOptions(command).option('--password-file <FILE>', 'file with the password in its first line');
}

function withServerOptions(command: Command): Command {
  return command
    .option('--host <HOST>', 'host name or address of the server, instead of what DNS says')
    .option('--port <PORT>', 'port of the server (default: 5222, or 5223 with --direct-tls)')
    .option('--direct-tls', 'TLS from the first byte (XEP-0368) instead of STARTTLS')
    .option('--websocket <URL>', 'WebSocket of the server (RFC 7395), as in wss://example.org/ws')
    .option('--ca <FILE>', 'certificate of the authority to trust instead of those of the system, PEM')
    .option('--client-certificate <FILE>', 'certificate to show, for EXTERNAL, PEM')
    .option('--client-key <FILE>', 'its private key, PEM')
    .option('--mechanism <NAME>', 'SASL mechanism that may be used; again for more (default: all)', collect)
    .option('--require-channel-binding', 'only logins that are bound to their TLS connection')
    .addOption(command.createOption('--password <SECRET>').hideHelp().argParser(refusePassword))
    .option('--no-color', 'write without colours (so does the variable NO_COLOR)');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Refused in words of its own: the complaint about an unknown option would repeat the password. */
function refusePassword(): never {
  throw new OptionError('There is no --password: every user of this machine could read it', {
    hint: 'Use --password-file, the variable XMPP_PASSWORD, or the prompt.',
  });
}

const HELP = `
Password:
  The first line of --password-file, else the variable XMPP_PASSWORD, else a
  prompt on the terminal, which does not show it. Never an argument. None is
  wanted where --mechanism names only EXTERNAL or ANONYMOUS, nor by doctor.

Exit codes:
    0  done; for connect: logged out after a signal; for doctor: a client could
       log in
    1  the demo failed; for replay: the chart does otherwise now; for
       verify: the server, or the client, deviates from a MUST
    2  usage: an argument, a file, or no password
    3  the server refused the credentials
    4  refused for good: certificate, TLS, policy, conflict
    5  the network, or a server in trouble: try again later
    6  the request was answered with an error
    7  no answer in time
   70  a bug in xstate-xmpp: please report it
  130  interrupted

Examples:
  xstate-xmpp demo --traffic
  xstate-xmpp connect juliet@example.org
  xstate-xmpp connect juliet@example.org --websocket wss://example.org/ws
  xstate-xmpp doctor example.org
  xstate-xmpp version juliet@example.org conference.example.org --timeout 10
  xstate-xmpp version juliet@localhost --host 127.0.0.1 --ca server.pem`;

/** Commander repeats arguments in its messages, where a secret may stand, and writes its advice on lines of its own. */
function asLine(text: string): string {
  const shown = text.replace(/^error: /, '').replace(/(--?[\w-]+)=[^']*/g, '$1');
  return `xstate-xmpp: ${shown.trimEnd().split('\n').map(escapeControls).join(' ')}\n`;
}

function ownVersion(): string {
  const path = createRequire(import.meta.url).resolve('xstate-xmpp/package.json');
  const manifest: { version: string } = JSON.parse(readFileSync(path, 'utf8'));
  return manifest.version;
}
