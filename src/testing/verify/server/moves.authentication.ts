import { NS_SASL, NS_SM } from '../../../stream/index.ts';
import {
  closed,
  either,
  element,
  managementFailure,
  may,
  must,
  open,
  saslFailure,
  should,
  streamError,
} from '../clauses.ts';
import type { Reaction } from '../reaction.ts';
import type { Clause } from '../specification.ts';
import { say } from './moves.streams.ts';
import type { Move, Scene } from './scene.ts';
import { authText, begin, goOn, logIn, responseText, scramFor, wrongPassword } from './scram.ts';

const NO_SCRAM = 'the server offers no SCRAM without channel binding';

/** Base64 of a user who does not exist, for PLAIN: what may go out before TLS holds no secret. */
const NOBODY = Buffer.from('\0nobody\0nothing').toString('base64');

/** Moves of SASL, in the wrong place too. */
export const AUTHENTICATION_MOVES = {
  'auth.beforeTls': {
    title: 'authenticates before TLS',
    make: (scene) => say(scene, authText('PLAIN', NOBODY)),
    clauses: ({ offer }) => [
      offer?.startTls?.required
        ? must('RFC 6120 §5.3.1', 'goes nowhere without the TLS that it requires', refused)
        : may('RFC 6120 §5.3.2', 'authenticates without TLS', () => true),
      should('RFC 6120 §6.5.4', 'says encryption-required', saslFailure('encryption-required')),
      may('RFC 6120 §6.5.7', 'says invalid-mechanism: none was offered', saslFailure('invalid-mechanism')),
      may('RFC 6120 §4.9.3.12', 'closes the stream with not-authorized', streamError('not-authorized')),
    ],
  },
  'auth.scram': {
    title: 'logs in',
    make: (scene) => logIn(scene),
    missing: withoutScram,
    arrives: isSuccess,
    clauses: successClauses,
  },
  'auth.begin': {
    title: 'begins to log in',
    make: (scene) => begin(scene),
    missing: withoutScram,
    arrives: element('challenge', NS_SASL),
    clauses: () => [must('RFC 6120 §6.4.3', 'sends a challenge', element('challenge', NS_SASL))],
  },
  'auth.again': {
    title: 'begins again instead of answering the challenge',
    make: (scene) => logIn(scene),
    arrives: isSuccess,
    clauses: (scene) => [
      must('RFC 6120 §6.4.2', 'forgets the first attempt, and goes on with the second', isSuccess),
      ...successClauses(scene),
    ],
  },
  'auth.abort': {
    title: 'aborts the login',
    make: (scene) => say(scene, `<abort xmlns="${NS_SASL}"/>`),
    clauses: () => [
      must('RFC 6120 §6.4.4', 'answers with aborted', saslFailure('aborted')),
      should('RFC 6120 §6.4.5', 'lets the client try again', open),
    ],
  },
  'response.wrongProof': {
    title: 'proves the wrong password',
    make: (scene) => goOn(scene, { isForged: true }),
    clauses: () => failureClauses('RFC 6120 §6.5.10', 'not-authorized'),
  },
  'response.badBase64': {
    title: 'answers the challenge with something that is no base 64',
    make: (scene) => say(scene, responseText('!!!!')),
    clauses: () => failureClauses('RFC 6120 §6.5.5', 'incorrect-encoding'),
  },
  'auth.wrongPassword': {
    title: 'logs in with the wrong password',
    make: (scene) => logIn(scene, wrongPassword()),
    missing: withoutScram,
    clauses: () => failureClauses('RFC 6120 §6.5.10', 'not-authorized'),
  },
  'auth.unknownMechanism': {
    title: 'chooses a mechanism that does not exist',
    make: (scene) => say(scene, authText('X-VERIFY')),
    clauses: () => failureClauses('RFC 6120 §6.5.7', 'invalid-mechanism'),
  },
  'auth.withoutMechanism': {
    title: 'chooses no mechanism',
    make: (scene) => say(scene, `<auth xmlns="${NS_SASL}"/>`),
    clauses: () => failureClauses('RFC 6120 §6.5.7', 'invalid-mechanism', 'malformed-request'),
  },
  'auth.badBase64': {
    title: 'logs in with something that is no base 64',
    make: (scene) => say(scene, authText(scramFor(scene)?.name ?? '', '!!!!')),
    missing: withoutScram,
    clauses: () => failureClauses('RFC 6120 §6.5.5', 'incorrect-encoding'),
  },
  'enable.beforeAuth': {
    title: 'enables stream management before authentication',
    make: (scene) => say(scene, `<enable xmlns="${NS_SM}"/>`),
    clauses: () => [
      must('XEP-0198 §3', 'answers with failed', managementFailure()),
      may('XEP-0198 §6', 'ends the stream of a client that misuses it', closed),
    ],
  },
} as const satisfies Readonly<Record<string, Move>>;

function withoutScram(scene: Scene): string | undefined {
  return scramFor(scene) === undefined ? NO_SCRAM : undefined;
}

function isSuccess(reaction: Reaction): boolean {
  return element('success', NS_SASL)(reaction);
}

function refused(reaction: Reaction): boolean {
  return !either(isSuccess, element('challenge', NS_SASL))(reaction);
}

function successClauses(_scene: Scene): readonly Clause[] {
  return [
    must('RFC 6120 §6.4.6', 'says success', isSuccess),
    must('RFC 5802 §3', 'proves that it knows the account', ({ proven }) => proven),
  ];
}

/** How every login fails: with a condition, and not for good. */
function failureClauses(section: string, ...conditions: readonly string[]): readonly Clause[] {
  return [
    must('RFC 6120 §6.4.5', 'answers with a failure', saslFailure()),
    should(section, `says ${conditions.join(' or ')}`, saslFailure(...conditions)),
    should('RFC 6120 §6.4.5', 'lets the client try again', open),
  ];
}
