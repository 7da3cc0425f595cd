import type { ClientContext, ClientEvent } from '../../machines/client.types.ts';
import type { Sasl2Outcome, SecureChannel } from '../sasl/index.ts';
import { type Element, element, serialize } from '../xml/index.ts';
import { withoutErrors } from './kept-error.ts';

/** An element as text, which takes a fraction of the memory that its tree takes. */
export class KeptElement {
  readonly text: string;

  constructor(element: Element) {
    this.text = textOf(element);
  }
}

/** An event, or what is left of one. */
export interface KeptEvent {
  readonly type: string;
}

/**
 * What is kept of an event: nothing that would keep a dead connection or a secret in memory, nothing that people said to each other,
 * and nothing of what an application hands to its own subprotocols.
 */
export function keptEvent(event: ClientEvent): KeptEvent {
  switch (event.type) {
    case 'transport.secured':
      return { ...event, channel: keptChannel(event.channel) } as KeptEvent;
    case 'sasl.challenged':
      return { type: event.type };
    case 'sasl.succeeded':
      return { ...event, payload: undefined, outcome: withoutToken(event.outcome) } as KeptEvent;
    case 'xstate.done.actor.authentication': {
      const output = { ...withoutErrors(event.output), outcome: withoutToken(event.output.outcome) };
      return { ...event, output } as KeptEvent;
    }
    case 'xstate.done.actor.restore': {
      const { restored } = event.output;
      return {
        ...event,
        output: { ...event.output, restored: restored && { ...restored, outgoing: [] } },
      } as KeptEvent;
    }
    case 'subprotocol.use':
      return { type: event.type };
    case 'subprotocol.tell':
      return { type: event.type, name: event.name } as KeptEvent;
    case 'features.received':
      return { type: event.type, features: keptFeatures(event.features.element) } as KeptEvent;
    case 'management.answered':
      return { type: event.type, element: new KeptElement(event.element) } as KeptEvent;
    case 'stanza.send':
    case 'stanza.received':
      return { type: event.type, stanza: new KeptElement(withoutContent(event.stanza)) } as KeptEvent;
    default:
      return withoutErrors(event);
  }
}

/** What is kept of what the client knew: no error, no connection. Nobody but an encoder may look at it. */
export function keptContext(context: ClientContext): ClientContext {
  const kept = withoutErrors(context);
  return kept.channel ? ({ ...kept, channel: keptChannel(kept.channel) } as ClientContext) : kept;
}

/** A server says the same to all clients and each time, so that one text serves many. */
const FEATURES = new Map<string, KeptElement>();
/** Different ones; a process that meets more servers begins anew. */
const MOST_FEATURES = 64;

function keptFeatures(features: Element): KeptElement {
  const kept = new KeptElement(features);
  const known = FEATURES.get(kept.text);
  if (known) return known;
  if (FEATURES.size >= MOST_FEATURES) FEATURES.clear();
  FEATURES.set(kept.text, kept);
  return kept;
}

/** What an application sends may be no XML at all. Text that was just put together is a tree as well, until a part of it is asked for. */
function textOf(element: Element): string {
  try {
    return ` ${serialize(element)}`.slice(1);
  } catch {
    return '<invalid/>';
  }
}

/** The values of a binding come from the connection, which would stay with them. */
function keptChannel({ tlsVersion, bindings }: SecureChannel): Omit<SecureChannel, 'bindingData'> {
  return { tlsVersion, bindings };
}

function withoutToken(outcome: Sasl2Outcome | undefined): Sasl2Outcome | undefined {
  return outcome && { ...outcome, token: undefined };
}

/** Iqs are what the chart itself asks and is asked; the rest is the business of people. */
function withoutContent(stanza: Element): Element {
  if (stanza.name === 'iq') return stanza;
  return element(`{${stanza.namespace}}${stanza.name}`, stanza.attributes);
}
