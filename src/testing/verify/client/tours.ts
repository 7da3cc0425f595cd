import { type Step, stepsThrough, type Tour, tourGroup } from '../steps.ts';
import { remoteClientMachine } from './client.machine.ts';
import type { ClientMoveName } from './moves.ts';

/** What a tour is about. What `trust` finds may be a vulnerability: it is for the authors of a client before it is for others. */
export const CLIENT_TOUR_GROUPS = [
  'login',
  'writing',
  'streams',
  'authentication',
  'stanzas',
  'xml',
  'management',
  'trust',
] as const;

/** One of {@link CLIENT_TOUR_GROUPS}. */
type ClientTourGroup = (typeof CLIENT_TOUR_GROUPS)[number];

/** A walk through the model of a client, in a process of its own. */
export type ClientTour = Tour<ClientTourGroup, ClientMoveName>;

type Moves = readonly ClientMoveName[];

const SECURING: Moves = ['tls.offered'];
const SECURE: Moves = [...SECURING, 'tls.proceeded'];
const AUTHENTICATING: Moves = [...SECURE, 'auth.offered'];
const CHALLENGED: Moves = [...AUTHENTICATING, 'auth.challenged'];
const RESTARTING: Moves = [...CHALLENGED, 'auth.succeeded'];
const BINDING: Moves = [...RESTARTING, 'bind.offered'];
/** From the first header of a client to its session. */
export const ONLINE: Moves = [...BINDING, 'bind.granted'];
const ENABLING: Moves = [...RESTARTING, 'bind.offeredManaged', 'sm.bound'];
const MANAGED: Moves = [...ENABLING, 'sm.enabled'];
const SUSPENDED: Moves = [...MANAGED, 'sm.cut'];

/**
 * All tours; together they make every move of the model in every state that has it. What leaves the stream as it is shares a tour, what ends
 * it has one of its own.
 */
export const CLIENT_TOURS: readonly ClientTour[] = [
  ...tourGroup<ClientTourGroup, ClientMoveName>('login', [
    [[], [...ONLINE, 'client.stopped']],
    [BINDING, ['bind.grantedOther']],
    [BINDING, ['bind.refused']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('writing', [
    [[], ['tls.offeredByPrefix']],
    [[], ['tls.offeredQuoted']],
    [[], ['tls.offeredByBytes', 'tls.proceeded', 'auth.offeredByBytes']],
    [[], ['tls.offeredAmongOthers', 'tls.proceeded', 'auth.offeredAmongOthers']],
    [SECURE, ['auth.offeredByPrefix']],
    [RESTARTING, ['bind.offeredAmongOthers', 'bind.grantedByBytes']],
    [ONLINE, ['iq.quoted', 'iq.byBytes', 'iq.withCdata', 'iq.behindSpace']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('streams', [
    [[], ['header.inWrongNamespace']],
    [[], ['header.ofOtherVersion']],
    [[], ['stream.error']],
    [[], ['stream.seeOtherHost']],
    [[], ['stream.closed']],
    [SECURING, ['tls.failed']],
    [SECURE, ['stream.error']],
    [SECURE, ['stream.closed']],
    [BINDING, ['stream.closed']],
    [ONLINE, ['stream.error']],
    [ONLINE, ['stream.unknownError']],
    [ONLINE, ['stream.closed']],
    [ONLINE, ['connection.lost']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('authentication', [
    [SECURE, ['auth.offeredUnknown']],
    [AUTHENTICATING, ['auth.notAuthorized']],
    [AUTHENTICATING, ['auth.temporaryFailure']],
    [AUTHENTICATING, ['auth.aborted']],
    [AUTHENTICATING, ['challenge.badBase64']],
    [CHALLENGED, ['auth.notAuthorized']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('stanzas', [
    [ONLINE, ['iq.ping', 'iq.getUnknown', 'iq.setUnknown', 'iq.fromStranger', 'iq.resultUnasked', 'iq.errorUnasked']],
    [ONLINE, ['message.unknown', 'message.error', 'presence.unknown', 'element.unknown']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('xml', [
    [[], ['xml.unbalanced']],
    [ONLINE, ['xml.comment']],
    [ONLINE, ['xml.instruction']],
    [ONLINE, ['xml.doctype']],
    [ONLINE, ['xml.unbalanced']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('management', [
    [ENABLING, ['sm.refused']],
    [MANAGED, ['sm.request', 'sm.countStanzas', 'sm.cut', 'sm.resumed', 'sm.request', 'client.stopped']],
    [ENABLING, ['sm.enabledAndAsked']],
    [MANAGED, ['sm.ackTooHigh']],
    [SUSPENDED, ['sm.resumeFailed', 'sm.bound', 'sm.enabled']],
    [SUSPENDED, ['sm.resumedOther']],
  ]),
  ...tourGroup<ClientTourGroup, ClientMoveName>('trust', [
    [[], ['tls.notOffered']],
    [[], ['tls.offeredBesideMechanisms']],
    [SECURING, ['tls.injected']],
    [SECURING, ['tls.otherName']],
    [SECURING, ['tls.unknownAuthority']],
    [SECURING, ['tls.expired']],
    [SECURING, ['success.early']],
    [SECURE, ['success.early']],
    [SECURE, ['bind.early']],
    [AUTHENTICATING, ['success.early']],
    [AUTHENTICATING, ['challenge.malformed']],
    [AUTHENTICATING, ['challenge.foreignNonce']],
    [CHALLENGED, ['success.wrongSignature']],
    [CHALLENGED, ['success.withoutSignature']],
    [ONLINE, ['roster.pushFromStranger', 'features.outOfTurn', 'success.outOfTurn', 'proceed.outOfTurn']],
    [ONLINE, ['xml.entity']],
    [ONLINE, ['xml.expansion']],
    [ONLINE, ['xml.unboundPrefix']],
    [ONLINE, ['xml.badUtf8']],
  ]),
];

/**
 * The moves of a walk with the states that they lead through.
 *
 * @throws TypeError where the model has no such move in a state
 */
export function clientStepsOf(moves: readonly ClientMoveName[]): readonly Step<ClientMoveName>[] {
  return stepsThrough(remoteClientMachine, moves);
}
