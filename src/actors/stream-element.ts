import type { TransportEvent } from '../../machines/events.ts';
import {
  maskSasl,
  NS_SASL2,
  parseSasl2Element,
  parseSaslElement,
  type Sasl2Message,
  type Sasl2Outcome,
  SaslError,
  type SaslMessage,
} from '../sasl/index.ts';
import { NS_SASL, NS_SM, NS_STREAM, NS_TLS, parseFeatures, StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';

/**
 * What an element of the negotiation means for the chart. Anything else is taken for a stanza, and the chart decides
 * whether one may come now.
 */
export function readStreamElement(received: Element, account: string): TransportEvent {
  switch (received.namespace) {
    case NS_STREAM:
      if (received.name === 'features') return { type: 'features.received', features: parseFeatures(received) };
      if (received.name === 'error') return { type: 'stream.failed', error: StreamError.fromElement(received) };
      break;
    case NS_TLS:
      if (received.name === 'proceed') return { type: 'tls.proceeded' };
      if (received.name === 'failure') return { type: 'tls.refused' };
      break;
    case NS_SM:
      if (ANSWERS.has(received.name)) return { type: 'management.answered', element: received };
      break;
    case NS_SASL:
    case NS_SASL2:
      return readSaslElement(received, account);
  }
  return { type: 'stanza.received', stanza: received };
}

/** What a server says to a request to manage the stream or to resume a session (XEP-0198 §3, §5). */
const ANSWERS: ReadonlySet<string> = new Set(['enabled', 'resumed', 'failed']);

function readSaslElement(received: Element, account: string): TransportEvent {
  try {
    const message = parseSaslElement(received, account) ?? parseSasl2Element(received, account);
    // What only a client says in an authentication is a secret of ours that came back.
    if (message === undefined) return { type: 'stanza.received', stanza: maskSasl(received) };
    if (message.type === 'failure' || message.type === 'continue') return { type: 'sasl.failed', error: message.error };
    if (message.type === 'success') {
      return { type: 'sasl.succeeded', payload: message.payload, outcome: outcomeOf(message) };
    }
    return { type: 'sasl.challenged', payload: message.payload };
  } catch (error) {
    if (error instanceof SaslError) return { type: 'sasl.failed', error };
    throw error;
  }
}

/** Only the profile of XEP-0388 says more than that we are in. */
function outcomeOf(message: SaslMessage | Sasl2Message): Sasl2Outcome | undefined {
  return message.type === 'success' && 'outcome' in message ? message.outcome : undefined;
}
