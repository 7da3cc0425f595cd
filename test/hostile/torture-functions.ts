import type { DiscoverySources } from '../../src/actors/discovery.ts';
import type { Wire } from '../../src/actors/wire.ts';
import type { ClientEvents, CreateClientOptions } from '../../src/node.ts';
import type { ScramCrypto, SecureChannel } from '../../src/sasl/index.ts';

/*
 * The names of all functions that a client calls and that are not its own, taken from the types: who adds one is told to say what
 * comes of it when it fails.
 */

type AnyFunction = (...given: never[]) => unknown;
type Name<T> = keyof T & string;

/** The names of the functions in a type: `pins.get`. Logic of an actor is one, whatever it consists of. */
type FunctionsOf<T> = { [K in Name<T>]-?: K extends 'logic' ? K : NamesWithin<K, NonNullable<T[K]>> }[Name<T>];
type NamesWithin<K extends string, V> = V extends AnyFunction
  ? K
  : V extends readonly (infer Item)[]
    ? NamesWithin<K, Item>
    : V extends object
      ? `${K}.${FunctionsOf<V>}`
      : never;

/** An address is no function of the application, and what observes without a function of its own neither. */
type OptionFunction = FunctionsOf<Omit<CreateClientOptions, 'jid' | 'inspect'>> | 'inspect';

/** Those that are told of what happens while a client connects. */
type Listener = `on.${Name<Pick<ClientEvents, 'online' | 'reconnecting'>>}`;

type PlatformFunction =
  | Name<DiscoverySources>
  | `crypto.${Name<ScramCrypto>}`
  | `channel.${FunctionsOf<SecureChannel>}`
  | 'dial'
  // What only ends or slows a connection does not fail.
  | `wire.${FunctionsOf<Omit<Wire, 'framing' | 'pause' | 'resume' | 'end' | 'abort'>>}`;

/** What is called so often that each state of a client has it: see the test. */
export type Chatty = 'onTraffic' | 'inspect' | `clock.${FunctionsOf<NonNullable<CreateClientOptions['clock']>>}`;

/** Everything that a client calls on its way, and that is not its own. A new option without a row does not compile. */
export type Tortured = Exclude<OptionFunction | PlatformFunction | Listener, Chatty>;
