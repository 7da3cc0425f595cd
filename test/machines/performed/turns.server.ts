import { NS_BIND2, NS_SASL2 } from '../../../src/sasl/index.ts';
import { NS_CLIENT } from '../../../src/stanza/index.ts';
import {
  NS_BIND,
  NS_SASL,
  NS_SESSION,
  NS_SM,
  NS_STREAM,
  NS_STREAM_ERRORS,
  NS_TLS,
  parseFeatures,
  StreamError,
} from '../../../src/stream/index.ts';
import { parseElement } from '../../../src/xml/index.ts';
import { hasStream, said, type Turn, type Turns } from './turn.ts';

/*
 * What the server says, but for what belongs to a login.
 */

export const FULL_JID = 'juliet@example.org/balcony';

const MESSAGE = `<message xmlns='${NS_CLIENT}'/>`;

export const SERVER = {
  'stream.opened': {
    event: { header: { from: 'example.org', to: undefined, id: 's1', version: '1.0', lang: undefined } },
    where: (state) => state.endsWith('awaitingHeader'),
    play: (stage) => stage.peer.header(),
  },
  'stream.closed': { event: {}, where: hasStream, play: (stage) => stage.closeStream() },
  'stream.failed': {
    'for now': said(streamError(`<system-shutdown xmlns='${NS_STREAM_ERRORS}'/>`), {
      error: new StreamError('system-shutdown'),
    }),
    'for a reason of its own': said(streamError(`<undefined-condition xmlns='${NS_STREAM_ERRORS}'/>`), {
      error: new StreamError('undefined-condition'),
    }),
  },
  'features.received': {
    STARTTLS: offered(`<starttls xmlns='${NS_TLS}'><required/></starttls>`),
    SASL: offered(sasl('PLAIN')),
    SASL2: offered(sasl2('PLAIN')),
    'SASL2 with nothing that we know, SASL': offered(sasl2('X-UNHEARD-OF') + sasl('PLAIN')),
    binding: offered(`<bind xmlns='${NS_BIND}'/>`),
    'binding, management': offered(`<bind xmlns='${NS_BIND}'/><sm xmlns='${NS_SM}'/>`),
    'binding, the old session': offered(`<bind xmlns='${NS_BIND}'/><session xmlns='${NS_SESSION}'/>`),
    'binding, the old session, management': offered(
      `<bind xmlns='${NS_BIND}'/><session xmlns='${NS_SESSION}'/><sm xmlns='${NS_SM}'/>`,
    ),
    'management, no binding': offered(`<sm xmlns='${NS_SM}'/>`),
    nothing: offered(''),
  },
  'tls.proceeded': {
    event: {},
    where: hasStream,
    // The handshake must follow the consent at once: the client begins it.
    play: (stage, [next]) =>
      next?.event.type === 'transport.secured'
        ? stage.peer.awaits(`<starttls xmlns='${NS_TLS}'/>`).sends(`<proceed xmlns='${NS_TLS}'/>`).secure()
        : stage.peer.sends(`<proceed xmlns='${NS_TLS}'/>`),
  },
  'tls.refused': said(`<failure xmlns='${NS_TLS}'/>`, {}),
  'management.answered': {
    enabled: managed(`<enabled xmlns='${NS_SM}' id='m1' resume='true'/>`),
    resumed: managed(`<resumed xmlns='${NS_SM}' previd='m1' h='0'/>`),
    failed: managed(`<failed xmlns='${NS_SM}'/>`),
  },
  'stanza.received': {
    'the answer': answered('result', ''),
    'the answer with a resource': answered('result', `<bind xmlns='${NS_BIND}'><jid>${FULL_JID}</jid></bind>`),
    'a refusal': answered(
      'error',
      "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    ),
    'something else': {
      ...said(MESSAGE, { stanza: parseElement(MESSAGE) }),
      // In a session the router takes it, past the chart.
      where: (state) => hasStream(state) && !state.startsWith('linked.online'),
    },
  },
  'transport.heard': {
    event: {},
    where: (state) => state.includes('probing'),
    play: (stage) => stage.peer.sends(MESSAGE),
  },
} as const satisfies Turns;

/** Features, as the model and the server have them. */
export function offered(inner: string): Turn {
  const xml = `<stream:features xmlns='${NS_CLIENT}' xmlns:stream='${NS_STREAM}'>${inner}</stream:features>`;
  return said(xml, { features: parseFeatures(parseElement(xml)) });
}

export function sasl2(mechanism: string, beside = ''): string {
  const bind = `<bind xmlns='${NS_BIND2}'><inline><feature var='${NS_SM}'/></inline></bind>`;
  const inline = `<inline>${bind}<sm xmlns='${NS_SM}'/>${beside}</inline>`;
  return `<authentication xmlns='${NS_SASL2}'><mechanism>${mechanism}</mechanism>${inline}</authentication>`;
}

export function managed(xml: string): Turn {
  return said(xml, { element: parseElement(xml) });
}

export function streamError(condition: string): string {
  return `<stream:error xmlns:stream='${NS_STREAM}'>${condition}</stream:error>`;
}

function sasl(mechanism: string): string {
  return `<mechanisms xmlns='${NS_SASL}'><mechanism>${mechanism}</mechanism></mechanisms>`;
}

/** The answer to the request that the client waits for. */
function answered(type: 'result' | 'error', inner: string): Turn {
  const xml = (id: string): string => `<iq xmlns='${NS_CLIENT}' type='${type}' id='${id}'>${inner}</iq>`;
  return {
    event: ({ context }) => ({ stanza: parseElement(xml(context.requestId)) }),
    where: (state) => state === 'linked.binding' || state === 'linked.establishing.awaitingSession',
    play: (stage) => stage.peer.sends(xml(stage.client.actor.getSnapshot().context.requestId)),
  };
}
