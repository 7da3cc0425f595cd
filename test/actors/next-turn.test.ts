import { describe, expect, it } from 'vitest';
import { callByMessage, inNextTurn, type NextTurn } from '../../src/actors/next-turn.ts';

const WAYS: readonly (readonly [string, NextTurn])[] = [
  ['by an immediate', inNextTurn],
  ['by a message', callByMessage()],
];

describe.each(WAYS)('the next turn of the event loop, %s,', (_way, call) => {
  it('comes after everything that can be done in this one', async () => {
    const order: string[] = [];
    const called = new Promise<void>((resolve) => {
      call(() => {
        order.push('next');
        resolve();
      });
    });
    queueMicrotask(() => queueMicrotask(() => order.push('microtask')));
    order.push('now');
    await called;
    expect(order).toEqual(['now', 'microtask', 'next']);
  });

  it('lets others have theirs, whoever asks for it again and again', async () => {
    const turns = new Set<number>();
    let turn = 0;
    const count = (): void => {
      turn += 1;
      if (turns.size < 3) setImmediate(count);
    };
    setImmediate(count);
    await new Promise<void>((resolve) => {
      const again = (): void => {
        turns.add(turn);
        if (turns.size < 3) call(again);
        else resolve();
      };
      call(again);
    });
    expect(turns.size).toBe(3);
  });

  it('comes to each who asked, in order, and not to those who took it back', async () => {
    const called: number[] = [];
    const note = (number: number) => call(() => called.push(number));
    note(1);
    const takeBack = note(2);
    const same = (): void => void called.push(3);
    call(same);
    call(same);
    takeBack();
    takeBack();
    await new Promise<void>((resolve) => void call(resolve));
    expect(called).toEqual([1, 3, 3]);
  });

  it('keeps the process alive while somebody waits for it, and no longer', async () => {
    const [takeBack, takeBackToo] = [call(() => {}), call(() => {})];
    takeBack();
    expect(waiting()).toBeGreaterThan(0);
    takeBackToo();
    // A channel is closed in a turn of its own.
    while (waiting() > 0) await new Promise((resolve) => setTimeout(resolve));
    await new Promise<void>((resolve) => void call(resolve));
    while (waiting() > 0) await new Promise((resolve) => setTimeout(resolve));
    expect(waiting()).toBe(0);
  });
});

function waiting(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Immediate' || name === 'MessagePort').length;
}
