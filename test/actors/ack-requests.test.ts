import { describe, expect, it } from 'vitest';
import { AckRequests } from '../../src/actors/ack-requests.ts';
import { createTestClock } from '../support/clock.ts';

describe('the server is asked how many stanzas it handled (XEP-0198 §4)', () => {
  it('250 ms after the first of them, however many follow', () => {
    const { asked, clock, send } = create();
    send(1);
    clock.increment(200);
    send(8);
    clock.increment(49);
    expect(asked()).toBe(0);
    clock.increment(1);
    expect(asked()).toBe(1);
  });

  it('or as soon as enough is open', () => {
    const { asked, clock, send, sendDue } = create();
    send(3);
    expect(asked()).toBe(0);
    sendDue();
    expect([asked(), clock.timers()]).toEqual([1, []]);
  });

  it('by one timer at most, and by none where nothing is open', () => {
    const { acks, clock, send, sendDue } = create();
    expect(clock.timers()).toEqual([]);
    send(5);
    expect(clock.timers()).toEqual([250]);
    sendDue();
    expect(clock.timers()).toEqual([]);
    acks.answered(0, false);
    expect(clock.timers()).toEqual([]);
  });

  it('never again before it answered', () => {
    const { asked, clock, send, sendDue } = create();
    sendDue(500);
    clock.increment(3_600_000);
    send(500);
    expect([asked(), clock.timers()]).toEqual([1, []]);
  });
});

describe('when it answered, it is asked again', () => {
  it('along with the next stanza, if enough is open still', () => {
    const { acks, asked, clock, sendDue } = create();
    sendDue(20);
    acks.answered(10, false);
    clock.increment(249);
    expect(asked()).toBe(1);
    sendDue();
    expect(asked()).toBe(2);
  });

  it('soon, if there is no next one', () => {
    const { acks, asked, clock, sendDue } = create();
    sendDue(20);
    acks.answered(10, false);
    clock.increment(250);
    expect([asked(), clock.timers()]).toEqual([2, []]);
  });

  it('soon, if some went out meanwhile', () => {
    const { acks, asked, clock, send, sendDue } = create();
    sendDue();
    send(3);
    acks.answered(3, false);
    clock.increment(249);
    send(1);
    expect(asked()).toBe(1);
    clock.increment(1);
    expect(asked()).toBe(2);
  });

  it('at once, if there can be no next one before it answers', () => {
    const { acks, asked, sendDue } = create();
    sendDue(11);
    acks.answered(1, true);
    expect(asked()).toBe(2);
  });

  it('not at all, if nothing is open', () => {
    const { acks, asked, clock, sendDue } = create();
    sendDue(10);
    acks.answered(0, false);
    clock.increment(3_600_000);
    expect(asked()).toBe(1);
  });

  it.each([false, true])('later, if it left open what it was asked about: a full queue (%s) waits for it', (isFull) => {
    const { acks, asked, clock, sendDue } = create();
    sendDue();
    acks.answered(1, isFull);
    clock.increment(9_999);
    expect(asked()).toBe(1);
    clock.increment(1);
    expect(asked()).toBe(2);
  });

  it('soon even so, if another stanza goes out', () => {
    const { acks, asked, clock, send, sendDue } = create();
    sendDue();
    acks.answered(1, false);
    send(1);
    expect(clock.timers()).toEqual([250]);
    clock.increment(250);
    expect(asked()).toBe(2);
  });
});

describe('a server of which nobody knows whether it is there', () => {
  it('is asked at once, although nothing is open', () => {
    const { acks, asked, clock } = create();
    acks.probe();
    expect([asked(), clock.timers()]).toEqual([1, []]);
  });

  it('is not asked a second time before it answered', () => {
    const { acks, asked, sendDue } = create();
    sendDue(10);
    acks.probe();
    acks.probe();
    expect(asked()).toBe(1);
    acks.answered(0, false);
    acks.probe();
    expect(asked()).toBe(2);
  });

  it('is asked instead of later, if it was to be asked anyway', () => {
    const { acks, asked, clock, send } = create();
    send(1);
    acks.probe();
    expect([asked(), clock.timers()]).toEqual([1, []]);
  });
});

describe('a server that answers without being asked', () => {
  it('delays no question', () => {
    const { acks, asked, clock, send } = create();
    send(2);
    clock.increment(100);
    acks.answered(1, false);
    clock.increment(150);
    expect(asked()).toBe(1);
  });

  it('spares one, if nothing is open any more', () => {
    const { acks, asked, clock, send } = create();
    send(2);
    acks.answered(0, false);
    clock.increment(3_600_000);
    expect([asked(), clock.timers()]).toEqual([0, []]);
  });
});

describe('a connection that is lost', () => {
  it('ends all questions, and the next one begins afresh', () => {
    const { acks, asked, clock, send, sendDue } = create();
    sendDue(10);
    send(5);
    acks.stop();
    expect(clock.timers()).toEqual([]);
    send(1);
    expect([asked(), clock.timers()]).toEqual([1, [250]]);
    sendDue();
    expect(asked()).toBe(2);
  });

  it('ends those that were to come', () => {
    const { acks, asked, clock, send } = create();
    send(5);
    acks.stop();
    clock.increment(3_600_000);
    expect(asked()).toBe(0);
  });
});

function create() {
  const clock = createTestClock();
  let count = 0;
  const acks = new AckRequests(clock, () => {
    count += 1;
  });
  const sent = (isDue: boolean, stanzas: number): void => {
    for (let i = 0; i < stanzas; i += 1) acks.sent(isDue);
  };
  return {
    acks,
    clock,
    /** How often the server was asked. */
    asked: () => count,
    send: (stanzas: number) => sent(false, stanzas),
    /** Sends so much that it is time to ask. */
    sendDue: (stanzas = 1) => sent(true, stanzas),
  };
}
