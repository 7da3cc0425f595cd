import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { CLIENT, meetOnline } from './stage.ts';

/*
 * Who asks without end and reads no answers makes the other side keep them.
 */

const stage = stageClients();
const ROUNDS = 800;

/** In memory there is no network whose buffers could be full. */
const SOCKETS = ROADS.filter((road) => road !== 'memory');

describe.each(SOCKETS)('over %s, a server that asks and reads nothing', (road) => {
  it('is owed no more answers than the queue holds; of the others the application hears', async () => {
    const { client, peer, heard, sent } = await meetOnline(stage, road, { limits: { maxQueuedStanzas: 20 } });
    await peer.pause();
    // The answer repeats the id, so that few of them fill whatever the network keeps.
    const id = 'i'.repeat(20_000);
    for (let round = 0; round < ROUNDS; round += 1) await peer.sends(ping(`${round}-${id}`));
    await peer.sends(`<message ${CLIENT}/>`);
    const written = (): number => sent.filter((text) => text.includes(id)).length;
    const refused = (): number => heard.filter((line) => line === 'error queue/full').length;
    const patiently = { interval: 1, timeout: 10_000 };
    await expect.poll(() => heard.includes('normal from undefined: undefined'), patiently).toBe(true);
    await peer.resume();
    await expect.poll(() => written() + refused(), patiently).toBe(ROUNDS);
    expect(refused()).toBeGreaterThan(0);
    await peer.sends(ping('last')).awaits('<iq type="result" id="last"/>');
    expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
  });
});

function ping(id: string): string {
  return `<iq ${CLIENT} type="get" id="${id}"><ping xmlns="urn:xmpp:ping"/></iq>`;
}
