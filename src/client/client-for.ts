import type { PublishedEvent, PublisherRef } from '../../machines/contracts.ts';
import { RESERVED_NAMES, type SessionContext } from '../../machines/session.facts.ts';
import { errorEvent } from '../actors/published.ts';
import { OptionError } from '../errors/index.ts';
import type { Element } from '../xml/index.ts';
import type { Client, ClientActor, StartOptions } from './client.ts';
import type { ClientEvents } from './client-events.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { whenOffline, whenOnline } from './milestones.ts';
import type { ClientSubprotocol, RequestOptions } from './subprotocol.ts';

/**
 * The door to a client whose actor runs already: one that a machine of the application invoked.
 *
 * @throws OptionError where the actor is none of `clientMachine`, or has ended
 */
export function clientFor(actor: ClientActor, renew?: (password: string) => void): Client {
  const { outbox, iq, publisher, settings } = sessionOf(actor);

  return {
    actor,
    get jid() {
      return actor.getSnapshot().context.jid;
    },
    start,
    stop() {
      actor.send({ type: 'stop' });
      return whenOffline(actor);
    },
    online: ({ signal } = {}) => whenOnline(actor, signal),
    send,
    request,
    use,
    on: (type, listener) => listen(publisher, type, listener),
  };

  function start({ password }: StartOptions = {}): void {
    if (password !== undefined) {
      if (!renew)
        throw new OptionError('Expected a client that was made with `password`, got one that asks a function');
      renew(password);
    }
    actor.send({ type: 'start' });
  }

  function send(stanza: Element): Delivery {
    const delivery = createDelivery();
    outbox.send({ type: 'stanza.send', stanza, report: delivery });
    if (delivery.error) throw delivery.error;
    return delivery;
  }

  function request(
    stanza: Element,
    { timeout = settings.timeouts.request, signal }: RequestOptions = {},
  ): Promise<Element> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = (): void => {
        iq.send({ type: 'iq.cancel', id: stanza.attributes.id ?? '' });
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      iq.send({
        type: 'iq.request',
        request: {
          stanza,
          timeout,
          settle(error, response) {
            signal?.removeEventListener('abort', cancel);
            if (response) resolve(response);
            else reject(error);
          },
        },
      });
    });
  }

  function use<Api>(subprotocol: ClientSubprotocol<Api>): Api {
    const { name, api } = subprotocol;
    if (RESERVED_NAMES.includes(name)) throw new OptionError(`Expected another name than '${name}' for a subprotocol`);
    if (sessionOf(actor).subprotocols.some((used) => used.name === name)) {
      throw new OptionError(`The subprotocol '${name}' is used by this client already`, {
        hint: 'Keep what `use()` returned the first time.',
      });
    }
    actor.send({ type: 'subprotocol.use', subprotocol });
    return api({
      send,
      request,
      tell: (event) => actor.send({ type: 'subprotocol.tell', name, event }),
      now: () => settings.clock.now(),
    });
  }
}

function sessionOf(actor: ClientActor): SessionContext {
  const session = actor.getSnapshot().children.session;
  if (!session) throw new OptionError('Expected the actor of a client, got one that has none of its actors');
  return session.getSnapshot().context;
}

function listen<Type extends keyof ClientEvents>(
  publisher: PublisherRef,
  type: Type,
  listener: (event: ClientEvents[Type]) => void,
): () => void {
  const subscription = publisher.on(type, (event) => {
    if (!isOfType(event, type)) return;
    try {
      listener(event);
    } catch (cause) {
      // Nobody is told of an error in a listener for errors: it would be told of that too, and so on.
      if (type !== 'error') publisher.send({ type: 'publish', event: errorEvent(listenerError(type, cause)) });
    }
  });
  return () => subscription.unsubscribe();
}

function isOfType<Type extends keyof ClientEvents>(event: PublishedEvent, type: Type): event is ClientEvents[Type] {
  return event.type === type;
}

function listenerError(type: string, cause: unknown): OptionError {
  return new OptionError(`A listener for '${type}' failed`, {
    cause,
    hint: 'Look at the stack of `cause`: the client goes on.',
  });
}
