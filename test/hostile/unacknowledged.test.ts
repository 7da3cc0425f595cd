import { describe, expect, it } from 'vitest';
import type { ScriptedPeer } from '../../src/testing/index.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { messageWith } from '../support/stanzas.ts';
import { meetManaged, SM } from './managed.ts';

/*
 * What is sent is kept until the server says that it has it. A server that never says so must not fill the memory of its clients.
 */

const stage = stageClients();

describe.each(ROADS)('over %s, a server that never acknowledges (XEP-0198 §4)', (road) => {
  it('is sent no more than may be lost, and asked once; then stanzas wait, and at last are refused', async () => {
    const limits = { maxUnacknowledged: 20, maxQueuedStanzas: 30 };
    const { client, peer } = await meetManaged(stage, road, { limits });
    const deliveries = Array.from({ length: 50 }, (_, index) => client.send(messageWith(`${index}`)));
    expect(() => client.send(messageWith('too many'))).toThrow(/wait to be sent already/);
    const came = await namesUntilAck(peer);
    expect(came.filter((name) => name === 'message')).toHaveLength(20);
    expect(came.filter((name) => name === 'r')).toHaveLength(1);
    expect(deliveries.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 20 }, () => 'written'),
      ...Array.from({ length: 30 }, () => 'queued'),
    ]);
    stage.clock.increment(5_000);
    expect(await namesUntilAck(peer)).toEqual([]);
    await peer.sends(`<a ${SM} h="20"/>`);
    expect((await namesUntilAck(peer)).filter((name) => name === 'message')).toHaveLength(20);
    expect(deliveries.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 20 }, () => 'acknowledged'),
      ...Array.from({ length: 20 }, () => 'written'),
      ...Array.from({ length: 10 }, () => 'queued'),
    ]);
  });
});

/** Asks what the client has; what comes before it says so. */
async function namesUntilAck(peer: ScriptedPeer): Promise<string[]> {
  const names: string[] = [];
  await peer.sends(`<r ${SM}/>`);
  for (;;) {
    const { name } = await peer.receives(() => true);
    if (name === 'a') return names;
    names.push(name);
  }
}
