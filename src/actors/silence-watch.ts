import type { TransportEvent } from '../../machines/events.ts';
import type { ClientClock, Timer } from '../../machines/settings.ts';

/** It is looked so often within the interval, so that a sleep is noticed long before a silence would be. */
const LOOKS = 4;
/** And at least every so many milliseconds of being awake. */
const LONGEST_LOOK = 15_000;
/**
 * A look that is late by more than the time between two looks and so many milliseconds tells of a sleep. A process that is
 * busy and a page in the background, whose timers browsers hold back by a second, are late by less.
 */
const TOLERANCE = 5000;

/**
 * Notices that nothing comes any more: after the interval, never before, and later only by as much as the timer is late. One
 * timer, and none but while it watches.
 *
 * That the platform slept shows in wall time alone: the monotonic clock and the timers of many systems stand still meanwhile. A
 * wall clock that was set forward looks the same, and costs a question; one that was set back shows nothing until the next look.
 */
export class SilenceWatch {
  readonly #clock: ClientClock;
  readonly #report: (event: TransportEvent) => void;
  #interval = 0;
  #heardAt = 0;
  #isSignAwaited = false;
  #timer: Timer | undefined;
  /** In wall time. */
  #dueAt = 0;

  constructor(clock: ClientClock, report: (event: TransportEvent) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Begins (anew): reports `transport.silent` or `platform.woke`, and watches no more then. */
  watch(interval: number): void {
    this.stop();
    this.#interval = interval;
    this.#heardAt = this.#clock.now();
    this.#lookWithin(interval);
  }

  /** Reports `transport.heard` with the next sign of life; until then, silence is no news. */
  awaitSign(): void {
    this.stop();
    this.#isSignAwaited = true;
  }

  /** The peer lives. Called for every piece that comes, and therefore short. */
  heard(): void {
    if (this.#isSignAwaited) {
      this.#isSignAwaited = false;
      this.#report({ type: 'transport.heard' });
    } else this.#heardAt = this.#clock.now();
  }

  /** Nothing is of interest any more. */
  stop(): void {
    this.#isSignAwaited = false;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #lookWithin(left: number): void {
    const delay = Math.ceil(Math.min(left, this.#between));
    this.#dueAt = this.#wallNow + delay;
    this.#timer = this.#clock.setTimeout(() => this.#look(), delay);
  }

  #look(): void {
    this.#timer = undefined;
    const left = this.#heardAt + this.#interval - this.#clock.now();
    if (this.#wallNow - this.#dueAt > this.#between + TOLERANCE) this.#report({ type: 'platform.woke' });
    else if (left <= 0) this.#report({ type: 'transport.silent' });
    else this.#lookWithin(left);
  }

  /** Milliseconds between two looks. */
  get #between(): number {
    return Math.min(this.#interval / LOOKS, LONGEST_LOOK);
  }

  get #wallNow(): number {
    return this.#clock.wallNow?.() ?? this.#clock.now();
  }
}
