import { describe, expect, it } from 'vitest';
import { ROADS, type Road } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import type { Script } from '../support/negotiation-steps.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf } from '../support/when.ts';
import { lose } from './managed.ts';
import { type Meeting, meet, SASL, secured, streamError } from './stage.ts';

/*
 * Accounts are locked after a few wrong passwords. A client that tries again by itself locks its owner out.
 */

const stage = stageClients();
const DAY = 86_400_000;

const REFUSALS = [
  'not-authorized',
  'account-disabled',
  'credentials-expired',
  'invalid-authzid',
  'mechanism-too-weak',
  'encryption-required',
  'invalid-mechanism',
  'malformed-request',
  'incorrect-encoding',
  'made-up',
  '__proto__',
] as const;

describe.each(ROADS)('over %s, a password that was refused', (road) => {
  it.each(REFUSALS)('with %s is not tried again, however long the client is left alone', async (condition) => {
    let asked = 0;
    const meeting = await meet(stage, road, {
      reconnect: () => 0,
      credentials: () => {
        asked += 1;
        return { password: 'wrong' };
      },
    });
    const failure = rejectionOf(meeting.client.online());
    await refused(meeting, road, `<failure ${SASL}><${condition}/></failure>`);
    const known = condition === 'made-up' || condition === '__proto__' ? 'undefined-condition' : condition;
    expect(await failure).toMatchObject({ code: `sasl/${known}` });
    stage.clock.increment(DAY);
    const { client, sent } = meeting;
    expect([stateOf(client).split('.')[0], stage.clock.timers(), asked, attempts(sent)]).toEqual(['failed', [], 1, 1]);
  });

  it.each([
    ['and the connection ends with it', (peer: Script) => peer.end()],
    ['and the connection is cut with it', (peer: Script) => peer.reset()],
    ['and the stream ends with it', (peer: Script) => peer.close()],
    ['and an error of the stream follows', (peer: Script) => peer.sends(streamError('connection-timeout'))],
    ['and a redirect follows', (peer: Script) => peer.sends(streamError('see-other-host', '127.0.0.1:9'))],
  ])('%s stays refused', async (_title, follow) => {
    const meeting = await meet(stage, road, { reconnect: () => 0 });
    const failure = rejectionOf(meeting.client.online());
    await follow(refused(meeting, road, `<failure ${SASL}><not-authorized/></failure>`));
    expect(await failure).toMatchObject({ code: 'sasl/not-authorized' });
    expect([stateOf(meeting.client), attempts(meeting.sent)]).toEqual(['failed.needsCredentials', 1]);
  });

  it('when the client came back from a lost connection is not tried again', async () => {
    const meeting = await meet(stage, road, { returns: true });
    const { client, server, peer, sent } = meeting;
    await Promise.all([client.online(), peer.login({ mechanism: 'SCRAM-SHA-256' })]);
    await lose(client, peer);
    const failed = nextEvent(client, 'failed');
    await refused(
      { ...meeting, peer: await server.connection() },
      road,
      `<failure ${SASL}><not-authorized/></failure>`,
    );
    expect((await failed).error).toMatchObject({ code: 'sasl/not-authorized' });
    expect([stateOf(client), attempts(sent)]).toEqual(['failed.needsCredentials', 2]);
  });

  it('without saying whose fault it is, is tried again only after the usual time', async () => {
    const meeting = await meet(stage, road, { reconnect: () => 1_000 });
    const { client, sent } = meeting;
    const lost = nextEvent(client, 'reconnecting');
    await refused(meeting, road, `<failure ${SASL}><temporary-auth-failure/></failure>`);
    expect((await lost).error).toMatchObject({ code: 'sasl/temporary-auth-failure' });
    expect([stateOf(client), attempts(sent)]).toEqual(['reconnecting.backingOff', 1]);
  });
});

/** How often the client tried to log in. */
function attempts(sent: readonly string[]): number {
  return sent.filter((text) => text.startsWith('<auth ')).length;
}

function refused({ peer }: Pick<Meeting, 'peer'>, road: Road, failure: string): Script {
  return secured(peer, road)
    .header()
    .features(`<mechanisms ${SASL}><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`)
    .receives(`<auth ${SASL}/>`)
    .sends(failure);
}
