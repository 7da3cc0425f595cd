import type { SendOptions, SentStanza } from '../../machines/delivery.ts';
import { Outgoing } from '../../src/actors/outgoing.ts';
import { Reporter } from '../../src/actors/reporter.ts';
import { SendQueue } from '../../src/actors/send-queue.ts';
import { DEFAULT_CLIENT_LIMITS } from '../../src/node.ts';
import { createTestClock } from '../support/clock.ts';
import { message } from './outbox-run.ts';

/*
 * A queue, and senders that write down what they hear.
 */

/** A queue with limits of its own. Stanzas have ten characters, unless a test says otherwise. */
export function runQueue(limits: { readonly maxQueuedStanzas?: number; readonly maxQueuedCharacters?: number } = {}) {
  const clock = createTestClock();
  const reporter = new Reporter(() => {}, undefined);
  const queue = new SendQueue({ clock, limits: { ...DEFAULT_CLIENT_LIMITS, ...limits } }, reporter);
  const heard: string[] = [];
  let order = 0;

  /** A stanza that nobody gave to the queue yet. */
  function make(id: string, { length = 10, name = 'message', ...options }: Given = {}): SentStanza {
    const report = {
      waiting: () => void heard.push(`${id} waiting`),
      queued: () => void heard.push(`${id} queued`),
      written: () => {},
      failed: ({ code }: { readonly code: string }) => void heard.push(`${id} ${code}`),
    };
    order += 1;
    const expiresAt = options.expires === undefined ? undefined : clock.now() + options.expires;
    const sent = new Outgoing({ ...message(id), name }, report, options, order, expiresAt, NOBODY);
    sent.length = length;
    return sent;
  }

  return {
    clock,
    queue,
    heard,
    make,
    add: (id: string, given?: Given) => queue.add(make(id, given)),
    /** What was heard since the last look. */
    news: () => heard.splice(0),
    shift: () => idOf(queue.shift()),
    /** Takes out all that is left. */
    drain(): string[] {
      const ids: string[] = [];
      while (!queue.isEmpty) ids.push(idOf(queue.shift()));
      return ids;
    },
  };
}

/** Options of a stanza, and how it is made. */
type Given = SendOptions & { readonly length?: number; readonly name?: string };

const NOBODY = { wrote: () => {}, isTooLong: () => {}, couldNotWrite: () => {} };

export function idOf(sent: SentStanza | undefined): string {
  return sent?.stanza.attributes.id ?? 'none';
}
