import { onTestFinished } from 'vitest';
import { randomFrom } from '../client/resume-stage.ts';
import {
  type Cut,
  type CuttingProxy,
  type Direction,
  type Sieve,
  startCuttingProxy,
} from '../support/cutting-proxy.ts';

/** Something for each of the two directions. */
export type Both<Value> = Readonly<Record<Direction, Value>>;

/** What cuts are planned by. */
interface Measures {
  /** How many bytes a login takes. */
  readonly login: Both<number>;
  /** Messages that are said each way between two cuts. */
  readonly share: number;
  /** How many messages were said that way and not heard. */
  waiting(direction: Direction): number;
}

/** A connection that is cut by plan. */
export interface Course {
  /** Leaves connections alone until there is a plan. */
  readonly proxy: CuttingProxy;
  /**
   * From now on connections are cut, anywhere from their first byte to about the last of what there will be to say, until there
   * were enough cuts. To be called when a share has been said and heard on the connection that stands, by which that is measured.
   */
  begin(seed: number, measures: Measures): void;
}

/** Lays a proxy before a port of 127.0.0.1; it is gone with the test. */
export async function prepareCourse(options: {
  readonly port: number;
  readonly cuts: number;
  readonly createSieve?: () => Sieve;
  readonly onCut: () => void;
}): Promise<Course> {
  const { port, cuts, createSieve, onCut } = options;
  let plan = (): Cut | undefined => undefined;
  const proxy: CuttingProxy = await startCuttingProxy(port, {
    plan: () => (proxy.cuts < cuts ? plan() : undefined),
    ...(createSieve && { createSieve }),
    onCut,
  });
  onTestFinished(() => proxy.remove());
  return {
    proxy,
    begin(seed, measures) {
      plan = planCuts(randomFrom(seed), measures, { ...proxy.passed });
    },
  };
}

/**
 * A connection before which more messages wait than this is left alone, until they are through: so nobody writes more at once
 * than a TLS record holds.
 */
const MOST_WAITING = 30;

/** `whole` is how many bytes a login takes, and a share behind it. */
function planCuts(random: () => number, { login, share, waiting }: Measures, whole: Both<number>) {
  return (): Cut | undefined => {
    const direction = random() < 0.5 ? 'up' : 'down';
    const place = random();
    if (Math.max(waiting('up'), waiting('down')) > MOST_WAITING) return undefined;
    const each = (whole[direction] - login[direction]) / share;
    // A little less than all of it: the first login binds a resource too, and every login is a little different.
    const reach = login[direction] + 0.9 * each * (waiting(direction) + share);
    return { direction, bytes: 1 + Math.floor(place * reach) };
  };
}
