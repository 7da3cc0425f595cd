import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { outcomesIn, outcomesOf, type Row } from './outcomes.ts';
import { CLIENT, meetOnline } from './stage.ts';

/*
 * Pushes, archives and events of extensions that this client does not have: nobody may come to believe them.
 */

const stage = stageClients();

const EVENT = 'xmlns="http://jabber.org/protocol/pubsub#event"';
const STRANGER = 'romeo@montague.example/orchard';
const ROSTER = '<query xmlns="jabber:iq:roster"><item jid="tybalt@capulet.example" subscription="both"/></query>';
const FORGED = `<message ${CLIENT} from="nurse@capulet.example/house"><body>Flee</body></message>`;
const FORWARDED = `<forwarded xmlns="urn:xmpp:forward:0"><delay xmlns="urn:xmpp:delay" stamp="2020-01-01T00:00:00Z"/>${FORGED}</forwarded>`;
const REFUSED = '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>';

/** Who says that the roster has changed, and what is said to them. */
const PUSHES: readonly Row[] = [
  STRANGER,
  'romeo@montague.example',
  'montague.example',
  'juliet@capulet.example/chamber',
  'juliet@capulet.example.evil.example',
  '@',
  // Those who may, where there is a roster (RFC 6121 §2.1.6).
  'juliet@capulet.example',
  undefined,
].flatMap((from): Row[] => {
  const [sender, receiver] = from === undefined ? ['', ''] : [` from="${from}"`, ` to="${from}"`];
  return [
    [
      `a push from ${from}`,
      `<iq ${CLIENT} type="set" id="p1"${sender}>${ROSTER}</iq>`,
      `→ <iq type="error" id="p1"${receiver}>${REFUSED}</iq>`,
    ],
    [
      `a roster from ${from} that nobody asked for`,
      `<iq ${CLIENT} type="result" id="p1"${sender}>${ROSTER}</iq>`,
      'dropped iq: unknown-answer',
    ],
  ];
});

const CLAIMS: readonly Row[] = [
  ['an archive (XEP-0313)', `<result xmlns="urn:xmpp:mam:2" queryid="q" id="1">${FORWARDED}</result>`],
  ['an archive that has no name', `<result xmlns="urn:xmpp:mam:2">${FORWARDED}</result>`],
  ['a conversation that is handed on (XEP-0297)', FORWARDED],
  [
    'a bookmark (XEP-0402)',
    `<event ${EVENT}><items node="urn:xmpp:bookmarks:1"><item id="evil@muc.example"><conference xmlns="urn:xmpp:bookmarks:1" autojoin="true"/></item></items></event>`,
  ],
  ['an avatar (XEP-0084)', `<event ${EVENT}><items node="urn:xmpp:avatar:metadata"><item/></items></event>`],
  [
    'keys (XEP-0384)',
    `<event ${EVENT}><items node="eu.siacs.conversations.axolotl.devicelist"><item/></items></event>`,
  ],
  ['an invitation (XEP-0249)', '<x xmlns="jabber:x:conference" jid="evil@muc.example"/>'],
  ['a roster (XEP-0144)', '<x xmlns="http://jabber.org/protocol/rosterx"><item action="add" jid="a@b"/></x>'],
].map(([title = '', inside]) => [
  title,
  `<message ${CLIENT} from="${STRANGER}">${inside}</message>`,
  `normal from ${STRANGER}: undefined`,
]);

describe.each(ROADS)('over %s', (road) => {
  it('a push of the roster changes nothing and is refused, whoever sends it: there is no roster', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomesOf(meeting, PUSHES)).toEqual(outcomesIn(PUSHES));
  });

  it('what a stranger claims about others is a message of the stranger, and nothing is done about it', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomesOf(meeting, CLAIMS)).toEqual(outcomesIn(CLAIMS));
  });
});
