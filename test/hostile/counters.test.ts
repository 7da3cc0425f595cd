import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { lose, meetManaged, resume, SM } from './managed.ts';
import { CLIENT } from './stage.ts';

/*
 * Counts of XEP-0198 that are none, and what is not to be counted. Servers that count wrong are in
 * `test/client/resume.hostile.test.ts`.
 */

const stage = stageClients();

describe.each(ROADS)('over %s, a count of stanzas (XEP-0198 §4)', (road) => {
  it.each([
    ['NaN'],
    ['Infinity'],
    ['1.0'],
    ['1e0'],
    ['0x1'],
    ['01'],
    ['+1'],
    [' 1'],
    ['1 '],
    ['-0'],
    ['\u0661'],
    ['1,000'],
    ['true'],
    ['99999999999999999999'],
    [undefined],
  ])('that is none ends the stream: %s', async (h) => {
    const { client, peer } = await meetManaged(stage, road);
    const delivery = client.send(messageWith('one'));
    await peer
      .receives(messageXml('one'))
      .sends(`<a ${SM}${h === undefined ? '' : ` h="${h}"`}/>`)
      .receives(`<stream:error><bad-format xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>`)
      .receives('</stream:stream>');
    expect(delivery.state).toBe('written');
  });

  it('is not of what is no stanza', async () => {
    const { peer } = await meetManaged(stage, road);
    for (const nonza of [
      `<r ${SM}/>`,
      `<a ${SM} h="0"/>`,
      '<note xmlns="urn:example:note"/>',
      '<message xmlns="urn:example:note"/>',
      '<presence xmlns="jabber:server"/>',
      `<note ${CLIENT}/>`,
      `<iq xmlns=""/>`,
    ]) {
      await peer.sends(nonza);
    }
    await peer.sends(`<r ${SM}/>`).receives(`<a ${SM} h="0"/>`).receives(`<a ${SM} h="0"/>`);
  });

  it('is of every stanza, whatever becomes of it', async () => {
    const { peer } = await meetManaged(stage, road);
    for (const stanza of [
      `<message ${CLIENT} type="spell"/>`,
      `<presence ${CLIENT} type="asleep"/>`,
      `<iq ${CLIENT} type="result" id="nobody’s"/>`,
      `<iq ${CLIENT}/>`,
    ]) {
      await peer.sends(stanza);
    }
    await peer.sends(`<r ${SM}/>`).receives(`<a ${SM} h="4"/>`);
  });

  it('goes on behind a session that is resumed, and does not begin anew with the server’s word', async () => {
    const { client, server, peer } = await meetManaged(stage, road, { returns: true });
    await peer.sends(`<message ${CLIENT}/>`).sends(`<r ${SM}/>`).receives(`<a ${SM} h="1"/>`);
    await lose(client, peer);
    const online = nextEvent(client, 'online');
    const again = await server.connection();
    await resume(again, road, 1);
    expect((await online).resumed).toBe(true);
    await again.sends(`<message ${CLIENT}/>`).sends(`<r ${SM}/>`).receives(`<a ${SM} h="2"/>`);
  });
});
