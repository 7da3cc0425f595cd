import { describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../machines/index.ts';
import { SessionKeeper } from '../../src/actors/session-keeper.ts';
import { createTestClock } from '../support/clock.ts';
import { turn } from './recorder.ts';

describe('a session record is saved', () => {
  it('once for all that changes in one turn', async () => {
    const { keeper, story } = keep(() => undefined);
    keeper.change();
    keeper.change();
    expect(story()).toEqual([]);
    await turn();
    expect(story()).toEqual(['save 0', 'kept 0']);
  });

  it('one after the other: what changes meanwhile waits for the next', async () => {
    const answers: (() => void)[] = [];
    const { keeper, story } = keep(() => new Promise<void>((resolve) => answers.push(resolve)));
    keeper.change();
    await turn();
    keeper.change();
    keeper.change();
    await turn();
    expect(story()).toEqual(['save 0']);
    answers.shift()?.();
    await turn();
    expect(story()).toEqual(['save 0', 'kept 0', 'save 1']);
    answers.shift()?.();
    await turn();
    expect(story()).toEqual(['save 0', 'kept 0', 'save 1', 'kept 1']);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('disk');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('disk'))],
  ])('by a store that %s: that is reported once, and nothing waits for it', async (_how, save) => {
    const { keeper, story } = keep(save);
    for (let change = 0; change < 2; change += 1) {
      keeper.change();
      await turn();
    }
    expect(story()).toEqual([
      'save 0',
      'session-record/unsaved The session record could not be saved: TypeError',
      'kept 0',
      'save 1',
      'kept 1',
    ]);
  });

  it('and a store that fails again after it did not is reported again', async () => {
    const outcomes = [Promise.reject(new Error('1')), Promise.resolve(), Promise.reject(new Error('2'))];
    for (const outcome of outcomes) outcome.catch(() => {});
    const { keeper, story } = keep(() => outcomes.shift());
    for (let change = 0; change < 3; change += 1) {
      keeper.change();
      await turn();
    }
    expect(story().filter((line) => line.includes('unsaved'))).toHaveLength(2);
  });

  it('and nothing waits for a store that does not answer, until it does', async () => {
    const answers: (() => void)[] = [];
    const { keeper, story, clock } = keep(() => new Promise<void>((resolve) => answers.push(resolve)));
    keeper.change();
    await turn();
    clock.increment(9_999);
    expect([keeper.isStuck, story()]).toEqual([false, ['save 0']]);
    clock.increment(1);
    expect([keeper.isStuck, story()]).toEqual([
      true,
      ['save 0', 'session-record/unsaved The session record could not be saved: no answer within 10 s', 'kept 0'],
    ]);
    keeper.change();
    await turn();
    expect(story()).toHaveLength(3);
    answers.shift()?.();
    await turn();
    expect([keeper.isStuck, story().slice(3)]).toEqual([false, ['kept 0', 'save 1']]);
    expect(clock.timers()).toHaveLength(1);
  });

  it('not any more after the end of the process', async () => {
    const answers: (() => void)[] = [];
    const { keeper, story, clock } = keep(() => new Promise<void>((resolve) => answers.push(resolve)));
    keeper.change();
    await turn();
    keeper.change();
    keeper.stop();
    answers.shift()?.();
    await turn();
    expect([story(), clock.timers()]).toEqual([['save 0'], []]);
    const early = keep(() => undefined);
    early.keeper.change();
    early.keeper.stop();
    await turn();
    expect(early.story()).toEqual([]);
  });
});

/** A keeper whose records are numbered by their `written`. */
function keep(save: () => unknown) {
  const lines: string[] = [];
  const clock = createTestClock();
  let made = -1;
  const store = {
    load: () => undefined,
    save: (_account: string, record: SessionRecord | undefined) => {
      lines.push(`save ${record?.written}`);
      return save();
    },
  };
  const keeper = new SessionKeeper(store, 'juliet@example.org', clock, {
    record: () => {
      made += 1;
      return { version: 1, account: 'juliet@example.org', outgoing: [], written: made };
    },
    kept: () => lines.push(`kept ${made}`),
    failed: ({ code, message }) => lines.push(`${code} ${message}`),
  });
  return { keeper, clock, story: () => [...lines] };
}
