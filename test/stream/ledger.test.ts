import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamError, StreamLedger } from '../../src/stream/index.ts';
import { serialize } from '../../src/xml/index.ts';

const LAST = 2 ** 32 - 1;

describe('the books of a managed stream', () => {
  it('are closed until stream management is enabled, and begin at zero (XEP-0198 §4)', () => {
    const ledger = new StreamLedger<string>();
    expect(ledger.isOpen).toBe(false);
    ledger.open();
    expect(contentsOf(ledger)).toEqual({ isOpen: true, received: 0, sent: 0, size: 0, unacknowledged: [] });
  });

  it('keep what went out until the server says that it has it', () => {
    const ledger = sent('a', 'b', 'c');
    expect(ledger.acknowledge(2)).toEqual(['a', 'b']);
    expect(contentsOf(ledger)).toMatchObject({ sent: 3, size: 1, unacknowledged: ['c'] });
    ledger.add('d');
    expect(ledger.acknowledge(4)).toEqual(['c', 'd']);
    expect(contentsOf(ledger)).toMatchObject({ sent: 4, size: 0, unacknowledged: [] });
  });

  it('lose nothing by a count that is said twice', () => {
    const ledger = sent('a', 'b');
    expect([ledger.acknowledge(0), ledger.acknowledge(1), ledger.acknowledge(1)]).toEqual([[], ['a'], []]);
    expect(ledger.unacknowledged).toEqual(['b']);
  });

  it('end with what was never acknowledged, and begin anew at zero', () => {
    const ledger = sent('a', 'b');
    ledger.countReceived();
    ledger.acknowledge(1);
    expect(ledger.close()).toEqual(['b']);
    expect(ledger.close()).toEqual([]);
    ledger.open();
    expect(contentsOf(ledger)).toEqual({ isOpen: true, received: 0, sent: 0, size: 0, unacknowledged: [] });
  });

  it('count both ways from 2^32-1 to zero (XEP-0198 §4)', () => {
    const ledger = new StreamLedger<string>();
    ledger.open({ received: LAST, sent: LAST });
    ledger.countReceived();
    for (const entry of ['a', 'b', 'c']) ledger.add(entry);
    expect(contentsOf(ledger)).toMatchObject({ received: 0, sent: 2 });
    expect([ledger.acknowledge(LAST), ledger.acknowledge(0), ledger.acknowledge(2)]).toEqual([[], ['a'], ['b', 'c']]);
    expect(() => ledger.acknowledge(LAST)).toThrow(StreamError);
  });
});

describe('what the server did not get and will not get, after a resumption (XEP-0198 §5)', () => {
  it('does not count: what was sent is what the server got, and what is sent again', () => {
    const ledger = sent('a', 'b?', 'c', 'd?');
    ledger.acknowledge(1);
    expect(ledger.withdraw(isDoubtful)).toEqual(['b?', 'd?']);
    expect(contentsOf(ledger)).toMatchObject({ sent: 2, size: 1, unacknowledged: ['c'] });
    expect(ledger.acknowledge(2)).toEqual(['c']);
  });

  it('is nothing where the server got all of it, or all of it is sent again', () => {
    const ledger = sent('a?', 'b');
    ledger.acknowledge(1);
    expect(ledger.withdraw(isDoubtful)).toEqual([]);
    expect(contentsOf(ledger)).toMatchObject({ sent: 2, unacknowledged: ['b'] });
  });

  it('takes the count back across its turn', () => {
    const ledger = new StreamLedger<string>();
    ledger.open({ received: 0, sent: LAST });
    for (const entry of ['a?', 'b', 'c?']) ledger.add(entry);
    expect(ledger.sent).toBe(2);
    expect(ledger.withdraw(isDoubtful)).toEqual(['a?', 'c?']);
    expect(contentsOf(ledger)).toMatchObject({ sent: 0, unacknowledged: ['b'] });
    expect(ledger.acknowledge(0)).toEqual(['b']);
  });
});

describe('a server that miscounts', () => {
  it('is told that it handled more than there was (XEP-0198 §6)', () => {
    expect(refusal(sent('a', 'b'), 3)).toEqual({
      condition: 'undefined-condition',
      text: 'Expected a number of handled stanzas from 0 to 2, got 3',
      application: '<handled-count-too-high xmlns="urn:xmpp:sm:3" h="3" send-count="2"/>',
    });
  });

  it('is told so across the turn of the count, too', () => {
    const ledger = new StreamLedger<string>();
    ledger.open({ received: 0, sent: LAST - 1 });
    ledger.add('a');
    expect(refusal(ledger, 0).application).toBe(
      `<handled-count-too-high xmlns="urn:xmpp:sm:3" h="0" send-count="${LAST}"/>`,
    );
  });

  it('cannot take back what it acknowledged', () => {
    const ledger = sent('a', 'b', 'c');
    ledger.acknowledge(2);
    expect(refusal(ledger, 1)).toEqual({
      condition: 'undefined-condition',
      text: 'Expected a number of handled stanzas from 2 to 3, got 1',
      application: undefined,
    });
  });

  it('is as far ahead as behind, by half of what can be counted, and then behind', () => {
    const ledger = sent('a', 'b');
    expect(refusal(ledger, 2 ** 31 + 1).application).toContain('<handled-count-too-high');
    expect(refusal(ledger, 2 ** 31 + 2).application).toBeUndefined();
  });

  it('changes nothing', () => {
    const ledger = sent('a', 'b');
    for (const h of [3, 2 ** 31, LAST]) expect(() => ledger.acknowledge(h)).toThrow(StreamError);
    expect(contentsOf(ledger)).toMatchObject({ sent: 2, unacknowledged: ['a', 'b'] });
  });
});

describe('whatever happens', () => {
  it('the books say what a plain list would', () => {
    const start = fc.oneof(
      fc.constant(0),
      fc.integer({ min: LAST - 60, max: LAST }),
      fc.integer({ min: 0, max: LAST }),
    );
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('add' as const) },
      { weight: 2, arbitrary: fc.constant('receive' as const) },
      { weight: 2, arbitrary: fc.record({ ahead: fc.integer({ min: -3, max: 20 }) }) },
      { weight: 1, arbitrary: fc.record({ every: fc.integer({ min: 1, max: 4 }) }) },
    );
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 200 }), (first, steps) => {
        const ledger = new StreamLedger<number>();
        ledger.open({ received: first, sent: first });
        // What is open is a list, and the server got all that was ever taken from its front.
        const model = { open: [] as number[], acknowledged: 0, received: 0, next: 0 };
        for (const each of steps) {
          if (each === 'add') {
            model.open.push(model.next);
            ledger.add(model.next);
            model.next += 1;
          } else if (each === 'receive') {
            model.received += 1;
            ledger.countReceived();
          } else if ('every' in each) {
            const isWithdrawn = (entry: number) => entry % each.every === 0;
            expect(ledger.withdraw(isWithdrawn)).toEqual(model.open.filter(isWithdrawn));
            model.open = model.open.filter((entry) => !isWithdrawn(entry));
          } else {
            const h = wrapped(first + model.acknowledged + each.ahead);
            if (each.ahead < 0 || each.ahead > model.open.length) {
              expect(() => ledger.acknowledge(h)).toThrow(StreamError);
            } else {
              expect(ledger.acknowledge(h)).toEqual(model.open.splice(0, each.ahead));
              model.acknowledged += each.ahead;
            }
          }
          expect(contentsOf(ledger)).toEqual({
            isOpen: true,
            received: wrapped(first + model.received),
            sent: wrapped(first + model.acknowledged + model.open.length),
            size: model.open.length,
            unacknowledged: model.open,
          });
        }
      }),
    );
  });
});

function sent(...entries: readonly string[]): StreamLedger<string> {
  const ledger = new StreamLedger<string>();
  ledger.open();
  for (const entry of entries) ledger.add(entry);
  return ledger;
}

function isDoubtful(entry: string): boolean {
  return entry.endsWith('?');
}

function contentsOf<Entry>({ isOpen, received, sent: out, size, unacknowledged }: StreamLedger<Entry>) {
  return { isOpen, received, sent: out, size, unacknowledged };
}

/** What a server is told that acknowledges this. */
function refusal(ledger: StreamLedger<string>, h: number) {
  try {
    ledger.acknowledge(h);
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    const { condition, text, application } = error;
    return { condition, text, application: application && serialize(application) };
  }
  throw new Error(`Expected ${h} to be refused`);
}

function wrapped(count: number): number {
  return ((count % 2 ** 32) + 2 ** 32) % 2 ** 32;
}
