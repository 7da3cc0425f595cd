import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A Python program that answers in lines what it reads, and says its version first. */
export class PythonProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  /** Requests are answered one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** Starts it; `undefined` where there is no `python3`. Modules of the user's own are not loaded. */
  static async start(script: string): Promise<PythonProcess | undefined> {
    const child = spawn('python3', ['-I', '-S', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const python = new PythonProcess(child);
    try {
      await once(child, 'spawn');
      return python;
    } catch {
      return undefined;
    }
  }

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
    // Whoever waits for a line hears that it has ended.
    child.stdin.on('error', () => {});
  }

  /** Writes a request and reads so many lines. */
  ask(request: Uint8Array | string, lines: number): Promise<string[]> {
    this.#child.stdin.write(request);
    const answer = this.#last.then(async () => {
      const read: string[] = [];
      while (read.length < lines) read.push(await this.#nextLine());
      return read;
    });
    this.#last = answer;
    return answer;
  }

  /** It ends when its input does. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }

  async #nextLine(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error('The Python program has ended: see its message on standard error');
    return value;
  }
}
