import { createActor, enqueueActions, setup } from 'xstate';
import type { TransportCommand, TransportInput } from '../../machines/contracts.ts';
import type { TransportEvent } from '../../machines/index.ts';
import { transportLogic } from '../../src/actors/transport.ts';
import type { Dial, Wire, WireListener } from '../../src/actors/wire.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';

/** A transport over a wire that a test holds the other end of. */
export interface Line {
  /** What was written, and `[tls]` and `[end]`. */
  readonly sent: string[];
  readonly events: TransportEvent[];
  /** Whether the wire takes more; it answers what it is set to. */
  takesMore: boolean;
  /** The peer, and the network. */
  readonly peer: WireListener;
  receive(xml: string): void;
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
      write(text) {
        sent.push(text);
        return line.takesMore;
      },
      startTls: () => void sent.push('[tls]'),
      end: () => void sent.push('[end]'),
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
    receive: (xml) => line.peer.received(encoder.encode(xml)),
    tell: (...commands) => {
      for (const command of commands) actor.getSnapshot().children.transport?.send(command);
    },
    stop: () => actor.stop(),
  };
  actor.start();
  return line;
}

function parentOf(dial: Dial, events: TransportEvent[], react: (event: TransportEvent) => readonly TransportCommand[]) {
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
