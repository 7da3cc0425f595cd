import { describe, expect, it } from 'vitest';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { type VersionOptions, versionProtocol } from '../../src/subprotocols/version.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { outcomeOf, outcomesOf } from './outcomes.ts';
import { CLIENT, type Meeting, meet, meetOnline } from './stage.ts';

/*
 * What a client tells those who ask, and does for those who command: nothing, unless the application says so.
 */

const stage = stageClients();

const TYBALT = 'tybalt@capulet.example/street';
const REFUSED = `→ <iq type="error" id="q" to="${TYBALT}"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`;
const ask = (payload: string): string => `<iq ${CLIENT} type="get" id="q" from="${TYBALT}">${payload}</iq>`;
const command = (payload: string): string => ask(payload).replace('get', 'set');
const VERSION = ask('<query xmlns="jabber:iq:version"/>');

const REQUESTS: readonly (readonly [title: string, xml: string])[] = [
  ['features (XEP-0030)', ask('<query xmlns="http://jabber.org/protocol/disco#info"/>')],
  [
    'commands (XEP-0050)',
    ask('<query xmlns="http://jabber.org/protocol/disco#items" node="http://jabber.org/protocol/commands"/>'),
  ],
  ['time (XEP-0202)', ask('<time xmlns="urn:xmpp:time"/>')],
  ['last activity (XEP-0012)', ask('<query xmlns="jabber:iq:last"/>')],
  ['card (XEP-0054)', ask('<vCard xmlns="vcard-temp"/>')],
  ['storage (XEP-0049)', ask('<query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks"/></query>')],
  ['roster', ask('<query xmlns="jabber:iq:roster"/>')],
  [
    'to run a command (XEP-0050)',
    command('<command xmlns="http://jabber.org/protocol/commands" node="shut-down" action="execute"/>'),
  ],
  [
    'to call something (XEP-0009)',
    command('<query xmlns="jabber:iq:rpc"><methodCall><methodName>eval</methodName></methodCall></query>'),
  ],
  ['to take a file (XEP-0096)', command('<si xmlns="http://jabber.org/protocol/si" id="f"/>')],
  ['to open a stream (XEP-0047)', command('<open xmlns="http://jabber.org/protocol/ibb" sid="x" block-size="65535"/>')],
  ['to begin a call (XEP-0166)', command('<jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="x"/>')],
  ['to fetch something (XEP-0066)', command('<query xmlns="jabber:iq:oob"><url>http://localhost/</url></query>')],
  ['to bind a resource', command('<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>')],
  ['to block somebody (XEP-0191)', command('<block xmlns="urn:xmpp:blocking"><item jid="a@b"/></block>')],
  ['to switch carbons off', command('<disable xmlns="urn:xmpp:carbons:2"/>')],
  ['what nobody knows', command('<query xmlns="urn:example:x"><deep>what is asked is not repeated</deep></query>')],
];

describe.each(ROADS)('over %s, a stranger', (road) => {
  it('is refused whatever no subprotocol answers, with the same words', async () => {
    const meeting = await meetOnline(stage, road);
    expect(await outcomesOf(meeting, REQUESTS)).toEqual(REQUESTS.map(([title]) => [title, REFUSED]));
  });

  it('learns the version only where the application tells it (XEP-0092 §5)', async () => {
    expect(await outcomeOf(await meetWith({ answer: { name: 'Balcony', version: '7' } }), VERSION)).toEqual([
      `→ <iq type="result" id="q" to="${TYBALT}"><query xmlns="jabber:iq:version"><name>Balcony</name><version>7</version></query></iq>`,
    ]);
    expect(await outcomeOf(await meetWith({ answer: false }), VERSION)).toEqual([REFUSED]);
    expect(await outcomeOf(await meetWith(undefined), VERSION)).toEqual([REFUSED]);
  });

  /** A client that answers pings, and with these options tells its version. */
  async function meetWith(options: VersionOptions | undefined): Promise<Meeting> {
    const meeting = await meet(stage, road);
    meeting.client.use(pingProtocol());
    if (options) meeting.client.use(versionProtocol(options));
    await Promise.all([meeting.client.online(), meeting.peer.login({ mechanism: 'PLAIN' })]);
    return meeting;
  }
});
