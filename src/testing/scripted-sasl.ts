import { createJid, type Jid, tryParseJid } from '../jid/index.ts';
import { type Offer, Sealed } from '../sasl/index.ts';
import {
  buildChallenge,
  buildFailure,
  buildSuccess,
  parseClientSaslElement,
  type ServerExchange,
} from '../sasl/server.ts';
import { NS_SASL } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import { channelBindingFeature, mechanismsFeature } from './features.ts';
import { createExchange, type ServerMechanism, type Users } from './mechanisms.ts';
import type { ScriptedLine } from './scripted-line.ts';

/** The mechanism of a script that does not name one. */
export const DEFAULT_MECHANISM = 'SCRAM-SHA-256';

/** How a client is authenticated; everything has a default that works. */
export interface AuthenticateOptions {
  /** The SASL mechanism that the client must choose; SCRAM-SHA-256. */
  readonly mechanism?: ServerMechanism | undefined;
  /** All that are offered, also such as there are not; that one alone. */
  readonly mechanisms?: readonly string[] | undefined;
  /** The types of channel binding that are listed (XEP-0440), also such as there are not; no list. */
  readonly channelBindings?: readonly string[] | undefined;
  /** What SCRAM confirms as offered (XEP-0474), true or not; nothing. */
  readonly confirmedOffer?: Offer | undefined;
}

/** What is offered to the client, as features. */
export function authenticationFeatures(options: AuthenticateOptions): readonly (Element | undefined)[] {
  const { mechanism = DEFAULT_MECHANISM, mechanisms = [mechanism], channelBindings } = options;
  return [mechanismsFeature(mechanisms), channelBindings && channelBindingFeature(channelBindings)];
}

/** From the features to the success of SASL (RFC 6120 §6.4); returns the account's address. */
export async function exchangeSasl(line: ScriptedLine, users: Users, options: AuthenticateOptions): Promise<Jid> {
  const { mechanism = DEFAULT_MECHANISM } = options;
  let received = await line.receive(`<auth xmlns="${NS_SASL}" mechanism="${mechanism}"/>`);
  const exchange = beginExchange(line, users, options);
  for (;;) {
    const reply = await exchange.answer(payloadOf(received));
    if (reply.type === 'success') {
      line.sendElement(buildSuccess(reply.data && new Sealed(reply.data)));
      return tryParseJid(reply.authzid) ?? createJid({ localpart: reply.username, domainpart: line.domain });
    }
    if (reply.type === 'failure') {
      line.sendElement(buildFailure(reply.condition, reply.text));
      throw line.fail(`The client did not authenticate: ${reply.condition}, ${reply.text}`);
    }
    line.sendElement(buildChallenge(new Sealed(reply.data)));
    received = await line.receive(`<response xmlns="${NS_SASL}"/>`);
  }
}

/** Begins the authentication that the options name. */
export function beginExchange(line: ScriptedLine, users: Users, options: AuthenticateOptions): ServerExchange {
  const { mechanism = DEFAULT_MECHANISM, mechanisms = [mechanism], confirmedOffer } = options;
  const { channelBindings, certifiedAddress } = line.link.security;
  return createExchange(mechanism, {
    users,
    offer: confirmedOffer ?? { mechanisms },
    sendOfferHash: confirmedOffer !== undefined,
    channelBindings,
    certifiedUser: tryParseJid(certifiedAddress)?.localpart,
  });
}

/** What a client says in the exchange of a mechanism; `undefined` where it says nothing of the kind. */
export function payloadOf(received: Element): Uint8Array | undefined {
  const message = parseClientSaslElement(received);
  if (message?.type === 'auth') return message.initial?.reveal();
  return message?.type === 'response' ? message.payload.reveal() : undefined;
}
