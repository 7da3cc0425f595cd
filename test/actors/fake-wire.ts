import { createActor, enqueueActions, setup } from 'xstate';
import type { TransportCommand, TransportInput } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/index.ts';
import { transportLogic } from '../../src/actors/transport.ts';
import type { Dial, Wire, WireListener } from '../../src/actors/wire.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import type { SecureChannel } from '../../src/sasl/index.ts';
import { documentFraming, type Framing, messageFraming } from '../../src/stream/index.ts';

/** A transport over a wire that a test holds the other end of. */
export interface Line {
  /** What was written, and `[tls]`, `[pause]`, `[resume]`, `[end]`, `[abort]`. */
  readonly sent: string[];
  readonly events: TransportEvent[];
  /** Whether the wire takes more; it answers what it is set to. */
  takesMore: boolean;
  /** The peer, and the network. */
  readonly peer: WireListener;
  /** Each is a message of its own where the framing is one of messages; otherwise they come in one piece. */
  receive(...xml: readonly string[]): void;
  tell(...commands: readonly TransportCommand[]): void;
  stop(): void;
}

export const TLS_ENDPOINT: TransportInput['endpoint'] = {
  transport: 'tcp',
  host: 'xmpp.example.org',
  port: 5222,
  security: 'starttls',
  reason: 'a test',
};

const encoder = new TextEncoder();

/** How the same stream looks on the wire, in a framing. */
export interface Dialect {
  readonly name: string;
  readonly framing: Framing;
  /** What the server says. */
  readonly header: string;
  readonly footer: string;
  /** What the client says. */
  readonly ourHeader: string;
  readonly ourFooter: string;
  /** A message stanza that the client sent. */
  readonly ourMessage: (id: string) => string;
  readonly ourError: (condition: string, text: string) => string;
}

/** `react` is what the parent of the transport does with an event. */
export function createLine(
  options: Partial<ClientOptions> = {},
  react: (event: TransportEvent) => readonly TransportCommand[] = () => [],
  overrides: Partial<Wire> = {},
): Line {
  const sent: string[] = [];
  const events: TransportEvent[] = [];
  let peer: WireListener | undefined;
  const dial: Dial = (_input, listener) => {
    peer = listener;
    return {
      framing: documentFraming,
      write(text) {
        sent.push(text);
        return line.takesMore;
      },
      startTls: () => void sent.push('[tls]'),
      pause() {
        sent.push('[pause]');
        return true;
      },
      resume: () => void sent.push('[resume]'),
      end: () => void sent.push('[end]'),
      abort: () => void sent.push('[abort]'),
      ...overrides,
    };
  };
  const settings = clientInput({ jid: 'juliet@example.org', password: 'pencil', ...options });
  const actor = createActor(parentOf(dial, events, react), {
    input: { endpoint: TLS_ENDPOINT, domain: 'example.org', settings },
  });
  const line: Line = {
    sent,
    events,
    takesMore: true,
    get peer() {
      if (!peer) throw new Error('Nothing was dialled');
      return peer;
    },
    receive(...xml) {
      const pieces = overrides.framing?.joins === false ? xml : [xml.join('')];
      for (const piece of pieces) line.peer.received(encoder.encode(piece));
    },
    tell: (...commands) => {
      for (const command of commands) actor.getSnapshot().children.transport?.send(command);
    },
    stop: () => actor.stop(),
  };
  actor.start();
  return line;
}

/** A parent that writes down what its transport reports, and answers as `react` says. */
export function parentOf(
  dial: Dial,
  events: TransportEvent[],
  react: (event: TransportEvent) => readonly TransportCommand[],
) {
  return setup({
    types: {} as {
      input: TransportInput;
      context: TransportInput;
      events: TransportEvent;
      children: { transport: 'transport' };
    },
    actors: { transport: transportLogic(dial) },
    actions: {
      hear: enqueueActions(({ event, enqueue }) => {
        events.push(event);
        for (const command of react(event)) enqueue.sendTo('transport', command);
      }),
    },
  }).createMachine({
    context: ({ input }) => input,
    invoke: { id: 'transport', src: 'transport', input: ({ context }) => context },
    on: { '*': { actions: 'hear' } },
  });
}

export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.org' id='s1' version='1.0'>";
export const OPEN: TransportCommand = { type: 'stream.open', to: 'example.org' };
export const OUR_HEADER =
  '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="example.org" version="1.0">';

/** A stream as one document, and as one document for each of its elements. */
export const DIALECTS: readonly Dialect[] = [
  {
    name: 'RFC 6120',
    framing: documentFraming,
    header: HEADER,
    footer: '</stream:stream>',
    ourHeader: OUR_HEADER,
    ourFooter: '</stream:stream>',
    ourMessage: (id) => `<message id="${id}"/>`,
    ourError: (condition, text) => `<stream:error>${detailsOf(condition, text)}</stream:error>`,
  },
  {
    name: 'RFC 7395',
    framing: messageFraming,
    header: "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.org' id='s1' version='1.0'/>",
    footer: "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
    ourHeader: '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="example.org" version="1.0"/>',
    ourFooter: '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
    ourMessage: (id) => `<message xmlns="jabber:client" id="${id}"/>`,
    ourError: (condition, text) =>
      `<error xmlns="http://etherx.jabber.org/streams">${detailsOf(condition, text)}</error>`,
  },
];

/** Of a TLS connection that nothing can be bound to. */
export const UNBOUND: SecureChannel = {
  tlsVersion: 'TLSv1.3',
  bindings: [],
  bindingData: () => Promise.reject(new Error('Nothing can be bound to this')),
};

function detailsOf(condition: string, text: string): string {
  const namespace = 'urn:ietf:params:xml:ns:xmpp-streams';
  return `<${condition} xmlns="${namespace}"/><text xmlns="${namespace}">${text}</text>`;
}
