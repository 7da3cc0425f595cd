import type { IqRef, OutboxRef, PendingRequest, RouterRef } from '../../machines/contracts.ts';
import type { SendOptions } from '../../machines/delivery.ts';
import type { ClientCommand } from '../../machines/events.ts';
import { RESERVED_NAMES, type SessionContext } from '../../machines/session.facts.ts';
import type { ClientClock, ClientInput, Limits } from '../../machines/settings.ts';
import { problemWith } from '../actors/send-options.ts';
import { DeliveryError, OptionError, type Recording, shown, XmppError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';
import { requireArgument, requireOptions } from './check-arguments.ts';
import { requireClientSubprotocol } from './check-subprotocol.ts';
import type { Client, ClientActor, OnlineOptions, StartOptions } from './client.ts';
import type { ClientEvents } from './client-events.ts';
import { type Delivery, DeliveryRecord, deliveryOf } from './delivery.ts';
import { abortSignal, anElement, type Check, callable, hasFunctions, hasTexts, milliseconds, text } from './kinds.ts';
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

  start(options: StartOptions = {}): void {
    requireOptions('client.start()', options, {});
    const { password } = options;
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

  online(options?: OnlineOptions): Promise<Jid> {
    requireOptions('client.online()', options, { signal: abortSignal });
    return whenOnline(this.actor, options?.signal);
  }

  send(stanza: Element, options?: SendOptions): Delivery {
    requireElement('client.send()', stanza);
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
    requireElement('client.request()', stanza);
    requireOptions('client.request()', options, REQUEST_OPTIONS);
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
    requireClientSubprotocol('client.use()', subprotocol);
    const { name, api } = subprotocol;
    if (RESERVED_NAMES.includes(name)) throw new OptionError(`Expected another name than '${name}' for a subprotocol`);
    const used = sessionOf(this.actor).subprotocols.find((each) => each.name === name);
    if (!used) this.actor.send({ type: 'subprotocol.use', subprotocol });
    else if (used !== subprotocol) {
      throw new OptionError(`Another subprotocol '${name}' is used by this client already`, {
        hint: 'Make it once, and give that one to `use()` wherever its door is needed.',
      });
    }
    return api(new Scope(this, name, this.#settings.clock));
  }

  recording(): Recording | undefined {
    return this.#settings.recorder?.evidence()?.recording();
  }

  on<Type extends keyof ClientEvents>(type: Type, listener: (event: ClientEvents[Type]) => void): () => void {
    requireArgument('client.on()', 'type', type, text);
    requireArgument('client.on()', 'listener', listener, callable);
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
    requireArgument('tell()', 'event', event, EVENT);
    this.#client.actor.send({ type: 'subprotocol.tell', name: this.#name, event });
  }

  command(command: ClientCommand): void {
    requireArgument('command()', 'command', command, EVENT);
    this.#client.actor.send(command);
  }

  now(): number {
    return this.#clock.now();
  }
}

const REQUEST_OPTIONS = { timeout: milliseconds, signal: abortSignal };

const EVENT: Check = [(value) => hasTexts(value, ['type']), 'an object with a `type`'];

function requireElement(place: string, stanza: unknown): void {
  const [fits, kind] = anElement;
  if (fits(stanza)) return;
  throw new OptionError(`Expected ${kind} for ${place}, got ${shown(stanza)}`, {
    hint: 'Build stanzas with `element()`, `buildIq()` or the door of a subprotocol.',
  });
}

/** Apart from where it is called, or each request that waits would keep the stanza that it sent. */
function located(fail: (error: XmppError) => void, actor: ClientActor): (error: XmppError) => void {
  return (error) => fail(whereabouts(actor, error));
}

function sessionOf(actor: ClientActor): SessionContext {
  if (!hasFunctions(actor, ['getSnapshot', 'send'])) {
    throw new OptionError(`Expected the actor of a client, got ${shown(actor)}`, {
      hint: 'In a machine that invokes `clientMachine` it is among the `children` of the snapshot, under the id of the invoke.',
    });
  }
  const session = actor.getSnapshot().children?.session;
  if (!session) throw new OptionError('Expected the actor of a client, got one that has none of its actors');
  return session.getSnapshot().context;
}
