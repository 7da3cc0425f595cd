import type { ClientClock } from '../../machines/index.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { createMemoryNetwork, type Network } from '../client/resume-stage.ts';
import { createTestClock } from '../support/clock.ts';

/*
 * A world of its own: its time, its network, its servers. Nothing in it takes longer than the world wants.
 */

/** What a world tells. */
export interface WorldListener {
  /** A server handled a message of the client. */
  arrived(id: string): void;
  /** The client dials. */
  dialled(): void;
  /** Whether something is under way that no timer of the world ends, unless the network keeps it. */
  isBusy(): boolean;
}

/** Longer steps than this look like a sleep to whoever watches for silence. */
const LONGEST_STEP = 15_000;
/** A turn of the event loop takes some microseconds: something is wrong with who is busy for so many. */
const MOST_TURNS = 1_000_000;
/** Requests with such ids are never answered. */
export const UNANSWERED = 'unanswered';

export async function createWorld(listener: WorldListener): Promise<World> {
  const world = new World(listener);
  await world.replaceServer();
  return world;
}

export class World {
  readonly clock: ClientClock;
  readonly network: Network;
  isUp = true;
  /** Hears what servers receive. */
  onTraffic: (text: string) => unknown = () => {};
  /** When something came to the client last. */
  heardAt = 0;
  /** The end of the last moment in which time jumped, so that timers were late; and its beginning. */
  #jump = { from: 0, to: 0 };
  readonly #clock = createTestClock();
  readonly #listener: WorldListener;
  #server: Server | undefined;
  #slept = 0;
  /** Counts whatever happens on the network. */
  #activity = 0;
  #lines = 0;
  #frozenLines = 0;

  constructor(listener: WorldListener) {
    this.#listener = listener;
    this.clock = {
      now: () => this.now,
      wallNow: () => this.wallNow,
      setTimeout: (handler, delay) => this.#clock.setTimeout(handler, delay),
      clearTimeout: (timer) => this.#clock.clearTimeout(timer),
    };
    this.network = createMemoryNetwork(() => this.#connect);
  }

  get now(): number {
    return this.#clock.now();
  }

  /** What a calendar says: also what was slept through. */
  get wallNow(): number {
    return this.now + this.#slept;
  }

  get server(): Server {
    if (!this.#server) throw new Error('The world has no server yet');
    return this.#server;
  }

  /** When timers pass. */
  timers(): number[] {
    return this.#clock.timers();
  }

  /** Whether something happened when it was due: not later, unless time jumped over that moment. */
  isOnTime(due: number, at = this.now): boolean {
    return at === due || (this.#jump.from < due && due <= this.#jump.to && at === this.#jump.to);
  }

  /** Whether all timers were on time since a moment. */
  isSteadySince(time: number): boolean {
    return this.#jump.to <= time;
  }

  /** Lets time pass from one timer to the next, none of them late. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await this.settle();
    while (this.now < end) {
      const next = Math.min(this.timers()[0] ?? end, end, this.now + LONGEST_STEP);
      this.#clock.increment(Math.max(0, next - this.now));
      await this.settle();
    }
  }

  /** The machine sleeps: timers stand still. */
  sleep(milliseconds: number): void {
    this.#slept += milliseconds;
  }

  /** The machine sleeps, or is too busy for anything: timers are late. */
  async jump(milliseconds: number): Promise<void> {
    // Timers are never so late that a promise which is fulfilled already comes behind them.
    await new Promise((resolve) => setImmediate(resolve));
    this.#jump = { from: this.now, to: this.now + milliseconds };
    this.#clock.increment(milliseconds);
    await this.settle();
  }

  /** What is under way comes to an end. */
  async settle(): Promise<void> {
    let calm = 0;
    for (let turn = 0; calm < 3; turn += 1) {
      if (turn > MOST_TURNS) throw new Error('The world does not come to rest');
      const before = this.#activity;
      await new Promise((resolve) => setImmediate(resolve));
      const isBusy = this.#lines > this.#frozenLines && this.#listener.isBusy();
      calm = isBusy || this.#activity !== before ? 0 : calm + 1;
    }
  }

  /** From now on what there is of connections is dead, and nobody notices. */
  freeze(): void {
    this.#frozenLines = this.#lines;
    this.network.freeze();
  }

  /** Another server takes the place of this one, if there is one, and knows nothing of its sessions. */
  async replaceServer(): Promise<void> {
    const former = this.#server;
    this.network.cut();
    this.#server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      // Deriving keys takes longer than all the rest of a login, and is looked at elsewhere.
      mechanisms: ['PLAIN'],
      streamManagement: true,
      listen: false,
      onTraffic: ({ direction, text }) => direction === 'received' && this.onTraffic(text),
      intercept: ({ name, attributes: { id = '' } }) => {
        if (name === 'message') this.#listener.arrived(id);
        return name === 'message' || id.startsWith(UNANSWERED);
      },
    });
    await former?.stop();
  }

  readonly #connect: Server['connect'] = (client) => {
    this.#lines += 1;
    this.#activity += 1;
    this.#listener.dialled();
    if (!this.isUp) {
      queueMicrotask(() => client.end());
      return { write: () => {}, end: () => {} };
    }
    const server = this.server.connect({
      write: (bytes) => {
        this.#activity += 1;
        if (this.#lines > this.#frozenLines) this.heardAt = this.now;
        client.write(bytes);
      },
      end: () => client.end(),
    });
    return {
      write: (bytes) => {
        this.#activity += 1;
        server.write(bytes);
      },
      end: () => server.end(),
    };
  };
}
