import type { TrafficEntry } from '../../machines/index.ts';
import type { Client, ClientActor } from '../client/index.ts';
import type { Terminal } from './terminal.ts';
import { createTimeline, entriesOf, formatNote, isFleeting } from './timeline.ts';

/** Writes what happens to a client, as it happens. */
export interface Journal {
  /** For the option `onTraffic`. */
  readonly traffic: (entry: TrafficEntry) => void;
  /** Writes the state that the client is in, and each that it enters from now on; the returned function ends that. */
  watch(client: Client): () => void;
  /** Writes something else, under a label of at most nine characters. */
  note(label: string, text: string): void;
}

/**
 * Makes a journal. `stamp` puts the present moment into words of constant length.
 *
 * XState delivers what a transition sends before it tells who subscribed: what is sent is held back until the state that
 * sends it is written, so that cause and effect are read in their order.
 */
export function createJournal(terminal: Terminal, stamp: () => string): Journal {
  const { style, print } = terminal;
  const timeline = createTimeline(terminal);
  const held: TrafficEntry[] = [];
  let last: ReturnType<ClientActor['getSnapshot']> | undefined;

  return {
    traffic(entry) {
      if (entry.direction === 'RECV') {
        release();
        print(...formatTraffic(entry));
        return;
      }
      if (held.length === 0) queueMicrotask(release);
      held.push(entry);
    },
    watch(client) {
      const enter = (): void => enterState(client);
      enter();
      const subscription = client.actor.subscribe(enter);
      return () => subscription.unsubscribe();
    },
    note(label, text) {
      release();
      print(...formatNote(stamp(), label, text, terminal));
    },
  };

  function release(): void {
    print(...held.splice(0).flatMap(formatTraffic));
  }

  /** On one line, however long, so that it can be copied and searched. */
  function formatTraffic({ direction, text }: TrafficEntry): string[] {
    const paint = direction === 'SEND' ? style.cyan : style.yellow;
    return formatNote(stamp(), paint(direction.padStart(9)), text, { style, columns: undefined });
  }

  /** Told after each transition. */
  function enterState({ actor }: Client): void {
    const snapshot = actor.getSnapshot();
    for (const entry of entriesOf(snapshot, last)) {
      if (!isFleeting(entry.path)) print(...timeline({ ...entry, at: performance.now(), stamp: stamp() }));
    }
    last = snapshot;
    release();
  }
}

/** The time of day, to the millisecond: `09:30:12.345`. */
export function timeOfDay(): string {
  const now = new Date();
  return `${now.toTimeString().slice(0, 8)}.${String(now.getMilliseconds()).padStart(3, '0')}`;
}

/** Makes a stopwatch that starts now: ` 0.012 s`. */
export function createStopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1000).toFixed(3).padStart(6)} s`;
}
