import type { FramedToken, StreamReader } from '../stream/index.ts';
import type { XmlLimits } from '../xml/index.ts';
import { inNextTurn } from './next-turn.ts';
import type { Wire } from './wire.ts';

/** Who hears what was read. */
export interface TokenListener {
  /** May stop, restart or renew the reading. */
  take(token: FramedToken): void;
  /** The reading itself failed. */
  crash(cause: unknown): void;
}

/** How much may be read. */
interface PacedLimits extends XmlLimits {
  readonly maxStanzasPerTurn: number;
}

/**
 * Reads what a wire receives, and leaves the event loop to others from time to time: a peer that floods must not be all that
 * there is. After so many tokens the wire is paused, and what came waits for another turn; what happened to the wire meanwhile
 * waits with it. What comes now and then never waits: tokens are counted from one such break to the next, whatever the time
 * between them, and there is no break unless something is left to read.
 */
export class PacedReader {
  readonly #wire: Wire;
  readonly #limits: PacedLimits;
  /** Tokens between two breaks. */
  readonly #most: number;
  readonly #listener: TokenListener;
  #reader: StreamReader;
  /** Tokens since the last break. */
  #taken = 0;
  #isStopped = false;
  /** Ends the wait; there during a break only, and then something is left to read. */
  #cancelWait: (() => void) | undefined;
  #ending: (() => void) | undefined;

  constructor(wire: Wire, limits: PacedLimits, listener: TokenListener) {
    this.#wire = wire;
    this.#limits = limits;
    // One must go on even where none may.
    this.#most = Math.max(1, limits.maxStanzasPerTurn);
    this.#listener = listener;
    this.#reader = wire.framing.createReader(limits);
  }

  /** As {@link StreamReader.hasUnread}. */
  get hasUnread(): boolean {
    return this.#reader.hasUnread;
  }

  /** Whether the wire has ended, though not all that came over it is read. */
  get isLast(): boolean {
    return this.#ending !== undefined;
  }

  /** Bytes came. */
  write(bytes: Uint8Array): void {
    try {
      this.#reader.write(bytes);
      if (!this.#cancelWait) this.#read();
    } catch (error) {
      this.#listener.crash(error);
    }
  }

  /** As {@link StreamReader.restart}. */
  restart(): void {
    this.#reader.restart();
  }

  /** Whatever came until now is forgotten. */
  renew(): void {
    this.#reader = this.#wire.framing.createReader(this.#limits);
  }

  /** Calls once all that came is read: at once, unless something waits. Only the first call counts then. */
  end(ending: () => void): void {
    if (this.#cancelWait) this.#ending ??= ending;
    else ending();
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#ending = undefined;
  }

  #read(): void {
    // What becomes of a token may also bring more, which is read then and there.
    while (!this.#isStopped && !this.#cancelWait) {
      if (this.#taken >= this.#most && this.#reader.hasUnread && this.#wait()) return;
      // The reader is asked for anew each time: what becomes of a token may change it.
      const token = this.#reader.read();
      if (!token) return;
      this.#taken += 1;
      this.#listener.take(token);
    }
  }

  /** A wire that cannot be paused gives each piece a turn of its own: nobody need wait, and nothing piles up here. */
  #wait(): boolean {
    this.#taken = 0;
    if (!this.#wire.pause()) return false;
    this.#cancelWait = inNextTurn(() => this.#goOn());
    return true;
  }

  #goOn(): void {
    this.#cancelWait = undefined;
    try {
      this.#read();
    } catch (error) {
      this.#listener.crash(error);
    }
    if (this.#isStopped || this.#cancelWait) return;
    const ending = this.#ending;
    this.#ending = undefined;
    if (ending) ending();
    else this.#wire.resume();
  }
}
