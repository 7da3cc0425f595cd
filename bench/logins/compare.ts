import process from 'node:process';
import type { Login } from './place.ts';

/** Milliseconds of one login, from the first call to the session, and of CPU. */
export interface LoginCost {
  readonly elapsed: number;
  readonly cpu: number;
}

/** What a login costs by hand, and with this library. */
export interface LoginCosts {
  readonly bare: LoginCost;
  readonly ours: LoginCost;
  /** How many times as long ours takes. */
  readonly times: number;
}

/**
 * Logs in by both ways in turn, `rounds` times, after as many rounds that do not count. Who is first changes, for the second
 * one waits for a server that clears up after the first. All numbers are medians; `times` is that of the rounds, each by
 * itself: other work on this machine slows down both of a round, and seldom both halves of all rounds alike.
 */
export async function compareLogins(rounds: number, bare: Login, ours: Login): Promise<LoginCosts> {
  for (let round = 0; round < rounds; round++) await costsOf(bare, ours);
  const costs: { readonly bare: LoginCost; readonly ours: LoginCost }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) costs.push(await costsOf(bare, ours));
    else {
      const first = await costOf(ours);
      costs.push({ bare: await costOf(bare), ours: first });
    }
  }
  return {
    bare: medianCost(costs.map((each) => each.bare)),
    ours: medianCost(costs.map((each) => each.ours)),
    times: median(costs.map((each) => each.ours.elapsed / each.bare.elapsed)),
  };
}

/** What one login costs; its end is waited for, and not counted. */
export async function costOf(login: Login): Promise<LoginCost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const close = await login();
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  await close();
  return { elapsed, cpu: (user + system) / 1000 };
}

/** The median of each number by itself. */
export function medianCost(costs: readonly LoginCost[]): LoginCost {
  return { elapsed: median(costs.map(({ elapsed }) => elapsed)), cpu: median(costs.map(({ cpu }) => cpu)) };
}

async function costsOf(bare: Login, ours: Login): Promise<{ readonly bare: LoginCost; readonly ours: LoginCost }> {
  return { bare: await costOf(bare), ours: await costOf(ours) };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
