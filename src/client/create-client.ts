import { createActor, type InspectionEvent, type Observer } from 'xstate';
import type { clientMachine } from '../../machines/client.machine.ts';
import { OptionError, shown, shownKind } from '../errors/index.ts';
import { checkOptions, expected } from './check-options.ts';
import type { Client } from './client.ts';
import { clientFor, clientWithPassword } from './client-for.ts';
import { completeInput } from './client-input.ts';
import { isFunction, isObject } from './kinds.ts';
import type { ClientOptions } from './options.ts';

/** Options of a client that is an actor system of its own. */
export interface CreateClientOptions extends Omit<ClientOptions, 'startsAtOnce'> {
  /** Hears the inspection events of XState: those of this actor and all its children. They hold no secret. */
  readonly inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void) | undefined;
}

/** Makes a client that runs this machine, `clientMachine` with its slots filled. It is offline until `start()`. */
export function createClientWith(machine: typeof clientMachine, options: CreateClientOptions): Client {
  checkOptions(options);
  const { inspect }: { readonly inspect?: unknown } = options;
  if (inspect !== undefined && !isFunction(inspect) && !isObject(inspect)) {
    throw expected('`inspect`, a function or an observer', shown(inspect));
  }
  const vault = { password: options.password };
  const secrets = options.credentials || !options.password ? options : { ...options, credentials: () => vault };
  const actor = createActor(machine, {
    input: completeInput({ ...secrets, startsAtOnce: false }),
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.inspect ? { inspect: guarded(options.inspect) } : {}),
  });
  // An actor that failed leaves its children running; its connection at least must not stay.
  actor.subscribe({ error: () => actor.getSnapshot().children.transport?.send({ type: 'transport.abandon' }) });
  actor.start();
  if (options.credentials) return clientFor(actor);
  return clientWithPassword(actor, (password) => renew(vault, password));
}

/** XState lets through what an inspector throws, in the middle of a step: that would be the end of the client, or its last step. */
function guarded(inspect: NonNullable<CreateClientOptions['inspect']>) {
  return (event: InspectionEvent): void => {
    try {
      if (typeof inspect === 'function') inspect(event);
      else inspect.next?.(event);
    } catch {
      // The application's inspector failed; that must not cost it the client.
    }
  };
}

function renew(vault: { password: string | undefined }, password: string): void {
  if (typeof password !== 'string') throw new OptionError(`Expected \`password\`, a text, got ${shownKind(password)}`);
  if (password === '') throw new OptionError('Expected `password`, got an empty one');
  vault.password = password;
}
