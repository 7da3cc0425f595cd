import type { TransportEvent } from '../../machines/events.ts';
import { parseSaslElement, SaslError } from '../sasl/index.ts';
import { NS_SASL, NS_STREAM, NS_TLS, parseFeatures, StreamError } from '../stream/index.ts';
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
    case NS_SASL:
      return readSaslElement(received, account);
  }
  return { type: 'stanza.received', stanza: received };
}

function readSaslElement(received: Element, account: string): TransportEvent {
  try {
    const message = parseSaslElement(received, account);
    if (message === undefined) return { type: 'stanza.received', stanza: received };
    if (message.type === 'failure') return { type: 'sasl.failed', error: message.error };
    if (message.type === 'success') return { type: 'sasl.succeeded', payload: message.payload };
    return { type: 'sasl.challenged', payload: message.payload };
  } catch (error) {
    if (error instanceof SaslError) return { type: 'sasl.failed', error };
    throw error;
  }
}
