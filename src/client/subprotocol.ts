import type { SendOptions } from '../../machines/delivery.ts';
import type { ClientCommand } from '../../machines/events.ts';
import type { Subprotocol } from '../../machines/subprotocol.ts';
import type { Jid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';
import type { Delivery } from './delivery.ts';

/** How a request is made. */
export interface RequestOptions {
  /** Milliseconds to wait for the answer; that of the client if absent. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the door of a subprotocol may do. */
export interface ClientScope {
  /** The address of the session, or of the last one. */
  readonly jid: Jid;
  /** As `client.send()`. */
  send(stanza: Element, options?: SendOptions): Delivery;
  request(iq: Element, options?: RequestOptions): Promise<Element>;
  /** Hands an event to the subprotocol's actor; dropped while there is none. */
  tell<Event extends { readonly type: string }>(event: Event): void;
  /** Sends a command to the client's chart. */
  command(command: ClientCommand): void;
  /** Milliseconds of the client's clock. */
  now(): number;
}

/**
 * A subprotocol as `client.use()` takes it: the logic and routes of its actor, and a door for the application. Made for one
 * client: make another one for another client.
 */
export interface ClientSubprotocol<Api> extends Subprotocol {
  /** Makes a door; called by each `client.use()`, so that what it is to remember belongs outside. */
  readonly api: (scope: ClientScope) => Api;
}
