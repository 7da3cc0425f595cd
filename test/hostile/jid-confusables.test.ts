import { describe, expect, it } from 'vitest';
import { buildIq, element } from '../../src/node.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { outcomeOf, outcomesIn, outcomesOf, type Row } from './outcomes.ts';
import { CLIENT, meetOnline } from './stage.ts';

const stage = stageClients();

const ROMEO = 'romeo@montague.example/Orchard';

/** Addresses that look like Romeo's, and are others, or none. */
const LOOKALIKES: readonly (readonly [title: string, address: string])[] = [
  ['a Greek letter', 'r\u03BFmeo@montague.example/Orchard'],
  ['a Cyrillic letter', 'rom\u0435o@montague.example/Orchard'],
  ['a letter with an accent', 'rom\u00E9o@montague.example/Orchard'],
  ['a joiner that nobody sees', 'ro\u200Dmeo@montague.example/Orchard'],
  ['a soft hyphen', 'ro\u00ADmeo@montague.example/Orchard'],
  ['a mark of direction', 'romeo\u200F@montague.example/Orchard'],
  ['an override of direction', '\u202Dromeo@montague.example/Orchard'],
  ['a space', 'romeo @montague.example/Orchard'],
  ['a tab behind it', 'romeo@montague.example/Orchard&#x9;'],
  ['the case of the resource', 'romeo@montague.example/orchard'],
  ['a space behind the resource', 'romeo@montague.example/Orchard '],
  ['two dots', 'romeo@montague..example/Orchard'],
  ['another domain in front', 'romeo@montague.example@evil.example/Orchard'],
  ['another domain behind', 'evil.example/romeo@montague.example/Orchard'],
  ['an escape that nobody undoes (XEP-0106)', 'rom\\65o@montague.example/Orchard'],
  ['percent signs', 'rom%65o@montague.example/Orchard'],
];

/** Other spellings of the same address (RFC 7622 §3). */
const SPELLINGS: readonly (readonly [title: string, address: string])[] = [
  ['the case of the localpart', 'ROMEO@montague.example/Orchard'],
  ['the case of the domain', 'romeo@Montague.EXAMPLE/Orchard'],
  ['the width of its letters', '\uFF52omeo@montague.example/Orchard'],
  ['a dot behind the domain', 'romeo@montague.example./Orchard'],
];

describe.each(ROADS)('over %s, an answer for Romeo (RFC 7622)', (road) => {
  it('does not count from those whose address only looks like his', async () => {
    const meeting = await meetOnline(stage, road);
    const answer = meeting.client.request(question());
    const id = (await meeting.peer.receives(`<iq type="get" to="${ROMEO}"/>`)).attributes.id ?? '';
    const answers = LOOKALIKES.map(([title, from]): Row => [title, result(id, from), 'dropped iq: foreign-answer']);
    expect(await outcomesOf(meeting, answers)).toEqual(outcomesIn(answers));
    await meeting.peer.sends(result(id, ROMEO));
    expect((await answer).attributes.from).toBe(ROMEO);
  });

  it.each(SPELLINGS)('counts from him, whatever %s', async (_title, from) => {
    const meeting = await meetOnline(stage, road);
    const answer = meeting.client.request(question());
    const id = (await meeting.peer.receives(`<iq type="get" to="${ROMEO}"/>`)).attributes.id ?? '';
    expect(await outcomeOf(meeting, result(id, from))).toEqual([]);
    expect((await answer).attributes.from).toBe(from);
  });
});

function question() {
  return buildIq({ type: 'get', to: ROMEO }, element('{urn:example:secret}query'));
}

function result(id: string, from: string): string {
  return `<iq ${CLIENT} type="result" id="${id}" from="${from}"/>`;
}
