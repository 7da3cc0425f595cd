import type { IqRef, OutboxRef, PendingRequest, RouterRef } from '../../machines/contracts.ts';
import type { SendOptions } from '../../machines/delivery.ts';
import type { ClientCommand } from '../../machines/events.ts';
import { RESERVED_NAMES, type SessionContext } from '../../machines/session.facts.ts';
import type { ClientClock, ClientInput, Limits } from '../../machines/settings.ts';
import { problemWith } from '../actors/send-options.ts';
import { DeliveryError, OptionError, type Recording, XmppError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';
import type { Client, ClientActor, StartOptions } from './client.ts';
import type { ClientEvents } from './client-events.ts';
import { type Delivery, DeliveryRecord, deliveryOf } from './delivery.ts';
import { listen } from './listen.ts';
import { stopped, whenOffline, whenOnline } from './milestones.ts';
import type { ClientScope, ClientSubprotocol, RequestOptions } from './subprotocol.ts';
import { whereabouts } from './whereabouts.ts';

/**
 * The door to a client whose actor runs already: one that a machine of the application invoked.
 *
 * @throws OptionError where the actor is none of `clientMachine`, or has ended
 */
export function clientFor(actor: ClientActor): Client {
  return new ClientDoor(actor, undefined);
}

/** The same for a client whose password can be renewed. */
export function clientWithPassword(actor: ClientActor, renew: (password: string) => void): Client {
  return new ClientDoor(actor, renew);
}

class ClientDoor implements Client {
  readonly actor: ClientActor;
  readonly #renew: ((password: string) => void) | undefined;
  readonly #settings: ClientInput;
  // These actors of the session live as long as the client.
  readonly #outbox: OutboxRef;
  readonly #iq: IqRef;
  readonly #router: RouterRef;

  constructor(actor: ClientActor, renew: ((password: string) => void) | undefined) {
    this.actor = actor;
    this.#renew = renew;
    const { settings, outbox, iq, router } = sessionOf(actor);
    this.#settings = settings;
    this.#outbox = outbox;
    this.#iq = iq;
    this.#router = router;
  }

  get jid(): Jid {
    return this.actor.getSnapshot().context.jid;
  }

  get limits(): Limits {
    return this.#settings.limits;
  }

  start({ password }: StartOptions = {}): void {
    if (password !== undefined) {
      if (!this.#renew) throw new OptionError('Expected a client that was made with `password`, got one without');
      this.#renew(password);
    }
    this.actor.send({ type: 'start' });
  }

  stop(): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    this.actor.send({ type: 'stop' });
    return whenOffline(this.actor);
  }

  online({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Jid> {
    return whenOnline(this.actor, signal);
  }

  send(stanza: Element, options?: SendOptions): Delivery {
    requireElement(stanza);
    const problem = options === undefined ? undefined : problemWith(options);
    if (problem) throw problem;
    if (this.#isGone) throw stopped(this.actor);
    const report = new DeliveryRecord();
    this.#outbox.send({ type: 'stanza.send', stanza, report, options });
    const { end } = report;
    // What the options asked for is no mistake of the caller.
    if (end instanceof XmppError && !(end instanceof DeliveryError)) throw end;
    return deliveryOf(report, this.#router);
  }

  request(stanza: Element, options?: RequestOptions): Promise<Element> {
    requireElement(stanza);
    if (this.#isGone) return Promise.reject(stopped(this.actor));
    const timeout = options?.timeout ?? this.#settings.timeouts.request;
    const iq = this.#iq;
    if (options?.signal) return this.#cancellable(stanza, timeout, options.signal);
    return new Promise((resolve, fail) => {
      const reject = located(fail, this.actor);
      iq.send({ type: 'iq.request', request: { stanza, timeout, resolve, reject } });
    });
  }

  use<Api>(subprotocol: ClientSubprotocol<Api>): Api {
    const { name, api } = subprotocol;
    if (RESERVED_NAMES.includes(name)) throw new OptionError(`Expected another name than '${name}' for a subprotocol`);
    if (sessionOf(this.actor).subprotocols.some((used) => used.name === name)) {
      throw new OptionError(`The subprotocol '${name}' is used by this client already`, {
        hint: 'Keep what `use()` returned the first time.',
      });
    }
    this.actor.send({ type: 'subprotocol.use', subprotocol });
    return api(new Scope(this, name, this.#settings.clock));
  }

  recording(): Recording | undefined {
    return this.#settings.recorder?.evidence()?.recording();
  }

  on<Type extends keyof ClientEvents>(type: Type, listener: (event: ClientEvents[Type]) => void): () => void {
    return listen(this.#router, type, listener);
  }

  /** Stopped actors hear nothing, and answer nothing. */
  get #isGone(): boolean {
    return this.actor.getSnapshot().status !== 'active';
  }

  #cancellable(stanza: Element, timeout: number, signal: AbortSignal): Promise<Element> {
    const { actor } = this;
    const iq = this.#iq;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const settled = new AbortController();
      const cancel = (): void => {
        iq.send({ type: 'iq.cancel', id: stanza.attributes.id ?? '' });
        reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true, signal: settled.signal });
      const request: PendingRequest = {
        stanza,
        timeout,
        resolve(response: Element): void {
          settled.abort();
          resolve(response);
        },
        reject(error: XmppError): void {
          settled.abort();
          reject(whereabouts(actor, error));
        },
      };
      iq.send({ type: 'iq.request', request });
    });
  }
}

class Scope implements ClientScope {
  readonly #client: Client;
  readonly #name: string;
  readonly #clock: ClientClock;

  constructor(client: Client, name: string, clock: ClientClock) {
    this.#client = client;
    this.#name = name;
    this.#clock = clock;
  }

  get jid(): Jid {
    return this.#client.jid;
  }

  send(stanza: Element, options?: SendOptions): Delivery {
    return this.#client.send(stanza, options);
  }

  request(iq: Element, options?: RequestOptions): Promise<Element> {
    return this.#client.request(iq, options);
  }

  tell<Event extends { readonly type: string }>(event: Event): void {
    this.#client.actor.send({ type: 'subprotocol.tell', name: this.#name, event });
  }

  command(command: ClientCommand): void {
    this.#client.actor.send(command);
  }

  now(): number {
    return this.#clock.now();
  }
}

/** JavaScript can give anything; it must not get as far as the actors. */
function requireElement(stanza: Element): void {
  if (typeof stanza?.name === 'string' && typeof stanza.attributes === 'object' && Array.isArray(stanza.children))
    return;
  throw new OptionError(`Expected an element, got ${stanza === null ? 'null' : typeof stanza}`, {
    hint: 'Build stanzas with `element()`, `buildIq()` or the door of a subprotocol.',
  });
}

/** Apart from where it is called, or each request that waits would keep the stanza that it sent. */
function located(fail: (error: XmppError) => void, actor: ClientActor): (error: XmppError) => void {
  return (error) => fail(whereabouts(actor, error));
}

function sessionOf(actor: ClientActor): SessionContext {
  const session = actor.getSnapshot().children.session;
  if (!session) throw new OptionError('Expected the actor of a client, got one that has none of its actors');
  return session.getSnapshot().context;
}
