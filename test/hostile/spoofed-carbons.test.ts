import { describe, expect, it } from 'vitest';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { outcomeOf } from './outcomes.ts';
import { CLIENT, meet, meetOnline } from './stage.ts';

const stage = stageClients();

const JULIET = 'juliet@capulet.example';
const FORGED =
  '<message xmlns="jabber:client" from="nurse@capulet.example/house" to="juliet@capulet.example"><body>Flee</body></message>';

/** Who says that a message is a copy. */
const LIARS: readonly string[] = [
  'romeo@montague.example/orchard',
  'juliet@capulet.example/balcony',
  'juliet@capulet.example/chamber',
  'capulet.example',
  'juliet@montague.example',
  'juliet@capulet.example.evil.example',
  'juliet@capulet.example@evil.example',
  'evil.example/juliet@capulet.example',
  '\u202Ejuliet@capulet.example',
  'julıet@capulet.example',
  ' juliet@capulet.example',
  '',
];

describe.each(ROADS)('over %s, a copy of a message', (road) => {
  it('counts only from the own account, and is no message in any case (XEP-0280 §11)', async () => {
    const meeting = await meetOnline(stage, road);
    for (const direction of ['received', 'sent'] as const) {
      for (const from of LIARS) {
        expect([from, await outcomeOf(meeting, carbon(direction, `from="${from}"`, FORGED))]).toEqual([
          from,
          ['dropped message: foreign-carbon'],
        ]);
      }
      expect(await outcomeOf(meeting, carbon(direction, '', FORGED))).toEqual(['dropped message: foreign-carbon']);
      expect(await outcomeOf(meeting, carbon(direction, `from="${JULIET}"`, FORGED))).toEqual([
        `carbon ${direction} from nurse@capulet.example/house: Flee`,
      ]);
    }
  });

  it.each([
    ['has a body of its own', (from: string) => carbon('received', from, FORGED, '<body>Stay</body>')],
    ['is an error', (from: string) => carbon('received', `${from} type="error"`, FORGED)],
    ['says it twice', (from: string) => carbon('received', from, FORGED, wrapper('sent', FORGED))],
    [
      'says it behind other things',
      (from: string) =>
        `<message ${CLIENT} ${from}><body>Stay</body><received xmlns="urn:example:x"/>${wrapper('sent', FORGED)}</message>`,
    ],
  ])('from somebody else that %s is dropped all the same', async (_title, build) => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomeOf(meeting, build('from="romeo@montague.example/orchard"'))).toEqual([
      'dropped message: foreign-carbon',
    ]);
  });

  it.each([
    ['of a copy', carbon('received', `from="${JULIET}"`, FORGED)],
    ['of nothing', ''],
    ['of what is no message', `<iq ${CLIENT} type="set" id="x"/>`],
    ['of what is a message to servers', FORGED.replace('jabber:client', 'jabber:server')],
  ])('%s is dropped, also from the own account', async (_title, inner) => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomeOf(meeting, carbon('sent', `from="${JULIET}"`, inner))).toEqual([
      'dropped message: unreadable-carbon',
    ]);
  });

  it('is nothing to an application that asked for none, whoever sent it', async () => {
    const meeting = await meet(stage, road);
    const { client, peer } = meeting;
    client.use(messageProtocol());
    client.use(pingProtocol());
    await Promise.all([client.online(), peer.login({ mechanism: 'PLAIN' })]);
    for (const from of ['', `from="${JULIET}"`, 'from="romeo@montague.example/orchard"']) {
      expect(await outcomeOf(meeting, carbon('received', from, FORGED))).toEqual([]);
    }
  });
});

function carbon(direction: string, attributes: string, inner: string, beside = ''): string {
  return `<message ${CLIENT} ${attributes}>${beside}${wrapper(direction, inner)}</message>`;
}

function wrapper(direction: string, inner: string): string {
  return `<${direction} xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${inner}</forwarded></${direction}>`;
}
