import { createActor } from 'xstate';
import type { ExchangeEvent, ExchangeInput, SaslEvent } from '../../machines/index.ts';
import { exchangeLogic } from '../../src/actors/exchange.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { type Sasl2Outcome, type SaslCondition, SaslError, Sealed } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import type { ServerExchange } from '../../src/sasl/server.ts';
import { recorder } from './recorder.ts';

/*
 * The actor of one exchange, and what its parent hears.
 */

/** What an exchange is given; all but the mechanism has a default. */
export interface ExchangeOptions extends Partial<Omit<ExchangeInput, 'settings'>> {
  readonly mechanism: string;
  readonly options?: Partial<ClientOptions>;
}

export const ACCOUNT = 'juliet@example.org';

export function runExchange({ options, ...rest }: ExchangeOptions) {
  const parent = recorder<ExchangeEvent>();
  const settings = clientInput({ jid: `${ACCOUNT}/balcony`, password: 'pencil', ...options });
  const input: ExchangeInput = {
    settings,
    offer: { mechanisms: [rest.mechanism] },
    usesToken: false,
    requestedToken: undefined,
    userAgent: 'this-installation',
    inline: undefined,
    channel: undefined,
    channelBinding: undefined,
    canBind: false,
    requireOfferHash: false,
    reason: undefined,
    ...rest,
  };
  const actor = createActor(exchangeLogic(nodeScramCrypto), { input, parent: parent.actor, id: 'exchange' }).start();
  let read = 0;
  return {
    actor,
    heard: parent.heard,
    /** The state that holds it is left. */
    stop: (): void => {
      Reflect.apply(Reflect.get(actor, '_stop'), actor, []);
    },
    /** The next thing that the parent hears; cryptography takes its time. */
    async next(): Promise<ExchangeEvent> {
      for (;;) {
        const event = parent.heard[read];
        if (event) {
          read += 1;
          return event;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

type RunningExchange = ReturnType<typeof runExchange>;

/** Lets both sides talk until the exchange reports how it ended. */
export async function converse(
  { actor, next }: RunningExchange,
  server: ServerExchange,
  outcome?: Sasl2Outcome,
): Promise<ExchangeEvent> {
  for (;;) {
    const event = await next();
    if (event.type !== 'exchange.started' && event.type !== 'exchange.answered') return event;
    const reply = await server.answer(event.payload?.reveal());
    if (reply.type === 'challenge') actor.send({ type: 'sasl.challenged', payload: new Sealed(reply.data) });
    else if (reply.type === 'failure') actor.send(refused(reply.condition));
    else actor.send({ type: 'sasl.succeeded', payload: reply.data && new Sealed(reply.data), outcome });
  }
}

export function refused(condition: SaslCondition): SaslEvent {
  return { type: 'sasl.failed', error: new SaslError(condition, { condition }) };
}

export function succeeded(token?: { readonly token: string; readonly expiry: string | undefined }): SaslEvent {
  return { type: 'sasl.succeeded', payload: undefined, outcome: token && outcomeWith(token) };
}

/** What a success says that gives a token. */
export function outcomeWith(token: { readonly token: string; readonly expiry: string | undefined }): Sasl2Outcome {
  return {
    identifier: ACCOUNT,
    bound: undefined,
    bindFailed: false,
    resumption: undefined,
    token: new Sealed(token),
  };
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What an event says, with the payload in clear. */
export function words(event: ExchangeEvent): readonly unknown[] {
  if ('error' in event) return [event.type, event.error.code];
  if (!('payload' in event)) return [event.type, event.unsaved?.code];
  return [event.type, event.payload && new TextDecoder().decode(event.payload.reveal())];
}
