import { type ChildProcess, spawn } from 'node:child_process';
import { OptionError } from '../../../errors/index.ts';

/** How much of what a command writes is kept, in UTF-16 units. */
const KEPT = 2000;

/** How long a process that ended may be heard, in milliseconds. */
const OUTPUT_GRACE = 500;

/** Sayings that wait to be heard; whoever says more is not listened to. */
const MOST_SAYINGS = 1000;

/** A line of the contract: what a command says of its session. */
export type Saying = { readonly type: 'online'; readonly jid: string } | { readonly type: 'offline' };

/** The process of a client, and all that it starts. */
export class Command {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #sayings: Saying[] = [];
  /** Ends it, and everything in its group, whether it wants or not. */
  readonly kill = (): void => this.#signal('SIGKILL');
  #rest = '';
  /** The end of what it wrote, on both of its outputs. */
  output = '';
  /** How it ended; undefined while it runs. */
  ending: string | undefined;

  /** Starts it in a process group of its own, which ends with this process at the latest. */
  constructor([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv, changed: () => void) {
    this.#child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', this.kill);
    this.#gone = new Promise((resolve) => {
      const end = (how: string): void => {
        this.ending ??= how;
        changed();
        resolve();
      };
      this.#child.once('error', (error) => end(`it could not be started: ${error.message}`));
      const endBy = (code: number | null, signal: NodeJS.Signals | null): void => {
        end(signal === null ? `exit code ${code}` : `signal ${signal}`);
      };
      this.#child.once('close', endBy);
      // Somebody who left the group may hold the outputs for ever; what the process itself wrote is there soon.
      this.#child.once('exit', (code, signal) => setTimeout(endBy, OUTPUT_GRACE, code, signal));
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#keep(text);
      this.#hear(text);
      changed();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
  }

  /** What it said next, if anything. */
  said(): Saying | undefined {
    return this.#sayings.shift();
  }

  /** Asks it to log out and to end. */
  terminate(): void {
    this.#signal('SIGTERM');
  }

  /** Kills it, and waits until it is gone. */
  async stop(): Promise<void> {
    this.kill();
    await this.#gone;
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    process.off('exit', this.kill);
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-KEPT);
    for (const line of lines) {
      if (this.#sayings.length >= MOST_SAYINGS) return;
      const [word, jid = ''] = line.trim().split(/\s+/);
      if (word === 'online') this.#sayings.push({ type: 'online', jid });
      else if (word === 'offline') this.#sayings.push({ type: 'offline' });
    }
  }

  #keep(text: string): void {
    this.output = (this.output + text).slice(-KEPT);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  }
}

/** Says why a command does not keep to the contract, and what to do about it. */
export function contractError(missing: string, command: readonly string[], { output, ending }: Command): OptionError {
  const end = ending === undefined ? '' : ` (${ending})`;
  const wrote = output.trim() === '' ? 'It wrote nothing.' : `It wrote: ${output.trim()}`;
  return new OptionError(`${command.join(' ')}: ${missing}${end}. ${wrote}`, { hint: HINT });
}

const HINT =
  'The command logs in as XMPP_JID with XMPP_PASSWORD at XMPP_HOST and XMPP_PORT with STARTTLS (or at XMPP_WEBSOCKET), trusts XMPP_CA, and writes `online <full JID>` on a line of its own once its session is ready: docs/verify.md has it all.';
