import type { Client } from '../../src/node.ts';
import type { ScriptedPeer } from '../../src/testing/index.ts';
import type { Road } from '../client/resume-stage.ts';
import type { ClientStage } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { BIND, type Meeting, type MeetingOptions, meet, secured } from './stage.ts';

/*
 * Sessions whose streams are managed (XEP-0198).
 */

export const SM = 'xmlns="urn:xmpp:sm:3"';

/** A client that is online in a session called `s1`, which can be resumed, at another place if the server says so. */
export async function meetManaged(
  stage: ClientStage,
  road: Road,
  { location, ...options }: MeetingOptions & { readonly location?: string } = {},
): Promise<Meeting> {
  const meeting = await meet(stage, road, options);
  const managed = meeting.peer
    .login({ mechanism: 'PLAIN', features: `<sm ${SM}/>` })
    .receives(`<enable ${SM} resume="true"/>`)
    .sends(`<enabled ${SM} id="s1" resume="true"${location === undefined ? '' : ` location="${location}"`}/>`);
  await Promise.all([meeting.client.online(), managed]);
  return meeting;
}

/** The server cuts the connection; resolves when the client has noticed. */
export async function lose(client: Client, peer: ScriptedPeer): Promise<void> {
  const lost = nextEvent(client, 'reconnecting');
  await peer.reset();
  await lost;
}

/** The client comes back for that session, of which it has so many stanzas, and gets it; the server has none of the client's. */
export async function resume(peer: ScriptedPeer, road: Road, h: number): Promise<void> {
  await secured(peer, road)
    .authenticate('PLAIN')
    .header()
    .features(`<bind ${BIND}/><sm ${SM}/>`)
    .receives(`<resume ${SM} previd="s1" h="${h}"/>`)
    .sends(`<resumed ${SM} previd="s1" h="0"/>`);
}
