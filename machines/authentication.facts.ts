import type { XmppError } from '../src/errors/index.ts';
import {
  type BindingFacts,
  buildFast,
  buildRequestToken,
  type ChannelBindingType,
  chooseMechanism,
  type MechanismChoice,
  noMechanismError,
  type Offer,
  pinWithoutBinding,
  type Sasl2Inline,
  type Sasl2Outcome,
  SaslError,
  type SecureChannel,
  type UserAgent,
} from '../src/sasl/index.ts';
import { NS_SM } from '../src/stream/index.ts';
import { type Element, is } from '../src/xml/index.ts';
import type { Recollection } from './authentication.contracts.ts';
import type { SaslProfile, TransportRef } from './contracts.ts';
import type { ClientInput } from './settings.ts';

/*
 * What an authentication can be read off: which mechanism, and what goes along with it. Pure functions.
 */

export interface AuthenticationInput {
  readonly settings: ClientInput;
  readonly profile: SaslProfile;
  /** What the server offers, as it came; for a login with a token in the first flight nothing but that. */
  readonly offer: Offer;
  /** What can be done along with it; nothing in the profile of RFC 6120. */
  readonly inline: Sasl2Inline | undefined;
  /** What the application and its subprotocols want along with it. */
  readonly requests: readonly Element[];
  /** Names of the features that are enabled if a resource is bound along with it. */
  readonly enables: readonly string[];
  /** The TLS connection, where its values can be had. */
  readonly channel: SecureChannel | undefined;
  /** Nobody can read along, or the application asked for PLAIN on loopback by name. */
  readonly mayShowPassword: boolean;
  readonly recalled: Recollection;
  /** Why the last credentials were refused. */
  readonly refusal: SaslError | undefined;
  readonly transport: TransportRef;
}

export interface AuthenticationContext extends AuthenticationInput {
  /** What is used, or why nothing can be. */
  readonly choice: Choice;
  /** Types of channel binding that were only guessed, and refused. */
  readonly rejected: readonly ChannelBindingType[];
  /** How often an access token was asked for anew, because the server called the last one expired. */
  readonly renewals: number;
  readonly error: XmppError | undefined;
  readonly outcome: Sasl2Outcome | undefined;
  readonly unsaved: XmppError | undefined;
}

/** The mechanism that authenticated both sides and what was agreed along with it, or why it failed. */
export interface AuthenticationOutput {
  readonly mechanism: string | undefined;
  readonly error: XmppError | undefined;
  /** What the server says about the session (XEP-0388 §2.6.1); nothing in the profile of RFC 6120. */
  readonly outcome: Sasl2Outcome | undefined;
  /** Names of the features that were enabled along with the resource that was bound. */
  readonly enabled: readonly string[];
  /** What failed after the login: an application's store that did not keep the pin or the token. */
  readonly unsaved: XmppError | undefined;
}

/** A mechanism, and whether it logs in with a stored token. */
export interface Choice extends MechanismChoice {
  readonly usesToken: boolean;
  /** The mechanism that a new token is asked for, if one is. */
  readonly requestedToken: string | undefined;
}

/** What a choice depends on. */
export type ChoiceInput = Pick<
  AuthenticationContext,
  'settings' | 'offer' | 'inline' | 'channel' | 'mayShowPassword' | 'recalled' | 'rejected'
>;

/** A token is the fastest way in; without one the strongest mechanism that both sides know (RFC 6120 §6.3.3). */
export function choose(context: ChoiceInput): Choice {
  const { inline, recalled, offer } = context;
  const token = recalled.token;
  if (token && inline?.fast?.includes(token.mechanism)) {
    const choice = chooseToken([token.mechanism], context);
    if (choice.chosen) return { ...choice, usesToken: true, requestedToken: undefined };
  }
  const choice = chooseMechanism(offer.mechanisms, {
    ...conditions(context),
    credentials: context.settings.credentialKinds,
  });
  return { ...choice, usesToken: false, requestedToken: tokenToRequest(context) };
}

/** The error for a choice that found nothing. */
export function nothingChosen({ choice }: AuthenticationContext): SaslError {
  return noMechanismError(choice);
}

/** What goes along with the first message (XEP-0388 §2.3): binding, enabling, and the business with tokens (XEP-0484). */
export function inlineRequests({ choice, requests }: AuthenticationContext): readonly Element[] {
  if (choice.usesToken) return [...requests, buildFast()];
  return choice.requestedToken ? [...requests, buildRequestToken(choice.requestedToken)] : requests;
}

/** Who we are to the server; a token is good for the user agent alone that it was given to (XEP-0484 §3.4). */
export function userAgent({ settings, recalled }: AuthenticationContext): UserAgent {
  return recalled.token ? { ...settings.userAgent, id: recalled.token.userAgent } : settings.userAgent;
}

/** Whether the session that was lost is asked for along with the login (XEP-0198 §9.2). */
export function asksForSession({ requests }: AuthenticationContext): boolean {
  return requests.some((request) => is(request, 'resume', NS_SM));
}

/**
 * Binding was a guess, and the server may not have understood it: said so, or took it for wrong credentials. Where nothing can
 * be tried without it, because it worked before or is required, what the server says is taken at its word.
 */
export function isBindingRefusal(context: AuthenticationContext, error: SaslError): boolean {
  // XEP-0440 §4, rule 4: with SASL2 a list is a must, and whoever took it away would have us go on without binding.
  if (context.profile === 'sasl2') return false;
  if (!context.choice.guessed || !DOUBTFUL.has(error.condition)) return false;
  return choose({ ...context, rejected: rejectedBindings(context) }).chosen !== undefined;
}

/** The types of channel binding that are out of the question once the one in use was refused. */
export function rejectedBindings({ choice, rejected }: AuthenticationContext): readonly ChannelBindingType[] {
  return choice.channelBinding ? [...rejected, choice.channelBinding] : rejected;
}

/** The server does not take the token, and listens to something else on the same stream. */
export function isTokenRefusal({ choice }: AuthenticationContext, error: SaslError): boolean {
  return choice.usesToken && !CONCLUSIVE.has(error.condition);
}

/** What a refusal means: where binding was a guess, and nothing else may follow, the password may be right all the same. */
export function refusalOf({ choice }: AuthenticationContext, error: SaslError): SaslError {
  if (!(choice.guessed && DOUBTFUL.has(error.condition))) return error;
  const { condition, message, text, hint } = error;
  const doubt = `The server may not know channel binding by ${choice.channelBinding}: then \`channelBinding\` or a pin forbids what it does know.`;
  return new SaslError(message, { condition, text, cause: error, hint: `${hint ?? ''} ${doubt}`.trim() });
}

/** The server says that an access token has expired; the application may have a newer one. */
export function isExpiredToken({ choice, renewals }: AuthenticationContext, error: SaslError): boolean {
  return choice.chosen?.credential === 'token' && error.condition === 'credentials-expired' && renewals === 0;
}

/** Conditions that a server may answer a binding with that it does not know. */
const DOUBTFUL: ReadonlySet<string> = new Set([
  'not-authorized',
  'malformed-request',
  'invalid-mechanism',
  'incorrect-encoding',
  'aborted',
  'undefined-condition',
]);

/** Nothing may be tried after these: nobody knows what the server said, or it says that we are almost in (XEP-0388 §2.6.3). */
const CONCLUSIVE: ReadonlySet<string> = new Set(['malformed-challenge', 'tasks-required']);

function tokenToRequest(context: ChoiceInput): string | undefined {
  const { inline, settings } = context;
  if (!inline?.fast || !settings.tokens) return undefined;
  return chooseToken(inline.fast, context).chosen?.name;
}

function chooseToken(mechanisms: readonly string[], context: ChoiceInput): MechanismChoice {
  return chooseMechanism(mechanisms, { ...conditions(context), credentials: ['hashed-token'] });
}

function conditions(context: ChoiceInput) {
  const { settings, mayShowPassword, recalled, channel, offer, rejected } = context;
  const binding: BindingFacts | undefined = channel && {
    available: channel.bindings,
    tlsVersion: channel.tlsVersion,
    offered: offer.channelBindings,
    rejected,
  };
  return {
    secure: mayShowPassword,
    allow: settings.mechanisms,
    atLeast: channel ? recalled.pin : recalled.pin && pinWithoutBinding(recalled.pin),
    channelBinding: settings.channelBinding,
    binding,
  };
}
