import type { StateValue } from 'xstate';
import { internalError, TransportError, XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import { parseBindResult } from '../src/payloads/index.ts';
import { SaslError } from '../src/sasl/index.ts';
import { StanzaError } from '../src/stanza/index.ts';
import { StreamError } from '../src/stream/index.ts';
import type { Recollection } from './authentication.contracts.ts';
import type { ClientContext, ClientEvent } from './client.types.ts';
import { describeEndpoint, type Endpoint } from './endpoint.ts';
import { phasePath } from './state-path.ts';

/*
 * What can be read off the client's context and events: pure functions that its guards and actions share.
 */

/** The endpoint that is dialled. */
export function currentEndpoint({ candidates, candidate }: ClientContext): Endpoint | undefined {
  return candidates[candidate];
}

/** Whether nobody can read along: then a server may send us elsewhere. */
export function isTlsUp(context: ClientContext): boolean {
  const endpoint = currentEndpoint(context);
  return context.channel !== undefined || (endpoint?.transport === 'websocket' && endpoint.security === 'direct-tls');
}

/** DNS, and host-meta when no endpoint that DNS knows will do (XEP-0156 §2.2): not where the application names the place. */
export function discoverySources({ settings: { location } }: ClientContext): ClientContext['sources'] {
  const { host, port, memory, websocket, security } = location;
  const isNamed = [host, port, memory, websocket].some((place) => place !== undefined);
  return isNamed || security !== 'any' ? DNS : DNS_FIRST;
}

/** The usual answers; lists of its own would be a waste in each client. */
export const DNS: ClientContext['sources'] = ['dns'];
const DNS_FIRST: ClientContext['sources'] = ['dns', 'host-meta'];
const HOST_META: ClientContext['sources'] = ['host-meta'];

/** Who was asked last, and nobody after that. */
export function lastSource({ sources: [source] }: ClientContext): ClientContext['sources'] {
  return source === 'dns' ? DNS : HOST_META;
}

/** Nothing is known about the account, or nobody was asked. */
export const NOTHING_RECALLED: Recollection = { pin: undefined, token: undefined };

/** Who was asked last, in words: the endpoint, or the source that was to name some. */
export function askedParty(context: ClientContext): string | undefined {
  const endpoint = currentEndpoint(context);
  if (endpoint) return describeEndpoint(endpoint);
  return context.sources[0] === 'host-meta' ? `host-meta of ${context.settings.jid.domainpart}` : undefined;
}

/** Tells an error where it happened: the state, the endpoint if one was chosen, and what happened before. */
export function locate(error: XmppError, value: StateValue, context: ClientContext): XmppError {
  const endpoint = currentEndpoint(context);
  error.witness(context.settings.recorder?.evidence());
  return error.locate(phasePath(value), endpoint && describeEndpoint(endpoint));
}

/** The endpoint that is dialled; only called where discovery found one. */
export function requireEndpoint(context: ClientContext): Endpoint {
  const endpoint = currentEndpoint(context);
  if (!endpoint) throw new Error('No endpoint was chosen');
  return endpoint;
}

/** The error that an event carries; an event that should carry one and does not is a bug of ours. */
export function errorOf(event: ClientEvent): XmppError {
  if ('error' in event) {
    if (event.error instanceof XmppError) return event.error;
    return internalError('An actor of the client failed', event.error);
  }
  if ('output' in event && 'error' in event.output && event.output.error) return event.output.error;
  return internalError(`The event '${event.type}' carries no error`, undefined);
}

/** What went wrong when a deadline passed. */
export function timeoutError(context: ClientContext): TransportError {
  const endpoint = currentEndpoint(context);
  const whom = endpoint ? describeEndpoint(endpoint) : context.settings.jid.domainpart;
  return new TransportError(`No answer from ${whom} in time`, {
    condition: 'timeout',
    hint: 'Check that an XMPP server answers there and that no firewall swallows the connection; `timeouts` sets the patience.',
  });
}

/** The server was asked whether it is there, and did not answer. */
export function silentError(context: ClientContext): TransportError {
  return new TransportError(`${describeEndpoint(requireEndpoint(context))} does not answer any more`, {
    condition: 'connection-dead',
    hint: 'The connection was lost without a word: a network that changed, a firewall that forgot it, a machine that slept.',
  });
}

/** The server sent something that has no place in the state the client is in (RFC 6120 §4.3). */
export function outOfTurnError(event: ClientEvent): TransportError {
  return new TransportError(`The server sent something out of turn: ${event.type}`, {
    condition: 'protocol-violation',
    hint: 'The order is TLS, SASL, binding; a server that breaks it may be somebody in between. Report it to the operator.',
  });
}

/** The server closed the stream without an error (RFC 6120 §4.4), or sends us elsewhere (RFC 7395 §3.6.1). */
export function closedError(event: ClientEvent): TransportError | StreamError {
  if (event.type === 'stream.closed' && event.seeOtherUri !== undefined) {
    return new StreamError('see-other-host', { host: event.seeOtherUri });
  }
  return new TransportError('The server closed the stream', {
    condition: 'connection-closed',
    hint: 'The server ended the session without a reason: it may be going down, or does not want this client.',
  });
}

/** Whether an event is the answer to the request that negotiation waits for. */
export function isAnswer(context: ClientContext, event: ClientEvent): event is StanzaEvent {
  if (event.type !== 'stanza.received') return false;
  const { name, attributes } = event.stanza;
  return name === 'iq' && attributes.id === context.requestId;
}

/**
 * The address in the answer to the bind request; `undefined` if the event is none, binds nothing that can be read, or another
 * account.
 */
export function boundJid(context: ClientContext, event: ClientEvent): Jid | undefined {
  const jid = readBoundJid(context, event);
  return jid && isOwnAccount(context, jid) ? jid : undefined;
}

/**
 * Whether an address is of the account that was asked for. A certificate or a token can be of another one, and a server takes
 * it for what it is. Where none was asked for, as by guests, any will do.
 */
export function isOwnAccount({ settings: { jid: wanted } }: ClientContext, jid: Jid): boolean {
  return wanted.localpart === undefined || wanted.bare === jid.bare;
}

/** The server logged us in, but not to the account that was asked for. */
export function otherAccountError({ settings }: ClientContext, jid: Jid): SaslError {
  return new SaslError(`The server logged in ${jid.bare} instead of ${settings.jid.bare}`, {
    condition: 'other-account',
  });
}

/** Why a request of the negotiation led nowhere: the stanza error that it was answered with, or what is wrong with its result. */
export function refusedRequestError(context: ClientContext, event: ClientEvent): XmppError {
  if (event.type === 'stanza.received' && event.stanza.attributes.type === 'error') {
    return StanzaError.fromElement(event.stanza);
  }
  const jid = readBoundJid(context, event);
  if (jid) return otherAccountError(context, jid);
  return new TransportError('The server answered a request of the negotiation with something that cannot be read', {
    condition: 'protocol-violation',
    hint: 'This is a fault of the server: report it to its operator, with a log.',
  });
}

function readBoundJid(context: ClientContext, event: ClientEvent): Jid | undefined {
  if (!isAnswer(context, event) || event.stanza.attributes.type !== 'result') return undefined;
  try {
    return parseBindResult(event.stanza);
  } catch {
    return undefined;
  }
}

type StanzaEvent = Extract<ClientEvent, { type: 'stanza.received' }>;
