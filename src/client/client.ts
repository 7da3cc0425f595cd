import type { ActorRefFrom } from 'xstate';
import type { clientMachine } from '../../machines/client.machine.ts';
import type { SendOptions } from '../../machines/delivery.ts';
import type { Limits } from '../../machines/settings.ts';
import type { Recording } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';
import type { ClientEvents } from './client-events.ts';
import type { Delivery } from './delivery.ts';
import type { ClientSubprotocol, RequestOptions } from './subprotocol.ts';

/** The actor of a client: a running `clientMachine`. */
export type ClientActor = ActorRefFrom<typeof clientMachine>;

/** What `start()` may change. */
export interface StartOptions {
  /** A new password, for a client that was made with `password`: after it was refused, for example. */
  readonly password?: string | undefined;
}

/** How to wait for a client to be online. */
export interface OnlineOptions {
  readonly signal?: AbortSignal | undefined;
}

/** An XMPP client. Everything it does is an event of its actor; this is the short way to it. */
export interface Client {
  /** The XState actor: subscribe to it, inspect it, embed it. */
  readonly actor: ClientActor;
  /** The full JID of the session, or of the last one; before the first the address that was asked for. */
  readonly jid: Jid;
  /** What peers and the application can make grow, and how far: `ClientOptions.limits`, completed. */
  readonly limits: Limits;
  /**
   * Logs in, and stays online: comes back by itself when the connection is lost. Leads out of `failed` too; does nothing
   * while the client is connecting, online or closing.
   */
  start(options?: StartOptions): void;
  /** Logs out. Settles in any case, at most the close timeout later; nothing is left that keeps the process alive. */
  stop(): Promise<void>;
  /**
   * Resolves with the full JID when the client is online, at once if it is. Rejects with the error when it fails, with
   * `SessionEndedError` when it is stopped, and with the signal's reason.
   */
  online(options?: OnlineOptions): Promise<Jid>;
  /**
   * Sends a stanza; keeps it while there is no session, to be sent on the next one, unless the options say otherwise. What
   * fails because of `keep` or `expires` is no error of the caller, and is not thrown: the delivery says it.
   *
   * @throws QueueFullError when too much waits already; OptionError when it cannot be written as XML, or the options are wrong
   */
  send(stanza: Element, options?: SendOptions): Delivery;
  /**
   * Sends an iq of type `get` or `set` and resolves with the result (RFC 6120 §8.2.3). Rejects with the `StanzaError` of
   * the answer, `RequestTimeoutError`, `SessionEndedError` when the session is lost, or the signal's reason.
   */
  request(iq: Element, options?: RequestOptions): Promise<Element>;
  /**
   * Adds a subprotocol and returns its door. Its actor lives while there is a session, now or later. What is added already, here or
   * by the option `subprotocols`, is not added again: its door is all that is wanted then.
   *
   * @throws OptionError where it is no subprotocol, or another one has its name
   */
  use<Api>(subprotocol: ClientSubprotocol<Api>): Api;
  /**
   * What the client did last, as plain JSON without secrets and without what people said: to be attached to a report, and replayed.
   * Errors have one as well. `undefined` where the option `recorder` is false.
   */
  recording(): Recording | undefined;
  /** Hears an event; the returned function ends that. A listener that throws is reported as `error`. */
  on<Type extends keyof ClientEvents>(type: Type, listener: (event: ClientEvents[Type]) => void): () => void;
}
