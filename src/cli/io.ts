import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes, and who may interrupt it: the process, or a test. */
export interface Io {
  /** Asked for a password, and for nothing else. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** What was asked for. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Errors, warnings, prompts. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears when somebody asks what is going on (SIGQUIT, Ctrl-\ on a terminal); the returned function ends that. */
  readonly onQuestion?: (listener: () => void) => () => void;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}
