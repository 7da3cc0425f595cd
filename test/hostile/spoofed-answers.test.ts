import { describe, expect, it } from 'vitest';
import { buildIq, type Element, element } from '../../src/node.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { rejectionOf } from '../support/when.ts';
import { outcomeOf } from './outcomes.ts';
import { CLIENT, meetOnline } from './stage.ts';

const stage = stageClients();

const ROMEO = 'romeo@montague.example/orchard';
const QUERY = '<query xmlns="urn:example:secret"/>';
const FOREIGN = ['dropped iq: foreign-answer'];

/** Who is asked, who else may not answer for them, and who may. */
const QUESTIONS: readonly (readonly [
  asked: string | undefined,
  impostors: readonly (string | undefined)[],
  answers: string | undefined,
])[] = [
  [
    ROMEO,
    [
      undefined,
      '',
      'romeo@montague.example',
      'romeo@montague.example/Orchard',
      'montague.example',
      'tybalt@capulet.example/street',
      'juliet@capulet.example',
      'juliet@capulet.example/balcony',
      'capulet.example',
      '@',
    ],
    ROMEO,
  ],
  [
    'capulet.example',
    [ROMEO, 'juliet@capulet.example', 'evil.capulet.example', 'capulet.example.evil.example', 'capulet.example/x'],
    undefined,
  ],
  [
    undefined,
    [ROMEO, 'tybalt@capulet.example', 'juliet@capulet.example/chamber', 'juliet@montague.example', 'example', ''],
    'juliet@capulet.example',
  ],
];

describe.each(ROADS)('over %s, an answer', (road) => {
  it.each(QUESTIONS)(
    'to what %s was asked counts from nobody else (RFC 6120 §8.1.2.1)',
    async (to, impostors, from) => {
      const meeting = await meetOnline(stage, road);
      const answer = meeting.client.request(request(to));
      const { attributes } = await meeting.peer.receives(`<iq type="get">${QUERY}</iq>`);
      const id = attributes.id ?? '';
      for (const impostor of impostors) {
        for (const type of ['result', 'error']) {
          expect([impostor, type, await outcomeOf(meeting, iq(type, id, impostor, '<lie/>'))]).toEqual([
            impostor,
            type,
            FOREIGN,
          ]);
        }
      }
      await meeting.peer.sends(iq('result', id, from, '<truth/>'));
      expect((await answer).children).toMatchObject([{ name: 'truth' }]);
    },
  );

  it('counts once, and only as an answer', async () => {
    const meeting = await meetOnline(stage, road);
    const answer = meeting.client.request(request(ROMEO));
    const { attributes } = await meeting.peer.receives(`<iq type="get" to="${ROMEO}"/>`);
    const id = attributes.id ?? '';
    expect(await outcomeOf(meeting, iq('get', id, ROMEO, '<ping xmlns="urn:xmpp:ping"/>'))).toEqual([
      `→ <iq type="result" id="${id}" to="${ROMEO}"/>`,
    ]);
    expect(await outcomeOf(meeting, `<message ${CLIENT} id="${id}" from="${ROMEO}" type="result"/>`)).toEqual([
      `normal from ${ROMEO}: undefined`,
    ]);
    expect(await outcomeOf(meeting, iq('RESULT', id, ROMEO))).toEqual(['dropped iq: unreadable-iq']);
    expect(await outcomeOf(meeting, iq('result', ` ${id}`, ROMEO))).toEqual(['dropped iq: unknown-answer']);
    expect(await outcomeOf(meeting, iq('result', id, ROMEO, '<truth/>'))).toEqual([]);
    expect((await answer).children).toMatchObject([{ name: 'truth' }]);
    expect(await outcomeOf(meeting, iq('error', id, ROMEO))).toEqual(['dropped iq: unknown-answer']);
  });

  it('that comes when its time is over is nobody’s', async () => {
    const meeting = await meetOnline(stage, road);
    const failure = rejectionOf(meeting.client.request(request(ROMEO), { timeout: 1_000 }));
    const { attributes } = await meeting.peer.receives(`<iq type="get" to="${ROMEO}"/>`);
    stage.clock.increment(1_000);
    expect(await failure).toMatchObject({ name: 'RequestTimeoutError' });
    expect(await outcomeOf(meeting, iq('result', attributes.id ?? '', ROMEO))).toEqual(['dropped iq: unknown-answer']);
  });

  it('cannot be prepared: nobody knows the next id', async () => {
    const { client, peer } = await meetOnline(stage, road);
    const ids = new Set<string>();
    for (let index = 0; index < 200; index += 1) {
      client.request(request(ROMEO)).catch(() => {});
      ids.add((await peer.receives(`<iq type="get" to="${ROMEO}"/>`)).attributes.id ?? '');
    }
    expect(ids.size).toBe(200);
    // Six bits in each of 22 characters.
    expect([...ids].filter((id) => !/^[\w-]{22}$/.test(id))).toEqual([]);
  });
});

function request(to: string | undefined): Element {
  return buildIq({ type: 'get', to }, element('{urn:example:secret}query'));
}

function iq(type: string, id: string, from: string | undefined, inside = ''): string {
  return `<iq ${CLIENT} type="${type}" id="${id}"${from === undefined ? '' : ` from="${from}"`}>${inside}</iq>`;
}
