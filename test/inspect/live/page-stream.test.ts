import { once } from 'node:events';
import { Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { History } from '../../../src/inspect/live/history.ts';
import { Log } from '../../../src/inspect/live/log.ts';
import { PageStream } from '../../../src/inspect/live/page-stream.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A page whose connection is full after each message, a log and its history. */
function open(size: number) {
  const messages: string[] = [];
  let take = (): void => {};
  const connection = new Writable({
    highWaterMark: 1,
    write(message, _, taken) {
      messages.push(String(message));
      take = taken;
    },
  });
  const history = new History(size);
  const log = new Log(history, () => {});
  endings.push(() => log.stop());
  const page = new PageStream(connection, history, log, {
    clients: () => ({ type: 'clients', clients: [] }),
    actors: () => new Map(),
  });
  return {
    page,
    messages,
    /** So many lines come, and are written as if their time had come. */
    add(count: number): void {
      for (let added = 0; added < count; added += 1) {
        log.put('step', MOMENT, () => ({ body: { kind: 'event', event: 'e', detail: '' } }));
      }
      while (log.write());
      page.push();
    },
    /** The page has read everything. */
    async drain(): Promise<void> {
      const drained = once(connection, 'drain');
      take();
      await drained;
    },
  };
}

const MOMENT = { at: 0, client: 'x:0', actor: 'x:0', actorName: 'client' };

test('nothing is written while the connection takes no more; then all that there is', async () => {
  const { page, messages, add, drain } = open(100);
  page.push();
  add(3);
  add(1);
  expect(messages).toEqual(['data: {"type":"clients","clients":[]}\n\n']);
  await drain();
  expect(messages.slice(1).map(linesOf)).toEqual([{ dropped: 0, seqs: [1, 2, 3, 4] }]);
});

test('what the history forgot meanwhile is counted', async () => {
  const { page, messages, add, drain } = open(4);
  page.push();
  add(25);
  add(15);
  await drain();
  expect(messages.slice(1).map(linesOf)).toEqual([{ dropped: 36, seqs: [37, 38, 39, 40] }]);
  await drain();
  add(1);
  expect(messages.slice(2).map(linesOf)).toEqual([{ dropped: 0, seqs: [41] }]);
});

test('many lines come in several messages, each when the one before is read', async () => {
  const { page, messages, add, drain } = open(5000);
  page.push();
  add(1200);
  for (let message = 0; message < 3; message += 1) await drain();
  expect(messages.slice(1).map((message) => linesOf(message).seqs.length)).toEqual([500, 500, 200]);
});

function linesOf(message: string): { dropped: number; seqs: number[] } {
  const { dropped, entries } = JSON.parse(message.replace(/^data: /, ''));
  return { dropped, seqs: entries.map(({ seq }: { seq: number }) => seq) };
}
