import { createJid, type Jid, tryParseJid, withResource } from '../jid/index.ts';
import { NS_BIND2, NS_SASL2, type Sasl2Inline, type Sasl2Offer, Sealed } from '../sasl/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import {
  buildSasl2Challenge,
  buildSasl2Failure,
  buildSasl2Features,
  buildSasl2Success,
  createHashedTokenServer,
  HASHED_TOKEN_BINDINGS,
  type HashedTokenName,
  parseClientSasl2Element,
  type ServerExchange,
} from '../sasl/server.ts';
import { type Element, element } from '../xml/index.ts';
import { resourceFor } from './bind2.ts';
import { channelBindingFeature } from './features.ts';
import type { ServerMechanism, Users } from './mechanisms.ts';
import type { ScriptedLine } from './scripted-line.ts';
import { type AuthenticateOptions, beginExchange, DEFAULT_MECHANISM } from './scripted-sasl.ts';

/** How a client logs in by SASL2; everything has a default that works. */
export interface Sasl2StepOptions extends Omit<AuthenticateOptions, 'mechanism'> {
  /** The mechanism that the client must choose, also one for tokens: the token is the password; SCRAM-SHA-256. */
  readonly mechanism?: ServerMechanism | HashedTokenName | undefined;
  /** What is offered along with it; Bind 2 without any features, and the mechanism if it is one for tokens. */
  readonly inline?: { readonly [Name in keyof Sasl2Inline]?: Sasl2Inline[Name] | undefined } | undefined;
  /** XML inside `<success/>`, beside the identifier and `<bound/>`; none. */
  readonly success?: string | undefined;
  /** Resource that is bound if the client asks for one; its tag and something random. */
  readonly resource?: string | undefined;
  /** XML of the features that follow; none. */
  readonly features?: string | undefined;
}

/** Somebody to log in, whose token is known. */
export interface ScriptedUsers extends Users {
  readonly token: string;
}

/** What is offered to the client, as features. */
export function sasl2Features(options: Sasl2StepOptions): readonly (Element | undefined)[] {
  const { mechanism = DEFAULT_MECHANISM, channelBindings, inline } = options;
  const ofToken = isForTokens(mechanism);
  const { mechanisms = [ofToken ? DEFAULT_MECHANISM : mechanism] } = options;
  const usual = { bind: [], fast: ofToken ? [mechanism] : undefined };
  const offer: Sasl2Offer = { mechanisms, inline: { ...usual, ...inline, sm: inline?.sm ?? false } };
  return [buildSasl2Features(offer), channelBindings && channelBindingFeature(channelBindings)];
}

/** From the features to the success of SASL2 (XEP-0388 §2.6.1); returns the address that the client was told. */
export async function exchangeSasl2(line: ScriptedLine, users: ScriptedUsers, options: Sasl2StepOptions): Promise<Jid> {
  const { mechanism = DEFAULT_MECHANISM } = options;
  const request = await line.receive(`<authenticate xmlns="${NS_SASL2}" mechanism="${mechanism}"/>`);
  const exchange = isForTokens(mechanism)
    ? beginWithToken(line, users, mechanism)
    : beginExchange(line, users, { ...options, mechanism });
  for (let received = request; ; received = await line.receive(`<response xmlns="${NS_SASL2}"/>`)) {
    const reply = await exchange.answer(payloadOf(received));
    if (reply.type === 'challenge') {
      line.sendElement(buildSasl2Challenge(new Sealed(reply.data)));
      continue;
    }
    if (reply.type === 'failure') {
      line.sendElement(buildSasl2Failure(reply.condition, reply.text));
      throw line.fail(`The client did not authenticate: ${reply.condition}, ${reply.text}`);
    }
    const account = tryParseJid(reply.authzid) ?? createJid({ localpart: reply.username, domainpart: line.domain });
    const jid = boundJid(account, request, options);
    const inline = jid === account ? [] : [element(`{${NS_BIND2}}bound`)];
    const success = buildSasl2Success({
      additional: reply.data && new Sealed(reply.data),
      identifier: jid.full,
      inline,
    });
    if (options.success === undefined) line.sendElement(success);
    else line.send(withXml(line.link.framing.formatElement(success), options.success));
    return jid;
  }
}

function beginWithToken(line: ScriptedLine, { token }: ScriptedUsers, mechanism: HashedTokenName): ServerExchange {
  const { channelBindings } = line.link.security;
  return createHashedTokenServer({ mechanism, crypto: nodeScramCrypto, channelBindings, tokensOf: () => [token] });
}

function boundJid(account: Jid, request: Element, { resource }: Sasl2StepOptions): Jid {
  const message = parseClientSasl2Element(request);
  const bind = message?.type === 'authenticate' ? message.bind : undefined;
  return bind ? withResource(account, resource ?? resourceFor(account, bind)) : account;
}

function payloadOf(received: Element): Uint8Array | undefined {
  const message = parseClientSasl2Element(received);
  if (message?.type === 'authenticate') return message.initial?.reveal();
  return message?.type === 'response' ? message.payload.reveal() : undefined;
}

function withXml(success: string, xml: string): string {
  return success.replace(/<\/success>$/, () => `${xml}</success>`);
}

function isForTokens(name: ServerMechanism | HashedTokenName): name is HashedTokenName {
  return Object.hasOwn(HASHED_TOKEN_BINDINGS, name);
}
