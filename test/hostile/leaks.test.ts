import { describe, expect, it } from 'vitest';
import type { Client } from '../../src/node.ts';
import type { ScriptedPeer } from '../../src/testing/index.ts';
import { ROADS, type Road } from '../client/resume-stage.ts';
import { openSockets, stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { CLIENT, logIn, meet, streamError, useEverything } from './stage.ts';

/*
 * What a connection leaves behind that ended badly: nothing. (Long runs, and memory, are measured elsewhere.)
 */

const stage = stageClients();

const ENDINGS: readonly (readonly [title: string, end: (peer: ScriptedPeer, road: Road) => PromiseLike<unknown>])[] = [
  ['ends the connection', (peer) => peer.end()],
  ['cuts the connection', (peer) => peer.reset()],
  ['closes the stream', (peer) => peer.close()],
  ['closes the stream, and stays', (peer, road) => peer.sends(road === 'WebSocket' ? CLOSE : '</stream:stream>')],
  ['sends an error, and stays', (peer) => peer.sends(streamError('internal-server-error'))],
  ['sends what is no XML, and stays', (peer) => peer.sends('<<')],
  ['sends too much', (peer) => peer.sends(`<message ${CLIENT}>${'<a>'.repeat(300)}${'</a>'.repeat(300)}</message>`)],
  ['sends what has no place', (peer) => peer.sends('<proceed xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>')],
  ['sends half a stanza, and ends', (peer) => peer.sends(`<message ${CLIENT}><bo`).end()],
];
const CLOSE = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>';

describe.each(ROADS)('over %s, nothing is left of a session whose server', (road) => {
  it.each(ENDINGS)('%s', async (_title, end) => {
    const { client, peer } = await meet(stage, road);
    useEverything(client);
    await Promise.all([client.online(), logIn(peer)]);
    const failed = nextEvent(client, 'failed');
    await end(peer, road);
    await failed;
    // Whoever does not end its side is not waited for.
    stage.clock.increment(1_000);
    await expect
      .poll(() => leftOf(client), { interval: 1 })
      .toEqual({ sockets: [], timers: [], children: ['session'] });
    expect(stateOf(client)).toMatch(/^failed\./);
  });
});

describe.each(ROADS)('over %s, a client that came back twenty times', (road) => {
  it('has what it had the first time', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    const { client, server, peer: first } = await meet(stage, road, { returns: true });
    useEverything(client);
    const taken: unknown[] = [];
    let peer = first;
    for (let round = 0; round < 20; round += 1) {
      const online = nextEvent(client, 'online');
      await Promise.all([online, logIn(peer)]);
      await expect.poll(() => openSockets().length, { interval: 1 }).toBe(road === 'memory' ? 0 : 2);
      taken.push({ timers: stage.clock.timers().length, listeners: listenersOfProcess() });
      await peer.reset();
      peer = await server.connection();
    }
    process.off('warning', warn);
    expect(taken).toEqual(Array.from({ length: 20 }, () => taken[0]));
    expect(warnings).toEqual([]);
  });
});

/** What a client has open. */
function leftOf(client: Client) {
  const { children } = client.actor.getSnapshot();
  return {
    sockets: openSockets(),
    timers: stage.clock.timers(),
    children: Object.entries(children).flatMap(([name, child]) => (child ? [name] : [])),
  };
}

function listenersOfProcess(): number {
  return process.eventNames().reduce((count, name) => count + process.listenerCount(name), 0);
}
