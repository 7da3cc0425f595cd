import { describe, expect, it } from 'vitest';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { lose, meetManaged, resume, SM } from './managed.ts';
import { outcomesIn, outcomesOf } from './outcomes.ts';
import { IQS, MESSAGES, OTHERS, PRESENCES } from './poison.ts';
import { logIn, meet, meetOnline, useEverything } from './stage.ts';

/*
 * A contact can send whatever its server takes for a stanza, and the server delivers it again after each reconnect. If it could end
 * the stream, it would end every stream.
 */

const stage = stageClients();

describe.each(ROADS)('over %s, whatever a contact sends, the stream goes on', (road) => {
  it.each([
    ['messages', MESSAGES],
    ['presence', PRESENCES],
    ['requests and answers', IQS],
    ['what is no stanza', OTHERS],
  ])('%s', async (_title, rows) => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomesOf(meeting, rows)).toEqual(outcomesIn(rows));
  });

  it('also when the server delivers it again in each session that follows', async () => {
    const meeting = await meet(stage, road, { returns: true });
    const { client, server } = meeting;
    useEverything(client);
    const all = [...MESSAGES, ...PRESENCES, ...IQS, ...OTHERS];
    let { peer } = meeting;
    for (let session = 0; session < 3; session += 1) {
      await Promise.all([nextEvent(client, 'online'), logIn(peer)]);
      expect(await outcomesOf({ ...meeting, peer }, all)).toEqual(outcomesIn(all));
      await lose(client, peer);
      peer = await server.connection();
    }
  });

  it('also when the server delivers it again in a session that is resumed, for it was never acknowledged', async () => {
    const { client, server, peer: first, heard } = await meetManaged(stage, road, { returns: true });
    client.use(messageProtocol());
    const [, poison = ''] = MESSAGES.find(([title]) => title === 'with names that every object has') ?? [];
    let peer = first;
    for (let count = 1; count <= 3; count += 1) {
      await peer.sends(poison).sends(`<r ${SM}/>`).receives(`<a ${SM} h="${count}"/>`);
      await lose(client, peer);
      const online = nextEvent(client, 'online');
      peer = await server.connection();
      await resume(peer, road, count);
      expect((await online).resumed).toBe(true);
    }
    expect(heard).toEqual(Array.from({ length: 3 }, () => 'normal from romeo@montague.example/orchard: undefined'));
  });
});
