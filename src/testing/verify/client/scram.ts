import { Sealed } from '../../../sasl/index.ts';
import { nodeScramCrypto } from '../../../sasl/node.ts';
import { buildChallenge, buildFailure, buildSuccess, createScramKeys } from '../../../sasl/server.ts';
import { NS_SASL } from '../../../stream/index.ts';
import { type Element, is, serialize } from '../../../xml/index.ts';
import { createExchange, type ServerMechanism } from '../../mechanisms.ts';
import { payloadOf } from '../../scripted-sasl.ts';
import { closed } from '../clauses.ts';
import { opened } from './clauses.ts';
import { hearElement, hearUntil } from './hearing.ts';
import { FEATURES, offer } from './offers.ts';
import type { ClientOutcome, ClientScene } from './scene.ts';

const MECHANISMS: readonly ServerMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-1'];

/** The request has the first message of the client, also where it took a challenge to get that. */
export async function hearAuth(scene: ClientScene): Promise<ClientOutcome> {
  const reaction = await hearElement(scene, 'auth', NS_SASL);
  const chosen = reaction.elements.find((each) => is(each, 'auth', NS_SASL));
  if (chosen === undefined) return { reaction };
  const mechanism = chosen.attributes.mechanism ?? '';
  if (chosen.children.length > 0) return { reaction, learnt: { request: chosen, mechanism } };
  scene.stage.line.say(`<challenge xmlns="${NS_SASL}"/>`);
  const { elements } = await hearElement(scene, 'response', NS_SASL);
  return { reaction, learnt: { request: elements.find((each) => is(each, 'response', NS_SASL)), mechanism } };
}

/** Whether a mechanism is one of those that are offered. */
export function isOffered({ attributes: { mechanism = '' } }: Element): boolean {
  return MECHANISMS.some((each) => each === mechanism);
}

/** What SCRAM says to the first message of the client. */
export async function firstChallenge(scene: ClientScene) {
  const mechanism = MECHANISMS.find((each) => each === scene.mechanism) ?? 'SCRAM-SHA-1';
  const { password } = scene.walked;
  const users = {
    isPassword: () => false,
    keysOf: (name: Parameters<typeof createScramKeys>[0]) =>
      createScramKeys(name, password, { crypto: nodeScramCrypto }),
    ownerOf: () => undefined,
    admit: () => '',
  };
  const exchange = createExchange(mechanism, {
    users,
    offer: { mechanisms: MECHANISMS },
    sendOfferHash: false,
    channelBindings: new Map(),
    certifiedUser: undefined,
  });
  return { exchange, reply: await exchange.answer(requestIn(scene)) };
}

/** Sends the challenge, and hears the response. */
export async function challenge(scene: ClientScene): Promise<ClientOutcome> {
  const { exchange, reply } = await firstChallenge(scene);
  if (reply.type !== 'challenge') return refuse(scene);
  scene.stage.line.say(serialize(buildChallenge(new Sealed(reply.data))));
  const reaction = await hearElement(scene, 'response', NS_SASL);
  return { reaction, learnt: { exchange, request: reaction.elements.find((each) => is(each, 'response', NS_SASL)) } };
}

/** Proves that the server knows the password, if the client does, and hears whether the client goes on. */
export async function succeed(scene: ClientScene): Promise<ClientOutcome> {
  const { line } = scene.stage;
  const reply = await scene.exchange?.answer(requestIn(scene));
  if (reply?.type !== 'success') return refuse(scene);
  line.mayRestart();
  line.say(serialize(buildSuccess(reply.data && new Sealed(reply.data))));
  const reaction = await hearUntil(scene, opened);
  return { reaction, learnt: { header: reaction.header } };
}

/** For those who log in once more. */
export async function authenticateAgain(scene: ClientScene): Promise<ClientOutcome> {
  offer(scene, FEATURES.mechanisms);
  let later = scene;
  for (const step of [hearAuth, challenge, succeed]) {
    const outcome = await step(later);
    if (closed(outcome.reaction) || step === succeed) return outcome;
    later = { ...later, ...outcome.learnt };
  }
  throw new TypeError('Expected steps of an authentication');
}

/** The client said something that is no SCRAM, or does not know its password. */
async function refuse(scene: ClientScene): Promise<ClientOutcome> {
  scene.stage.line.say(serialize(buildFailure('not-authorized')));
  return { reaction: await hearUntil(scene, opened) };
}

function requestIn({ request }: ClientScene): Uint8Array | undefined {
  return request && payloadOf(request);
}
