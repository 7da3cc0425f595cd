import { PassThrough } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/program.ts';

/** What a test decides about the surroundings of the command. */
export interface Surroundings {
  readonly env?: Record<string, string>;
  /** Whether the output is a terminal, of so many columns. */
  readonly columns?: number;
  /** Whether somebody sits at the keyboard. */
  readonly keyboard?: boolean;
}

/** A command that runs in this process. */
export interface Run {
  readonly exitCode: Promise<number>;
  /** What came out so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the first line of the standard output that matches, now or later; rejects when the command ends without. */
  line(pattern: RegExp): Promise<string>;
  /** The same for what is written to the standard error output, which need not be a whole line. */
  prompt(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  /** Whether the keyboard is in raw mode, or was, in order. */
  readonly rawModes: readonly boolean[];
  interrupt(): void;
  /** Ctrl-\\: what is going on? */
  ask(): void;
}

/** Runs a command line. */
export function run(argv: readonly string[], surroundings: Surroundings = {}): Run {
  return runWith((io) => runCli(argv, io), surroundings);
}

/** Runs a command that is given what only a test can give it. */
export function runWith(
  command: (io: Io) => Promise<number>,
  { env = {}, columns, keyboard = false }: Surroundings = {},
): Run {
  const stdout = collect(columns === undefined ? {} : { isTTY: true, columns });
  const stderr = collect({});
  const rawModes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: keyboard,
    setRawMode: (mode: boolean) => rawModes.push(mode),
  });
  const interrupted = new AbortController();
  const questioned = new Set<() => void>();
  const exitCode = command({
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    signal: interrupted.signal,
    onQuestion: (listener) => {
      questioned.add(listener);
      return () => questioned.delete(listener);
    },
  });
  const ended = exitCode.then((code) => code);
  return {
    exitCode,
    stdout: stdout.text,
    stderr: stderr.text,
    line: (pattern) => stdout.find((text) => text.split('\n').find((line) => pattern.test(line)), pattern, ended),
    prompt: (pattern) => stderr.find((text) => pattern.exec(text)?.[0], pattern, ended),
    type: (keys) => stdin.write(keys),
    rawModes,
    interrupt: () => interrupted.abort(),
    ask: () => {
      for (const listener of questioned) listener();
    },
  };
}

function collect(properties: { isTTY?: boolean; columns?: number }) {
  const stream = Object.assign(new PassThrough(), properties);
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return {
    stream,
    text: () => text,
    find(look: (text: string) => string | undefined, pattern: RegExp, ended: Promise<number>): Promise<string> {
      return new Promise((resolve, reject) => {
        const check = (): boolean => {
          const found = look(text);
          if (found === undefined) return false;
          stream.off('data', check);
          resolve(found);
          return true;
        };
        if (check()) return;
        stream.on('data', check);
        ended.then((code) => check() || reject(new Error(`Ended with ${code}, without ${pattern}:\n${text}`)), reject);
      });
    },
  };
}
