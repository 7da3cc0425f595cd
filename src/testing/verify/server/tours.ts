import { type Step, stepsThrough, type Tour, tourGroup } from '../steps.ts';
import type { MoveName } from './moves.ts';
import { serverMachine } from './server.machine.ts';

/** What a tour is about: whoever verifies a server may ask for some of them. */
export const TOUR_GROUPS = ['negotiation', 'authentication', 'binding', 'stanzas', 'xml', 'management'] as const;

/** One of {@link TOUR_GROUPS}. */
export type TourGroup = (typeof TOUR_GROUPS)[number];

/** A walk through the model of a server. */
export type ServerTour = Tour<TourGroup, MoveName>;

const NEGOTIATING: readonly MoveName[] = ['stream.open'];
const SECURE: readonly MoveName[] = [...NEGOTIATING, 'tls.start'];
const AUTHENTICATING: readonly MoveName[] = [...SECURE, 'stream.open'];
const CHALLENGED: readonly MoveName[] = [...AUTHENTICATING, 'auth.begin'];
const BINDING: readonly MoveName[] = [...AUTHENTICATING, 'auth.scram', 'stream.open'];
const BOUND: readonly MoveName[] = [...BINDING, 'bind.requested'];
const MANAGED: readonly MoveName[] = [...BOUND, 'sm.enable'];
const SUSPENDED: readonly MoveName[] = [...MANAGED, 'sm.cut'];

/**
 * All tours; together they make every move of the model in every state that has it. What leaves the stream as it is shares a tour, what ends
 * it has one of its own.
 */
export const TOURS: readonly ServerTour[] = [
  ...tourGroup<TourGroup, MoveName>('negotiation', [
    [[], ['stream.toUnknownHost']],
    [[], ['stream.inWrongNamespace']],
    [[], ['stream.ofUnknownContent']],
    [[], ['stream.withoutXml']],
    [NEGOTIATING, ['stream.close']],
    [NEGOTIATING, ['auth.beforeTls']],
    [NEGOTIATING, ['bind.beforeTls']],
    [NEGOTIATING, ['message.beforeTls']],
    [SECURE, ['stream.toUnknownHost']],
    [AUTHENTICATING, ['tls.again']],
    [AUTHENTICATING, ['stream.close']],
  ]),
  ...tourGroup<TourGroup, MoveName>('authentication', [
    [AUTHENTICATING, ['auth.wrongPassword', 'auth.unknownMechanism', 'auth.scram']],
    [AUTHENTICATING, ['auth.badBase64', 'auth.withoutMechanism']],
    [AUTHENTICATING, ['bind.beforeAuth']],
    [AUTHENTICATING, ['message.beforeAuth']],
    [AUTHENTICATING, ['enable.beforeAuth']],
    [CHALLENGED, ['auth.abort']],
    [CHALLENGED, ['response.wrongProof']],
    [CHALLENGED, ['response.badBase64']],
    [CHALLENGED, ['auth.again']],
  ]),
  ...tourGroup<TourGroup, MoveName>('binding', [
    [BINDING, ['bind.generated', 'stream.close']],
    [BINDING, ['bind.requested', 'bind.again']],
    [BINDING, ['bind.tooLong']],
    [BINDING, ['message.beforeBind']],
    [BINDING, ['stream.close']],
  ]),
  ...tourGroup<TourGroup, MoveName>('stanzas', [
    [
      BOUND,
      [
        'iq.ping',
        'iq.unknownNamespace',
        'iq.toOwnAccount',
        'iq.withoutTo',
        'iq.withoutId',
        'iq.withoutChild',
        'iq.twoChildren',
      ],
    ],
    [
      BOUND,
      [
        'iq.unknownType',
        'iq.withoutType',
        'iq.resultUnasked',
        'iq.errorUnasked',
        'iq.toNobody',
        'iq.pingToNobody',
        'iq.toNoResource',
      ],
    ],
    [
      BOUND,
      ['message.toSelf', 'message.tenThousandBytes', 'message.toNobody', 'message.errorToNobody', 'message.wrongFrom'],
    ],
    [BOUND, ['message.toNoServer', 'message.toNoAddress']],
    [BOUND, ['stanza.unknownName']],
    [BOUND, ['element.unknown']],
  ]),
  ...tourGroup<TourGroup, MoveName>('xml', [
    [NEGOTIATING, ['element.unknown']],
    [NEGOTIATING, ['xml.comment']],
    [NEGOTIATING, ['xml.instruction']],
    [NEGOTIATING, ['xml.doctype']],
    [NEGOTIATING, ['xml.unbalanced']],
    [BOUND, ['xml.comment']],
    [BOUND, ['xml.instruction']],
    [BOUND, ['xml.doctype']],
    [BOUND, ['xml.entity']],
    [BOUND, ['xml.unbalanced']],
    [BOUND, ['xml.unboundPrefix']],
    [BOUND, ['xml.badUtf8']],
  ]),
  ...tourGroup<TourGroup, MoveName>('management', [
    [BINDING, ['enable.beforeBind']],
    [BINDING, ['resume.unknown']],
    [MANAGED, ['sm.request', 'sm.countMessage', 'sm.cut', 'sm.resume', 'sm.request', 'sm.countMessage']],
    [MANAGED, ['sm.resumeUnknown']],
    [MANAGED, ['sm.enableAgain']],
    [MANAGED, ['sm.ackTooHigh']],
    [MANAGED, ['stream.close']],
    [SUSPENDED, ['sm.resumeUnknown', 'bind.generated']],
    [SUSPENDED, ['sm.resumeTooHigh']],
  ]),
];

/**
 * The moves of a walk with the states that they lead through.
 *
 * @throws TypeError where the model has no such move in a state
 */
export function stepsOf(moves: readonly MoveName[]): readonly Step<MoveName>[] {
  return stepsThrough(serverMachine, moves);
}
