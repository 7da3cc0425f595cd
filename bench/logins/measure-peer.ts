import type { Peer } from '../peers/peer.ts';
import { costOf, type LoginCost, medianCost } from './compare.ts';
import type { RealServer } from './place.ts';

/** Milliseconds of logins that do not count, and of those that do; but at least one, and two. */
const WARM_UP = 600;
const MEASURED = 1000;

/** What a peer's login to a real server costs, in µs; undefined where it cannot log in so. */
export async function measureRealLogin(peer: Peer, server: RealServer) {
  const { logIn } = peer;
  if (!logIn) return undefined;
  const login = () => logIn(server);
  await repeat(WARM_UP, 1, () => costOf(login));
  const { elapsed, cpu } = medianCost(await repeat(MEASURED, 2, () => costOf(login)));
  return { wall: elapsed * 1000, cpu: cpu * 1000 };
}

async function repeat(milliseconds: number, atLeast: number, run: () => Promise<LoginCost>): Promise<LoginCost[]> {
  const end = performance.now() + milliseconds;
  const costs: LoginCost[] = [];
  while (performance.now() < end || costs.length < atLeast) costs.push(await run());
  return costs;
}
