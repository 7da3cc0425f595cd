import { describe, expectTypeOf, it } from 'vitest';
import type { ActorRefFrom } from 'xstate';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import {
  type Client,
  type ClientActor,
  type ClientEvents,
  type ClientInput,
  type ClientScope,
  type ClientSubprotocol,
  type ClientTag,
  type CreateClientOptions,
  clientFor,
  clientInput,
  type clientMachine,
  createClient,
  type Delivery,
  type DeliveryError,
  type DroppedEvent,
  type Element,
  type ErrorEvent,
  type Jid,
  type SendOptions,
  type WhenFull,
  type WithClientOptions,
  withClient,
  type XmppError,
} from '../../src/node.ts';
import type { Message, Presence, SoftwareVersion } from '../../src/payloads/index.ts';
import { type CarbonsApi, carbonsProtocol } from '../../src/subprotocols/carbons.ts';
import { type ClientStateApi, clientStateProtocol } from '../../src/subprotocols/client-state.ts';
import { type MessageApi, messageProtocol } from '../../src/subprotocols/message.ts';
import { type PingApi, pingProtocol } from '../../src/subprotocols/ping.ts';
import { type PresenceApi, presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type VersionApi, versionProtocol } from '../../src/subprotocols/version.ts';
import type { Server } from '../../src/testing/index.ts';

/*
 * What the compiler tells callers. `tsc -p test` checks it: nothing here runs but empty tests.
 */

declare const client: Client;
/** Is compiled, and never called. */
const compiled = (_code: () => unknown): void => {};

describe('the types of a client', () => {
  it('know its events, those of subprotocols among them', () => {
    expectTypeOf<keyof ClientEvents>().toEqualTypeOf<
      | 'online'
      | 'offline'
      | 'reconnecting'
      | 'failed'
      | 'error'
      | 'stanza.dropped'
      | 'delivery.failed'
      | 'message'
      | 'presence'
      | 'carbon'
      | 'receipt'
    >();
    expectTypeOf<ClientEvents['online']>().toEqualTypeOf<{
      readonly type: 'online';
      readonly jid: Jid;
      readonly resumed: boolean;
    }>();
    expectTypeOf<ClientEvents['failed']['error']>().toEqualTypeOf<XmppError>();
    expectTypeOf<ClientEvents['reconnecting']['error']>().toEqualTypeOf<XmppError | undefined>();
    expectTypeOf<ClientEvents['error']>().toEqualTypeOf<ErrorEvent>();
    expectTypeOf<ClientEvents['stanza.dropped']>().toEqualTypeOf<DroppedEvent>();
    expectTypeOf<ClientEvents['message']['message']>().toEqualTypeOf<Message>();
    expectTypeOf<ClientEvents['presence']['presence']>().toEqualTypeOf<Presence>();
    expectTypeOf<ClientEvents['carbon']['message']>().toEqualTypeOf<Message>();
    expectTypeOf<ClientEvents['carbon']['direction']>().toEqualTypeOf<'received' | 'sent'>();
  });

  it('give a listener the event that it asked for, and refuse events that nobody knows', () => {
    compiled(() => client.on('message', ({ message }) => expectTypeOf(message).toEqualTypeOf<Message>()));
    compiled(() => client.on('presence', ({ presence }) => expectTypeOf(presence).toEqualTypeOf<Presence>()));
    compiled(() => expectTypeOf(client.on('online', () => {})).toEqualTypeOf<() => void>());
    // @ts-expect-error: no subprotocol tells of the weather
    compiled(() => client.on('weather', () => {}));
    // @ts-expect-error: a message has no presence
    compiled(() => client.on('message', ({ presence }) => presence));
  });

  it('give the door of the subprotocol that is used', () => {
    compiled(() => {
      expectTypeOf(client.use(messageProtocol())).toEqualTypeOf<MessageApi>();
      expectTypeOf(client.use(carbonsProtocol())).toEqualTypeOf<CarbonsApi>();
      expectTypeOf(client.use(clientStateProtocol())).toEqualTypeOf<ClientStateApi>();
      expectTypeOf(client.use(presenceProtocol())).toEqualTypeOf<PresenceApi>();
      expectTypeOf(client.use(pingProtocol())).toEqualTypeOf<PingApi>();
      expectTypeOf(client.use(versionProtocol())).toEqualTypeOf<VersionApi>();
    });
    compiled(() => expectTypeOf(client.use({} as ClientSubprotocol<{ ask(): number }>).ask()).toEqualTypeOf<number>());
    expectTypeOf<ClientSubprotocol<void>['api']>().toEqualTypeOf<(scope: ClientScope) => void>();
  });

  it('say what comes of each call', () => {
    expectTypeOf<Client['jid']>().toEqualTypeOf<Jid>();
    expectTypeOf<Client['start']>().returns.toEqualTypeOf<void>();
    expectTypeOf<Client['stop']>().returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf<Client['online']>().returns.toEqualTypeOf<Promise<Jid>>();
    expectTypeOf<Client['send']>().parameters.toEqualTypeOf<[stanza: Element, options?: SendOptions | undefined]>();
    expectTypeOf<Client['send']>().returns.toEqualTypeOf<Delivery>();
    expectTypeOf<ClientScope['send']>().toEqualTypeOf<Client['send']>();
    expectTypeOf<Client['request']>().returns.toEqualTypeOf<Promise<Element>>();
    expectTypeOf<VersionApi['query']>().returns.toEqualTypeOf<Promise<SoftwareVersion>>();
    expectTypeOf<PingApi['ping']>().returns.toEqualTypeOf<Promise<number>>();
    // @ts-expect-error: a stanza is an element, no text
    compiled(() => client.send('<presence/>'));
    // @ts-expect-error: a message is for somebody
    compiled(() => client.use(messageProtocol()).send({ body: 'Hark' }));
    // @ts-expect-error: no such availability
    compiled(() => client.use(presenceProtocol()).available({ show: 'busy' }));
  });

  it('say what a delivery comes to', () => {
    expectTypeOf<Delivery['state']>().toEqualTypeOf<'waiting' | 'queued' | 'written' | 'acknowledged' | 'failed'>();
    expectTypeOf<Delivery['error']>().toEqualTypeOf<XmppError | undefined>();
    expectTypeOf<Delivery['queued']>().returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf<Delivery['written']>().returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf<Delivery['settled']>().returns.toEqualTypeOf<Promise<'written' | 'acknowledged'>>();
    expectTypeOf<Delivery['subscribe']>().toEqualTypeOf<(listener: (delivery: Delivery) => void) => () => void>();
    expectTypeOf<DeliveryError['condition']>().toEqualTypeOf<'expired' | 'not-kept' | 'dropped'>();
    compiled(() => {
      const delivery = client.send({} as Element);
      // @ts-expect-error: what was sent is not to be changed
      delivery.state = 'written';
    });
  });

  it('say what is to become of a stanza', () => {
    expectTypeOf<SendOptions>().toEqualTypeOf<{
      readonly expires?: number | undefined;
      readonly keep?: boolean | undefined;
      readonly resend?: boolean | undefined;
      readonly whenFull?: WhenFull | undefined;
    }>();
    expectTypeOf<WhenFull>().toEqualTypeOf<'reject' | 'drop-oldest' | 'wait'>();
    compiled(() => client.actor.send({ type: 'stanza.send', stanza: {} as Element, options: { keep: false } }));
    compiled(() => client.use(messageProtocol()).send({ to: 'a@b.example', body: 'Hark' }, { expires: 1000 }));
    // @ts-expect-error: no such policy
    compiled(() => client.send({} as Element, { whenFull: 'drop' }));
    // @ts-expect-error: no such option
    compiled(() => client.send({} as Element, { expire: 1000 }));
  });

  it('know the actor, its tags and its input', () => {
    expectTypeOf<ClientActor>().toEqualTypeOf<ActorRefFrom<typeof clientMachine>>();
    expectTypeOf<Client['actor']>().toEqualTypeOf<ClientActor>();
    expectTypeOf(clientFor).parameters.toEqualTypeOf<[actor: ClientActor]>();
    expectTypeOf(clientInput).returns.toEqualTypeOf<ClientInput>();
    compiled(() => expectTypeOf(client.actor.getSnapshot().hasTag).parameter(0).toEqualTypeOf<ClientTag>());
    // @ts-expect-error: no such tag
    compiled(() => client.actor.getSnapshot().hasTag('happy'));
    // @ts-expect-error: no such event
    compiled(() => client.actor.send({ type: 'dance' }));
  });

  it('say what a client is made of', () => {
    expectTypeOf(createClient).parameters.toEqualTypeOf<[options: CreateClientOptions]>();
    expectTypeOf<Server['connect']>().toEqualTypeOf<MemoryConnect>();
    expectTypeOf<WithClientOptions>().toExtend<CreateClientOptions>();
    compiled(() => createClient({ jid: 'juliet@capulet.example', password: 'secret', memory: {} as MemoryConnect }));
    // @ts-expect-error: whose client
    compiled(() => createClient({ password: 'secret' }));
    // @ts-expect-error: no such option
    compiled(() => createClient({ jid: 'juliet@capulet.example', passwd: 'secret' }));
    // @ts-expect-error: no such time
    compiled(() => createClient({ jid: 'juliet@capulet.example', timeouts: { dial: 1 } }));
    // @ts-expect-error: only a client that is embedded may start by itself
    compiled(() => createClient({ jid: 'juliet@capulet.example', startsAtOnce: true }));
  });

  it('give back from a client that does one thing what its task gave', () => {
    compiled(() => expectTypeOf(withClient({ jid: 'a@b' }, () => 17)).toEqualTypeOf<Promise<number>>());
    compiled(() => expectTypeOf(withClient({ jid: 'a@b' }, async () => 'x')).toEqualTypeOf<Promise<string>>());
    compiled(() => withClient({ jid: 'a@b' }, (given) => expectTypeOf(given).toEqualTypeOf<Client>()));
  });
});
