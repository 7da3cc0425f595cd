import { randomBytes } from 'node:crypto';
import { buildFailure } from '../../../sasl/server.ts';
import { NS_SASL } from '../../../stream/index.ts';
import { type Element, serialize } from '../../../xml/index.ts';
import { closed, either, element, may, must, should } from '../clauses.ts';
import { auth, CONTRACT, type Does, leavingClauses, not, opened, saysOffline, wentOn } from './clauses.ts';
import { hearUntil } from './hearing.ts';
import { overWebSocket } from './moves.streams.ts';
import { FEATURES, offer, type Style } from './offers.ts';
import type { ClientReaction } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';
import { challenge, firstChallenge, hearAuth, isOffered, succeed } from './scram.ts';

const response: Does = element('response', NS_SASL);
/** Some give up by a response without content. */
const proof: Does = element('response', NS_SASL, ({ children }) => children.length > 0);
const abort: Does = element('abort', NS_SASL);

/** Moves of SASL (RFC 6120 §6; SCRAM: RFC 5802). */
export const AUTHENTICATION_MOVES = {
  'auth.offered': offersMechanisms('offers mechanisms', 'usual'),
  'auth.offeredByPrefix': offersMechanisms('offers mechanisms in a stream whose prefix is another', 'prefix'),
  'auth.offeredByBytes': offersMechanisms('offers mechanisms byte by byte', 'bytes'),
  'auth.offeredAmongOthers': offersMechanisms('offers mechanisms among features that nobody knows', 'usual', true),
  'auth.offeredUnknown': {
    title: 'offers only mechanisms that nobody knows',
    make: async (scene) => {
      offer(scene, FEATURES.unknownMechanisms);
      return { reaction: await hearUntil(scene, auth) };
    },
    clauses: () => [must('RFC 6120 §6.3.3', 'chooses none that it does not know', not(auth)), ...leavingClauses()],
  },
  'auth.challenged': {
    title: 'sends the challenge of SCRAM',
    make: challenge,
    arrives: response,
    clauses: () => [must('RFC 6120 §6.4.3', 'responds', response)],
  },
  'auth.succeeded': {
    title: 'says that the authentication was successful, and proves that it knows the password',
    make: succeed,
    arrives: opened,
    clauses: () => [must<ClientReaction>('RFC 6120 §6.4.6', 'opens a new stream', opened)],
  },
  'auth.notAuthorized': fails('not-authorized', 'does not know the client, or its password'),
  'auth.temporaryFailure': fails('temporary-auth-failure', 'cannot authenticate anybody just now'),
  'auth.aborted': fails('aborted', 'says that the client aborted the authentication, which it did not'),
  'challenge.badBase64': wrongChallenge('sends a challenge that is no base64', () => '***'),
  'challenge.malformed': wrongChallenge('sends a challenge that has nothing to do with SCRAM', () => encode('verify')),
  'challenge.foreignNonce': wrongChallenge('sends a challenge to the nonce of another', (data) =>
    encode(data.replace(/^r=[^,]*/, `r=${randomBytes(24).toString('hex')}`)),
  ),
  'success.wrongSignature': unprovenSuccess('proves that it does not know the password', () =>
    encode(`v=${randomBytes(32).toString('base64')}`),
  ),
  'success.withoutSignature': unprovenSuccess('does not prove that it knows the password', () => ''),
} as const satisfies Readonly<Record<string, ClientMove>>;

function offersMechanisms(title: string, style: Style, isAmongOthers = false): ClientMove {
  return {
    title,
    make: async (scene) => {
      offer(scene, `${isAmongOthers ? FEATURES.unknown : ''}${FEATURES.mechanisms}`, style);
      return hearAuth(scene);
    },
    ...(style === 'bytes' ? { missing: overWebSocket } : {}),
    arrives: auth,
    clauses: () => [
      must('RFC 6120 §6.4.2', 'chooses one of the mechanisms', element('auth', NS_SASL, isOffered)),
      ...(style === 'prefix' ? [must('RFC 6120 §4.8.5', 'goes on', auth)] : []),
    ],
  };
}

function fails(condition: Parameters<typeof buildFailure>[0], title: string): ClientMove {
  return {
    title,
    make: (scene) => failEachTime(scene, serialize(buildFailure(condition))),
    clauses: () => [
      must('RFC 6120 §6.4.5', 'does not believe that it is authenticated', not(wentOn)),
      should<ClientReaction>(
        CONTRACT,
        'tries no more than five times',
        ({ elements }) => elements.length <= MOST_ATTEMPTS,
      ),
      should<ClientReaction>(CONTRACT, 'says that it is offline', saysOffline),
    ],
  };
}

/** As many as a server allows at most on one stream (RFC 6120 §6.4.5). */
const MOST_ATTEMPTS = 5;

/** Fails whatever is tried on this stream, for a while. */
async function failEachTime(scene: ClientScene, failure: string): Promise<ClientOutcome> {
  const { line } = scene.stage;
  const attempts: Element[] = [];
  for (;;) {
    line.say(failure);
    const reaction = await hearUntil(scene, either<ClientReaction>(auth, wentOn));
    attempts.push(...reaction.elements);
    const isAgain = auth(reaction) && attempts.length <= MOST_ATTEMPTS;
    if (!isAgain) return { reaction: { ...reaction, elements: attempts } };
  }
}

function wrongChallenge(title: string, change: (data: string) => string): ClientMove {
  return {
    title,
    make: async (scene) => {
      const { reply } = await firstChallenge(scene);
      const data = reply.type === 'challenge' ? Buffer.from(reply.data).toString() : '';
      scene.stage.line.say(`<challenge xmlns="${NS_SASL}">${change(data)}</challenge>`);
      return { reaction: await hearUntil(scene, either<ClientReaction>(response, abort)) };
    },
    clauses: () => [
      must('RFC 5802 §5', 'does not respond to it with a proof', not(proof)),
      should<ClientReaction>('RFC 6120 §6.4.4', 'aborts, or leaves', either<ClientReaction>(abort, closed)),
      may('RFC 6120 §6.4.4', 'aborts', abort),
    ],
  };
}

function unprovenSuccess(title: string, data: () => string): ClientMove {
  return {
    title: `says that the authentication was successful, and ${title}`,
    make: async (scene) => {
      const { line } = scene.stage;
      line.mayRestart();
      line.say(`<success xmlns="${NS_SASL}">${data()}</success>`);
      return { reaction: await hearUntil(scene, wentOn) };
    },
    clauses: () => [must('RFC 5802 §5', 'does not believe it', not(wentOn)), ...leavingClauses()],
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
