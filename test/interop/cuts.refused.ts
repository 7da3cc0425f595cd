import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type CreateClientOptions, createClient, type Delivery } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { randomFrom } from '../client/resume-stage.ts';
import { USUAL_ACCOUNTS, type XmppServer } from '../support/server.ts';
import { Bell } from './cuts.bell.ts';
import { prepareCourse } from './cuts.plan.ts';
import type { Road } from './cuts.roads.ts';
import { enterClient, JULIET, ROMEO } from './cuts.talkers.ts';

/** What became of a message. */
export interface Fate {
  /** What its sender was told last, each time: one end, if all is well. */
  readonly ends: readonly string[];
  /** How often it went over the wire. */
  readonly written: number;
  readonly heard: number;
}

/** Messages that are said between two cuts. */
const SHARE = 10;

/**
 * Has Juliet talk to Romeo over a connection that is cut at random bytes, on a server that takes up no session again. Resolves with
 * the fates of all messages, in order, when each of them has met its own.
 */
export async function speakInVain(
  server: XmppServer,
  road: Road,
  { cuts, seed }: { readonly cuts: number; readonly seed: number },
): Promise<readonly Fate[]> {
  const bell = new Bell();
  const { proxy, begin } = await prepareCourse({
    port: road.port(server),
    cuts,
    createSieve: road.createSieve,
    onCut: bell.ring,
  });
  const romeo = await enterClient(ROMEO, { server, road }, bell.ring);
  onTestFinished(() => romeo.leave());
  const juliet = await enterWatched(road.lead(server, proxy.port), bell.ring);
  const login = { ...proxy.passed };
  const random = randomFrom(seed);
  for (let round = 1; round <= cuts; round += 1) {
    for (let said = 0; said < SHARE; said += 1) {
      juliet.say();
      if (random() < 0.2) await turn();
    }
    await bell.until(() => proxy.cuts >= round || juliet.open === 0);
    if (proxy.cuts >= round) continue;
    if (round === 1) begin(seed + 1, { login, share: SHARE, waiting: () => juliet.open });
    proxy.cut();
  }
  // When one is heard, all have been delivered that the server got before it.
  while (!romeo.heard.includes(juliet.last())) {
    juliet.say();
    await bell.until(() => juliet.open === 0 && (romeo.heard.includes(juliet.last()) || juliet.lastFailed()));
  }
  expect(juliet.resumptions()).toBe(0);
  return juliet.fates(romeo.heard);
}

async function enterWatched(way: Partial<CreateClientOptions>, tell: () => void) {
  const ends: string[][] = [];
  const written: string[] = [];
  let resumptions = 0;
  let open = 0;
  const client = createClient({
    ...way,
    jid: JULIET.jid,
    password: USUAL_ACCOUNTS.juliet ?? '',
    reconnect: () => 20,
    onTraffic: ({ direction, text }) => {
      if (direction === 'SEND') written.push(...bodiesIn(text));
    },
  });
  const messages = client.use(messageProtocol());
  client.on('online', ({ resumed }) => {
    resumptions += Number(resumed);
  });
  onTestFinished(() => client.stop());
  client.start();
  await client.online();
  const watch = ({ state, error }: Delivery, own: string[]): void => {
    if (state !== 'acknowledged' && state !== 'failed') return;
    own.push(error?.code ?? state);
    open -= 1;
    tell();
  };
  return {
    get open() {
      return open;
    },
    resumptions: () => resumptions,
    last: () => `${ends.length - 1}`,
    lastFailed: () => ends.at(-1)?.[0] !== 'acknowledged',
    say(): void {
      const own: string[] = [];
      open += 1;
      messages.send({ to: JULIET.to, body: `${ends.length}` }).subscribe((delivery) => watch(delivery, own));
      ends.push(own);
    },
    fates: (heard: readonly string[]): Fate[] =>
      ends.map((own, index) => ({ ends: own, written: count(written, `${index}`), heard: count(heard, `${index}`) })),
  };
}

function bodiesIn(text: string): string[] {
  return [...text.matchAll(/<body>(.*?)<\/body>/g)].map(([, body = '']) => body);
}

function count(texts: readonly string[], text: string): number {
  return texts.filter((each) => each === text).length;
}
