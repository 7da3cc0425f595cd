import { TransportError, type XmppError } from '../src/errors/index.ts';
import { type Jid, tryParseJid } from '../src/jid/index.ts';
import {
  buildBind2,
  offeredChannelBindings,
  parseSasl2Offer,
  type Sasl2Inline,
  type Sasl2Offer,
  type SecureChannel,
} from '../src/sasl/index.ts';
import type { Features } from '../src/stream/index.ts';
import type { AppState } from './app-state.ts';
import { type AuthenticationInput, choose } from './authentication.facts.ts';
import { currentEndpoint, isOwnAccount, otherAccountError, requireEndpoint } from './client.facts.ts';
import { ENABLE_ALONG } from './client.management.ts';
import type { ClientContext, ClientEvent } from './client.types.ts';
import { isSecure } from './endpoint.ts';
import type { InlineRequest, Subprotocol } from './subprotocol.ts';

/*
 * What can be read off the client's context about logging in: pure functions.
 */

type LoginInput = Omit<AuthenticationInput, 'requests' | 'enables' | 'transport'>;

/** What the server offers in the profile of XEP-0388; only under TLS, or inside this process (XEP-0388 §5). */
export function sasl2Offer(context: ClientContext, features: Features | undefined): Sasl2Offer | undefined {
  const endpoint = currentEndpoint(context);
  return features && endpoint && isSecure(endpoint) ? parseSasl2Offer(features.element) : undefined;
}

/** An authentication in the profile of RFC 6120 §6. */
export function saslInput(context: ClientContext): LoginInput {
  const { features } = context;
  const offer = { mechanisms: features?.mechanisms ?? [], channelBindings: channelBindings(features) };
  return { ...common(context), profile: 'sasl', offer, inline: undefined };
}

/** An authentication in the profile of XEP-0388: with what the server offers, or, before it said so, with what a token says. */
export function sasl2Input(context: ClientContext): LoginInput & { readonly inline: Sasl2Inline } {
  const { features, recalled } = context;
  const offer = sasl2Offer(context, features);
  if (offer) {
    const { mechanisms, inline } = offer;
    return {
      ...common(context),
      profile: 'sasl2',
      offer: { mechanisms, channelBindings: channelBindings(features) },
      inline,
    };
  }
  const inline = {
    bind: recalled.token?.inline?.bind,
    sm: recalled.token?.inline?.sm ?? false,
    fast: recalled.token && [recalled.token.mechanism],
  };
  return { ...common(context), profile: 'sasl2', offer: { mechanisms: [], channelBindings: undefined }, inline };
}

/**
 * Whether the token of an earlier login can be used before the server said anything: it is good on this connection, and what
 * goes along with it is known.
 */
export function mayLogInEarly(context: ClientContext, event: ClientEvent): boolean {
  const endpoint = currentEndpoint(context);
  if (!endpoint || endpoint.security === 'none' || context.recalled.token?.inline === undefined) return false;
  if (event.type === 'transport.connected' && endpoint.transport !== 'websocket') return false;
  const channel = event.type === 'transport.secured' ? event.channel : context.channel;
  if (!isPipeliningWise(context, channel)) return false;
  return choose({ ...sasl2Input({ ...context, channel, features: undefined }), rejected: [] }).usesToken;
}

/**
 * TLS 1.3 lets a server send two tickets before anything else. Where it holds the second one back until the first is
 * acknowledged (Nagle), as Prosody does, and we have nothing to send, since white space is forbidden during SASL, everything
 * waits until our system acknowledges by itself. That costs more than the round trip that is saved, if that is a short one.
 */
function isPipeliningWise({ settings, roundTrip }: ClientContext, channel: SecureChannel | undefined): boolean {
  if (settings.pipelining !== 'auto') return settings.pipelining === 'always';
  return channel?.tlsVersion !== 'TLSv1.3' || roundTrip >= DELAYED_ACK;
}

/** For so many milliseconds systems wait for something to send along with an acknowledgement (RFC 9293 §3.8.6.3, Linux). */
const DELAYED_ACK = 40;

/** Whether the profile of RFC 6120 offers what XEP-0388 does not: servers may list other mechanisms in each. */
export function maySaslInstead(context: ClientContext): boolean {
  if (!context.features) return false;
  return choose({ ...saslInput(context), rejected: [] }).chosen !== undefined;
}

/** Whether the server still takes tokens like the one that was used already. */
export function offersTokenLogin(context: ClientContext, event: ClientEvent): boolean {
  if (event.type !== 'features.received' || !context.recalled.token) return false;
  const fast = sasl2Offer(context, event.features)?.inline.fast;
  return fast?.includes(context.recalled.token.mechanism) === true;
}

/**
 * What is asked for along with an authentication: a resource (XEP-0386), and with it what subprotocols want enabled. Whoever
 * wants a certain resource binds it afterwards: here the server makes it up.
 */
export function requestsAlong(
  { settings }: ClientContext,
  inline: Sasl2Inline | undefined,
  subprotocols: readonly Subprotocol[],
  app: AppState,
): Pick<AuthenticationInput, 'requests' | 'enables'> {
  const offered = inline?.bind;
  if (offered === undefined || settings.jid.resourcepart !== undefined) return { requests: [], enables: [] };
  const own = settings.streamManagement ? [ENABLE_ALONG] : [];
  const wanted = [...own, ...subprotocols.flatMap((subprotocol) => inlineOf(subprotocol, app))];
  const enabled = wanted.filter(({ feature }) => offered.includes(feature));
  const tag = settings.userAgent.software;
  const features = enabled.map(({ request }) => request);
  return {
    requests: [buildBind2({ features, ...(tag === undefined ? {} : { tag }) })],
    enables: enabled.map(({ feature }) => feature),
  };
}

/** The full JID that was bound along with the authentication, if one was. */
export function jidBoundAlong(context: ClientContext): Jid | undefined {
  const { outcome } = context;
  const jid = outcome?.bound && tryParseJid(outcome.identifier);
  return jid?.resourcepart !== undefined && isOwnAccount(context, jid) ? jid : undefined;
}

/** Why no resource can be bound after an authentication. */
export function noBindingError(context: ClientContext): XmppError {
  const jid = tryParseJid(context.outcome?.identifier);
  if (jid && !isOwnAccount(context, jid)) return otherAccountError(context, jid);
  return new TransportError('The server does not offer resource binding after authentication', {
    condition: 'protocol-violation',
    hint: 'Resource binding is mandatory (RFC 6120 §7.3.1); this is no XMPP server for clients.',
  });
}

function common(context: ClientContext) {
  const { settings, recalled, refusal, channel } = context;
  const mayShowPassword = isSecure(requireEndpoint(context)) || settings.mechanisms?.includes('PLAIN') === true;
  return { settings, recalled, refusal, channel, mayShowPassword };
}

/** What cannot say what it wants gets nothing along with the login, and hears so when the session starts. */
function inlineOf({ inline }: Subprotocol, app: AppState): readonly InlineRequest[] {
  try {
    return inline?.(app) ?? [];
  } catch {
    return [];
  }
}

function channelBindings(features: Features | undefined): readonly string[] | undefined {
  return features && offeredChannelBindings(features.element);
}
