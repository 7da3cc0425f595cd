import { type Client, explain } from '../client/index.ts';
import type { Io } from './io.ts';
import type { Journal } from './journal.ts';

/** Milliseconds in one state after which somebody may wonder why. */
const PATIENCE = 2000;

/**
 * Explains where a client is and what it waits for: when it is asked (Ctrl-\), and, if `unasked`, whenever nothing moved for two seconds.
 * The returned function ends that.
 */
export function explainWhenAsked(client: Client, journal: Journal, io: Io, unasked: boolean): () => void {
  const tell = (): void => journal.note('why', explain(client.actor.getSnapshot()).sentence);
  const endings = [io.onQuestion?.(tell), unasked ? explainWhenStill(client, tell) : undefined];
  return () => {
    for (const end of endings) end?.();
  };
}

function explainWhenStill({ actor }: Client, tell: () => void): () => void {
  let timer = setTimeout(tell, PATIENCE);
  const subscription = actor.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, PATIENCE);
  });
  return () => {
    clearTimeout(timer);
    subscription.unsubscribe();
  };
}
