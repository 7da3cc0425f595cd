import { expect } from 'vitest';
import { waitFor } from 'xstate';
import { type Client, XmppError } from '../../src/node.ts';
import { turn } from '../actors/recorder.ts';
import { type ClientStage, stateOf } from '../support/client-stage.ts';
import { LASTING_ACTORS } from './fault-fate.ts';
import { BACK_OFF, expectHolding, makeWatched, type WatchedClient } from './fault-stage.ts';
import { type Login, tortureOptions } from './torture-logins.ts';
import { type Call, hands, Rack } from './torture-rack.ts';
import type { Round } from './torture-rows.ts';

/** A client on the rack. */
export interface Victim extends WatchedClient {
  readonly rack: Rack;
  readonly login: Login;
  /** The codes of what the application was told of. */
  readonly told: readonly string[];
  /** What whoever waits for the client to be online is told: that, or the code of an error. */
  online(): Promise<unknown>;
}

/** A client that has not started. */
export function putOnRack(stage: ClientStage, login: Login): Victim {
  const rack = new Rack(login.directory);
  hands.rack = rack;
  const watched = makeWatched(stage, tortureOptions(rack, login, stage.clock));
  const { client } = watched;
  rack.client = client;
  const told: string[] = [];
  client.on('error', ({ error }) => told.push(error.code));
  client.on('online', () => rack.call('on.online', () => {}));
  client.on('reconnecting', () => rack.call('on.reconnecting', () => {}));
  let waiting: Promise<unknown> | undefined;
  const online = () => {
    waiting ??= client.online().then(
      () => 'online',
      (error: unknown) => (error instanceof XmppError ? error.code : error),
    );
    return waiting;
  };
  return { ...watched, rack, login, told, online };
}

/** Lets it log in, for the first time or again; `arm` is called before what is of interest. */
export async function logIn(victim: Victim, round: Round, arm: () => void = () => {}): Promise<void> {
  const { client, login } = victim;
  if (round === 'first') arm();
  client.start();
  if (round === 'again') {
    await client.online();
    arm();
    login.cut();
    await waitFor(client.actor, (snapshot) => snapshot.matches('reconnecting')).catch(() => {});
    // What happens at once, happens before the time is over.
    await turn();
    waitForTurn(victim);
  }
  void victim.online();
}

/** What is called on the way, in which states. */
export async function callsOn(stage: ClientStage, login: Login, round: Round): Promise<readonly Call[]> {
  const victim = putOnRack(stage, login);
  await logIn(victim, round, () => victim.rack.calls.splice(0));
  await victim.client.online();
  await turn();
  const calls = new Map(victim.rack.calls.map((call) => [`${call.name} in ${call.state}`, call]));
  await release(victim);
  return [...calls.values()];
}

/** Waits until the client is online, has failed, waits for its turn, or is no more. */
export async function settled(client: Client): Promise<void> {
  await waitFor(client.actor, () => isSettled(client)).catch(() => {});
}

/** Whether that is so. */
export function isSettled({ actor }: Client): boolean {
  const snapshot = actor.getSnapshot();
  const isSomewhere = snapshot.hasTag('online') || snapshot.hasTag('failed') || snapshot.hasTag('waiting');
  return isSomewhere || snapshot.status !== 'active';
}

function waitForTurn(victim: Victim): void {
  const isWaiting = () => stateOf(victim.client).startsWith('reconnecting');
  for (let left = BACK_OFF; left > 0 && isWaiting(); left -= 1_000) victim.stage.clock.increment(1_000);
}

/** What failed, fails once: the client gets where it wants to at the next attempt. */
export async function recover(victim: Victim): Promise<void> {
  const { client } = victim;
  if (client.actor.getSnapshot().hasTag('failed')) client.start();
  waitForTurn(victim);
  await client.online();
}

/** Ends it, and sees that nothing is left. */
export async function release(victim: Victim): Promise<void> {
  await victim.client.stop();
  expect(stateOf(victim.client)).toBe('offline');
  await expectHolding(victim, { timers: [], actors: LASTING_ACTORS });
}
