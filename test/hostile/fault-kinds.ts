import type { Road } from '../client/resume-stage.ts';
import { NOTHING, type Outcome } from './fault-fate.ts';
import type { Fate } from './fault-servers.ts';
import type { FaultStep } from './fault-steps.ts';

/** Something that a server, or what is in between, does to a client. */
export interface Fault {
  readonly title: string;
  /** The ways on which it can happen. */
  readonly roads: readonly Road[];
  happen(fate: Fate): unknown;
  readonly usually: Outcome;
  /** What a client makes of it in certain steps, by their titles. */
  readonly except?: Readonly<Record<string, Outcome>>;
  /** The state in which it is noticed, where that is not the one of the step. */
  phase?(step: FaultStep): string;
}

const ALL: readonly Road[] = ['memory', 'STARTTLS', 'direct TLS', 'WebSocket'];
const SOCKETS = ALL.slice(1);
const NO_WEBSOCKET = ALL.slice(0, 3);
const WEBSOCKET: readonly Road[] = ['WebSocket'];

const HEADER =
  '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0" from="capulet.example">';
const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" version="1.0" from="capulet.example"/>';

const IN_HANDSHAKE = 'linked.securing.handshaking';
const IN_WEBSOCKET_HANDSHAKE = 'linked.connecting, in the TLS handshake';
const BEFORE_HTTP = 'linked.connecting, before HTTP';
const CLOSING = 'linked.closing';

const RESET: Outcome = ['transport/connection-reset', 'retry-elsewhere'];
const CLOSED: Outcome = ['transport/connection-closed', 'retry-elsewhere'];

/** Where nobody expects XML yet. */
const NO_TLS_OR_HTTP: Readonly<Record<string, Outcome>> = {
  [IN_HANDSHAKE]: ['transport/tls-failed', 'retry-elsewhere'],
  [IN_WEBSOCKET_HANDSHAKE]: ['transport/tls-failed', 'retry-elsewhere'],
  [BEFORE_HTTP]: ['transport/websocket-refused', 'retry-elsewhere'],
  [CLOSING]: NOTHING,
};

/** All of them, but silence and stream errors. */
export const FAULTS: readonly Fault[] = [
  {
    title: 'ends the connection',
    roads: ALL,
    happen: ({ script }) => script.end(),
    usually: CLOSED,
    // Node tells of an end there as of a reset.
    except: { [IN_WEBSOCKET_HANDSHAKE]: RESET, [BEFORE_HTTP]: RESET, [CLOSING]: NOTHING },
  },
  {
    title: 'cuts the connection',
    roads: SOCKETS,
    happen: ({ script, line }) => (line ? line.reset() : script.reset()),
    usually: RESET,
    except: { [CLOSING]: NOTHING },
  },
  {
    // It knows no reset.
    title: 'cuts the pipe',
    roads: ['memory'],
    happen: ({ script }) => script.reset(),
    usually: CLOSED,
    except: { [CLOSING]: NOTHING },
  },
  {
    title: 'closes the stream',
    roads: ALL,
    happen: (fate) => closeAfter(fate, ''),
    usually: CLOSED,
    except: NO_TLS_OR_HTTP,
    phase: afterHeader,
  },
  {
    title: 'closes the stream before it has opened one',
    roads: NO_WEBSOCKET,
    happen: ({ script, road }) => script.sends(closingTag(road)),
    usually: CLOSED,
    except: {
      ...NO_TLS_OR_HTTP,
      'linked.opening.awaitingHeader': ['stream/not-well-formed', 'retry-elsewhere'],
      'linked.secured.awaitingHeader': ['stream/not-well-formed', 'retry-elsewhere'],
      'linked.loggingIn.awaitingHeader': ['stream/not-well-formed', 'retry-elsewhere'],
      'linked.restarting.awaitingHeader': ['stream/not-well-formed', 'retry-elsewhere'],
    },
  },
  {
    title: 'sends what is no XML, no TLS and no HTTP',
    roads: ALL,
    happen: ({ script }) => script.sends('<<\0 a line of a server that speaks something else'),
    usually: ['stream/not-well-formed', 'retry-elsewhere'],
    except: NO_TLS_OR_HTTP,
  },
  {
    title: 'sends what is not UTF-8',
    roads: ALL,
    happen: ({ script, line }) => (line ? line.send(BAD_TEXT_FRAME) : script.sends(BAD_UTF8)),
    usually: ['stream/unsupported-encoding', 'retry-elsewhere'],
    except: NO_TLS_OR_HTTP,
  },
  {
    title: 'sends a binary message (RFC 7395 §3.2)',
    roads: WEBSOCKET,
    happen: ({ script }) => script.sends(new TextEncoder().encode(OPEN)),
    usually: ['stream/bad-format', 'retry-elsewhere'],
    except: NO_TLS_OR_HTTP,
  },
  {
    title: 'sends what is no frame of a WebSocket',
    roads: WEBSOCKET,
    happen: ({ script, line }) => (line ? line.send(RESERVED_FRAME) : script.sends(RESERVED_FRAME)),
    usually: ['transport/protocol-violation', 'retry-elsewhere'],
    except: NO_TLS_OR_HTTP,
  },
  {
    title: 'sends what is no record of TLS',
    roads: WEBSOCKET,
    happen: ({ script, line }) => (line ? line.sendInClear(NO_RECORD) : script.sends(NO_RECORD)),
    usually: ['transport/tls-failed', 'retry-elsewhere'],
    except: NO_TLS_OR_HTTP,
  },
  {
    title: 'ends the connection without closing the WebSocket',
    roads: WEBSOCKET,
    happen: ({ script, line }) => (line ? line.end() : script.end()),
    usually: CLOSED,
    except: { [IN_WEBSOCKET_HANDSHAKE]: RESET, [BEFORE_HTTP]: RESET, [CLOSING]: NOTHING },
  },
];

/** The server says something and closes the stream, which it opens first if it has not; in one write where that is possible. */
export async function closeAfter({ script, road, step }: Fate, text: string): Promise<void> {
  const opening = step.state.endsWith('.awaitingHeader') ? openingTag(road) : '';
  const said = [opening, text, closingTag(road)];
  if (road !== 'WebSocket') return script.sends(said.join(''));
  for (const message of said) if (message !== '') await script.sends(message);
}

/** The state in which a client hears what {@link closeAfter} says. */
export function afterHeader({ state }: FaultStep): string {
  return state.replace('.awaitingHeader', '.awaitingFeatures');
}

function openingTag(road: Road): string {
  return road === 'WebSocket' ? OPEN : HEADER;
}

function closingTag(road: Road): string {
  return road === 'WebSocket' ? '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>' : '</stream:stream>';
}

/** The first byte of two that are none of UTF-8, in a tag. */
const BAD_UTF8 = new Uint8Array([0x3c, 0x61, 0xff, 0xfe, 0x3e]);
/** The same in a frame of text (RFC 6455 §5.2). */
const BAD_TEXT_FRAME = new Uint8Array([0x81, BAD_UTF8.length, ...BAD_UTF8]);
/** Bits and an opcode that mean nothing. */
const RESERVED_FRAME = new Uint8Array([0xff, 0x04, 0x3c, 0x61, 0x2f, 0x3e]);
/** Of no type that TLS has. */
const NO_RECORD = new Uint8Array([0x30, 0x03, 0x03, 0x00, 0x02, 0x01, 0x02]);
