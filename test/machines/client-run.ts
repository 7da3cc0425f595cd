import { createActor, type EventObject, fromCallback, fromPromise } from 'xstate';
import type { ResolveInput, TransportCommand, TransportInput } from '../../machines/contracts.ts';
import {
  authenticationMachine,
  type ClientEvent,
  clientMachine,
  type Endpoint,
  type ExchangeEvent,
  type ExchangeInput,
  type SaslEvent,
  sessionMachine,
  statePath,
  type TransportEvent,
} from '../../machines/index.ts';
import { exchangeLogic } from '../../src/actors/exchange.ts';
import { recallLogic } from '../../src/actors/recall.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { turn } from '../actors/recorder.ts';
import { createTestClock } from '../support/clock.ts';

/*
 * A client that runs, with transports that do what a test says.
 */

/** Runs a client that finds these endpoints. Its exchange asks for nothing and says what the server says, unless it is real. */
export function run(
  found: readonly Endpoint[] | TransportError,
  { realExchange = false, ...options }: Partial<ClientOptions> & { readonly realExchange?: boolean } = {},
) {
  const clock = createTestClock();
  const lines: ((event: TransportEvent) => void)[] = [];
  const dialled: string[] = [];
  const freed: string[] = [];
  const told: TransportCommand[] = [];
  const asked: unknown[] = [];
  const resolve = fromPromise<readonly Endpoint[], ResolveInput>(async () => {
    if (found instanceof TransportError) throw found;
    return found;
  });
  const transport = fromCallback<TransportCommand, TransportInput>(({ input, sendBack, receive }) => {
    dialled.push(input.endpoint.host);
    if (input.endpoint.host === 'explodes') throw new Error('boom');
    lines.push(sendBack);
    receive((command) => told.push(command));
    return () => freed.push(input.endpoint.host);
  });
  const echo = fromCallback<SaslEvent, ExchangeInput>(({ input, receive, sendBack }) => {
    asked.push([input.mechanism, input.reason]);
    const report = (event: ExchangeEvent): void => sendBack(event);
    receive((event) => {
      if (event.type === 'sasl.failed') report({ type: 'exchange.refused', error: event.error });
    });
  });
  const idle = fromCallback<EventObject>(({ receive }) => {
    receive(({ type }) => {
      if (type === 'explode') throw new Error('boom');
    });
  });
  const session = sessionMachine.provide({ actors: { router: idle, iq: idle, outbox: idle } });
  const exchange = realExchange ? exchangeLogic(nodeScramCrypto) : echo;
  const authentication = authenticationMachine.provide({ actors: { exchange } });
  const input = clientInput({
    jid: 'juliet@example.org',
    password: 'x',
    host: 'a.example.org',
    startsAtOnce: false,
    clock,
    ...options,
  });
  const actors = { recall: recallLogic, resolve, transport, session, authentication };
  const actor = createActor(clientMachine.provide({ actors }), { input, clock });
  actor.start();
  return {
    actor,
    clock,
    lines,
    dialled,
    freed,
    told,
    asked,
    async start(): Promise<void> {
      actor.send({ type: 'start' });
      await settle();
    },
    settle,
    /** Waits until the transport is told this; cryptography takes its time. */
    async lastTold(type: TransportCommand['type']): Promise<void> {
      while (told.at(-1)?.type !== type) await new Promise((resolve) => setImmediate(resolve));
    },
    report(...events: readonly ClientEvent[]): void {
      for (const event of events) lines.at(-1)?.(event as TransportEvent);
    },
    look() {
      const { value, context } = actor.getSnapshot();
      const { error } = context;
      return { path: statePath(value), error: error && [error.code, error.phase, error.endpoint] };
    },
  };
}

/** Lets the stores and the discovery answer. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i += 1) await turn();
}
