import {
  parseAck,
  parseEnabled,
  parseManagementFailed,
  parseResume,
  parseResumed,
} from '../../src/payloads/stream-management.ts';
import { NS_SM, StreamError, StreamLedger } from '../../src/stream/index.ts';
import { createAttributes, type Element } from '../../src/xml/index.ts';
import type { Random } from './random.ts';
import { show, type Target } from './target.ts';
import { mutateText } from './text-mutations.ts';

/** XEP-0198 §4: counts are whole numbers of 32 bits that begin anew at zero. */
const TURN = 2n ** 32n;
const COUNTS: readonly string[] = [
  ...['0', '1', '9', '10', '2147483647', '2147483648', '4294967295', '4294967296', '4294967297', '9999999999'],
  ...['10000000000', '00', '01', '-0', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '1 ', '', ' ', 'NaN', 'Infinity'],
  ...['\u0661', '1_000', '4294967295n'],
];
const STARTS: readonly bigint[] = [0n, 1n, TURN / 2n - 2n, TURN / 2n, TURN - 40n, TURN - 2n, TURN - 1n];

/** The books against numbers of any size, which only wrap when they are spoken of. */
export const ledgerTarget: Target = {
  name: 'the books of a managed stream',
  attempt(random) {
    const ledger = new StreamLedger<number>();
    const model = new Model(random.chance(0.3) ? BigInt(random.next()) : random.pick(STARTS), random.pick(STARTS));
    const story: string[] = [];
    for (let count = random.between(1, 60); count > 0; count--) {
      const [did, expected, got] = step(ledger, model, random);
      story.push(did);
      if (expected !== got) return `expected ${expected}, got ${got} after ${story.join(', ')}`;
      const [books, said] = [show(contentsOf(ledger)), show(model.contents())];
      if (books !== said) return `expected ${said}, got ${books} after ${story.join(', ')}`;
    }
    return undefined;
  },
};

/** The count of an element is a number of 32 bits without any ornament, or it is not read. */
export const countTarget: Target = {
  name: 'counts of XEP-0198',
  attempt(random) {
    const seed = random.chance(0.3) ? String(random.next()) : random.pick(COUNTS);
    const h = random.chance(0.5) ? seed : mutateText(seed, random);
    const isCount = /^\d+$/.test(h) && String(BigInt(h)) === h && BigInt(h) < TURN;
    const expected = isCount ? Number(h) : undefined;
    const got = {
      a: parseAck(managed('a', { h })),
      resumed: parseResumed(managed('resumed', { h, previd: 'x' }))?.h,
      resume: parseResume(managed('resume', { h, previd: 'x' }))?.h,
      failed: parseManagementFailed(managed('failed', { h }))?.h,
      max: parseEnabled(managed('enabled', { max: h }))?.max,
    };
    const wrong = Object.entries(got).filter(([, count]) => count !== expected);
    return wrong.length === 0 ? undefined : `expected ${show(expected)} of ${show(h)}, got ${show(wrong)}`;
  },
};

/** How the books would be kept by somebody with all the paper in the world. */
class Model {
  isOpen = false;
  received = 0n;
  sent = 0n;
  acknowledged = 0n;
  #next = 0;
  /** What was added, in order; the first is the one that was sent at {@link acknowledged}. */
  waiting: number[] = [];
  readonly firstReceived: bigint;
  readonly firstSent: bigint;

  constructor(firstReceived: bigint, firstSent: bigint) {
    this.firstReceived = firstReceived;
    this.firstSent = firstSent;
  }

  open(isNew: boolean): void {
    this.close();
    this.isOpen = true;
    this.received = isNew ? 0n : this.firstReceived;
    this.sent = isNew ? 0n : this.firstSent;
    this.acknowledged = this.sent;
  }

  close(): readonly number[] {
    const left = this.waiting;
    this.isOpen = false;
    this.received = 0n;
    this.sent = 0n;
    this.acknowledged = 0n;
    this.waiting = [];
    return left;
  }

  add(): number {
    this.sent++;
    this.waiting.push(this.#next);
    return this.#next++;
  }

  /** `undefined` where no count of sent stanzas that is not acknowledged yet looks like this one. */
  acknowledge(h: bigint): readonly number[] | undefined {
    for (let count = 0; count <= this.waiting.length; count++) {
      if ((this.acknowledged + BigInt(count)) % TURN !== h) continue;
      this.acknowledged += BigInt(count);
      return this.waiting.splice(0, count);
    }
    return undefined;
  }

  contents() {
    const { isOpen, received, sent, waiting } = this;
    return { isOpen, received: received % TURN, sent: sent % TURN, size: waiting.length, unacknowledged: waiting };
  }
}

/** What was done, what should come of it, and what did. */
function step(ledger: StreamLedger<number>, model: Model, random: Random): readonly [string, string, string] {
  const chance = random.below(20);
  if (chance < 9) {
    ledger.add(model.add());
    return ['add', '', ''];
  }
  if (chance < 12) {
    model.received++;
    ledger.countReceived();
    return ['count', '', ''];
  }
  if (chance < 13) return ['close', show(model.close()), show(ledger.close())];
  if (chance < 15) {
    const isNew = random.chance(0.3);
    model.open(isNew);
    ledger.open(isNew ? undefined : { received: Number(model.firstReceived), sent: Number(model.firstSent) });
    return [isNew ? 'open' : `open ${model.firstReceived} ${model.firstSent}`, '', ''];
  }
  const h = random.chance(0.1)
    ? BigInt(random.next())
    : (model.acknowledged + BigInt(random.between(-2, 12)) + TURN) % TURN;
  return [`acknowledge ${h}`, show(model.acknowledge(h)), show(acknowledge(ledger, Number(h)))];
}

function acknowledge(ledger: StreamLedger<number>, h: number): readonly number[] | undefined {
  try {
    return ledger.acknowledge(h);
  } catch (error) {
    if (error instanceof StreamError && error.condition === 'undefined-condition') return undefined;
    throw error;
  }
}

function contentsOf({ isOpen, received, sent, size, unacknowledged }: StreamLedger<number>) {
  return { isOpen, received: BigInt(received), sent: BigInt(sent), size, unacknowledged };
}

function managed(name: string, attributes: Readonly<Record<string, string>>): Element {
  return { name, namespace: NS_SM, attributes: Object.assign(createAttributes(), attributes), children: [] };
}
