import { beginningOf } from '../../errors/index.ts';
import { describeError } from './details.ts';
import type { History } from './history.ts';
import type { LogBody, LogMoment } from './protocol.ts';

/** Milliseconds between two times that lines are written, and how long the writing may take. */
const INTERVAL = 50;
const PATIENCE = 8;
/** Lines of one kind that may come at once, and how many come back each millisecond: nobody reads a thousand lines a second. */
const BURST = 2000;
const REFILL = 1;
/** UTF-16 units of a text in a line. */
const LONGEST_TEXT = 2000;

/**
 * What there may be many of without anything being wrong (stanzas, events for actors that are no machines, deliveries), and the
 * rest. A flood of the one hides nothing of the other.
 */
export type Weight = 'bulk' | 'step';

/** What a line says; `whole` is its text where the line holds the beginning alone. */
export interface Rendering {
  readonly body: LogBody;
  readonly whole?: string | undefined;
}

/** A line that is not written yet: what it says is found out later, and only if it is. */
interface Draft extends LogMoment {
  readonly render: () => Rendering;
}

/**
 * The log of all clients. Whoever adds a line is on the way of a stanza or in the middle of a step of a machine: nothing is done
 * there but to remember it. A timer writes the lines, never for longer than a moment.
 */
export class Log {
  readonly #history: History;
  readonly #written: () => void;
  readonly #room: Record<Weight, number> = { bulk: BURST, step: BURST };
  #queue: Draft[] = [];
  #seq = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refilledAt = performance.now();

  /** `written` is called after lines were written, or dropped. */
  constructor(history: History, written: () => void) {
    this.#history = history;
    this.#written = written;
  }

  /** The number of the last line that was written, or dropped. */
  get settled(): number {
    const next = this.#queue[0];
    return next ? next.seq - 1 : this.#seq;
  }

  /** Whether a line of this weight can be taken now. Where it cannot, it counts as dropped. */
  takes(weight: Weight): boolean {
    if (this.#room[weight] > 0) return true;
    this.#seq += 1;
    this.#arm();
    return false;
  }

  /** Adds a line, for which there must be room, and returns its number. */
  put(weight: Weight, { at, client, actor, actorName }: Omit<LogMoment, 'seq'>, render: () => Rendering): number {
    this.#room[weight] -= 1;
    this.#seq += 1;
    this.#queue.push({ seq: this.#seq, at, client, actor, actorName, render });
    this.#arm();
    return this.#seq;
  }

  /** Something else changed that pages want to know: they hear it with the next lines. */
  touch(): void {
    this.#arm();
  }

  /** Writes the lines that wait, the oldest first, as long as it does not take too long. Returns whether some are left. */
  write(): boolean {
    const started = performance.now();
    this.#refill(started);
    let count = 0;
    for (const draft of this.#queue) {
      if (performance.now() - started > PATIENCE) break;
      this.#add(draft);
      count += 1;
    }
    this.#queue.splice(0, count);
    return this.#queue.length > 0;
  }

  /** Nothing is written any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#tick(), INTERVAL);
    this.#timer.unref();
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.write()) this.#arm();
    this.#written();
  }

  #refill(now: number): void {
    const more = (now - this.#refilledAt) * REFILL;
    this.#refilledAt = now;
    this.#room.bulk = Math.min(BURST, this.#room.bulk + more);
    this.#room.step = Math.min(BURST, this.#room.step + more);
  }

  #add({ render, ...moment }: Draft): void {
    const { body, whole } = renderSafely(render);
    this.#history.add({ seq: moment.seq, json: JSON.stringify({ ...moment, ...body }) });
    if (whole !== undefined) this.#history.keepText(moment.seq, whole);
  }
}

/** The line of an element, or of a header. */
export function stanzaRendering(direction: 'SEND' | 'RECV', text: string): Rendering {
  const isShort = text.length <= LONGEST_TEXT;
  const xml = isShort ? text : beginningOf(text, LONGEST_TEXT);
  return {
    body: { kind: 'stanza', direction, xml, length: text.length, isSummary: false },
    whole: isShort ? undefined : text,
  };
}

/** What was remembered may be of somebody else's making. */
function renderSafely(render: () => Rendering): Rendering {
  try {
    return render();
  } catch (error) {
    return {
      body: {
        kind: 'error',
        code: 'inspector/unreadable',
        message: `A line of the log could not be written: ${describeError(error)}`,
        hint: undefined,
      },
    };
  }
}
