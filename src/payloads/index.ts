/*
 * One rule for all: the parse function of an iq's payload takes the iq or its payload and throws a `StanzaError`, the one
 * that the iq carries or `bad-request`, where there is nothing to interpret; thrown by a handler, it is the answer.
 * `parseMessage` and `parsePresence` never throw, nor do those that read what a message carries: `undefined` if it does not.
 */
export { buildBindRequest, buildBindResult, parseBindRequest, parseBindResult } from './bind.ts';
export {
  buildCarbonsDisable,
  buildCarbonsEnable,
  buildPrivate,
  type Carbon,
  isCarbon,
  NS_CARBONS,
  parseCarbon,
} from './carbons.ts';
export { buildClientState, type ClientState, NS_CLIENT_STATE } from './client-state.ts';
export { buildDelay, type Delay, NS_DELAY, parseDelay } from './delay.ts';
export {
  buildDiscoInfo,
  buildDiscoInfoGet,
  type DiscoIdentity,
  type DiscoInfo,
  NS_DISCO_INFO,
  parseDiscoInfo,
  parseDiscoInfoGet,
} from './disco.ts';
export { type ForwardedMessage, NS_FORWARD, parseForwardedMessage } from './forwarded.ts';
export {
  buildMessage,
  type Message,
  type MessageOptions,
  type MessageThread,
  type MessageType,
  parseMessage,
} from './message.ts';
export { buildPing, isPing, NS_PING } from './ping.ts';
export {
  buildPresence,
  type Presence,
  type PresenceOptions,
  type PresenceShow,
  type PresenceType,
  parsePresence,
} from './presence.ts';
export type { ReceivedStanza } from './received-stanza.ts';
export {
  buildRoster,
  buildRosterGet,
  buildRosterRemove,
  buildRosterSet,
  NS_ROSTER,
  parseRoster,
  type Roster,
  type RosterItem,
  type RosterSetOptions,
  type RosterSubscription,
} from './roster.ts';
export { buildSessionRequest } from './session.ts';
export {
  buildAck,
  buildAckRequest,
  buildEnable,
  buildResume,
  type ManagementEnabled,
  type ManagementFailed,
  type ManagementResumed,
  parseAck,
  parseEnabled,
  parseManagementFailed,
  parseResumed,
} from './stream-management.ts';
export { buildVersion, buildVersionGet, NS_VERSION, parseVersion, type SoftwareVersion } from './version.ts';
