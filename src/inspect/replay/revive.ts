import {
  internalError,
  type Json,
  SessionEndedError,
  type TransportCondition,
  TransportError,
  type XmppError,
} from '../../errors/index.ts';
import { parseJid } from '../../jid/index.ts';
import { type SaslCondition, SaslError } from '../../sasl/index.ts';
import { StanzaError, type StanzaErrorCondition, type StanzaErrorType } from '../../stanza/index.ts';
import { StreamError, type StreamErrorCondition } from '../../stream/index.ts';
import { parseElement } from '../../xml/index.ts';

/**
 * Makes values of the chart out of what a recording says of them. Functions do nothing, secrets are absent, and objects that mean
 * nothing elsewhere are empty.
 */
export function revive(json: Json): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (isList(json)) return json.map(revive);
  const { $element, $error, $sealed, $function, $object } = json;
  if (typeof $element === 'string') return parseElement($element);
  if ($error !== undefined) return reviveError($error);
  if ($function !== undefined) return () => undefined;
  if ($sealed !== undefined) return undefined;
  if ($object !== undefined) return {};
  if (typeof json.full === 'string' && typeof json.domainpart === 'string') return parseJid(json.full);
  return Object.fromEntries(Object.entries(json).map(([key, member]) => [key, revive(member)]));
}

/** One of the same class and condition, so that the same becomes of it. What else a recording calls an error is a bug. */
function reviveError(json: Json): XmppError {
  const { level, condition = '', message = '', text, hint, phase, endpoint, host, errorType, hasCause } = texts(json);
  const cause = hasCause === 'true' ? new Error('Not recorded') : undefined;
  const details = { text, hint, phase, endpoint, cause };
  switch (level) {
    case 'transport':
      return new TransportError(message, { ...details, condition: condition as TransportCondition });
    case 'sasl':
      return new SaslError(message, { ...details, condition: condition as SaslCondition });
    case 'session':
      return new SessionEndedError(message, { ...details, condition: condition as SessionEndedError['condition'] });
    case 'stream':
      return new StreamError(condition as StreamErrorCondition, { text, host, cause });
    case 'stanza':
      return new StanzaError(condition as StanzaErrorCondition, { text, cause, type: errorType as StanzaErrorType });
    default:
      return internalError(message, undefined);
  }
}

function texts(json: Json): Readonly<Record<string, string | undefined>> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]));
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
