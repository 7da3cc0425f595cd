import type { TransportInput } from '../../machines/contracts.ts';
import { internalError, notLoaded, XmppError } from '../errors/index.ts';
import type { Framing } from '../stream/index.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

/** Dials with something that is loaded first. The wire is there at once, and reports as the one that it becomes. */
export function dialLate(framing: Framing, load: () => Promise<Dial>): Dial {
  return (input, listener) => new LateWire(framing, load, input, listener);
}

class LateWire implements Wire {
  readonly framing: Framing;
  #wire: Wire | undefined;
  #isOver = false;

  constructor(framing: Framing, load: () => Promise<Dial>, input: TransportInput, listener: WireListener) {
    this.framing = framing;
    this.#dial(load, input, listener).catch((error: unknown) => {
      if (!this.#isOver) listener.failed(asReported(error));
    });
  }

  write(text: string): boolean {
    return this.#wire?.write(text) ?? true;
  }

  startTls(): void {
    this.#wire?.startTls();
  }

  pause(): boolean {
    return this.#wire?.pause() ?? true;
  }

  resume(): void {
    this.#wire?.resume();
  }

  end(): void {
    this.#isOver = true;
    this.#wire?.end();
  }

  abort(): void {
    this.#isOver = true;
    this.#wire?.abort();
  }

  async #dial(load: () => Promise<Dial>, input: TransportInput, listener: WireListener): Promise<void> {
    const dial = await load().catch((cause: unknown) => {
      throw notLoaded('connection-failed', cause);
    });
    if (!this.#isOver) this.#wire = dial(input, listener);
  }
}

function asReported(error: unknown): XmppError {
  return error instanceof XmppError ? error : internalError('The transport could not be dialled', error);
}
