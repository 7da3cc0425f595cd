import type { AnyActorLogic } from 'xstate';
import type { Element } from '../src/xml/index.ts';
import type { AppState } from './app-state.ts';

/** Which stanzas an actor hears as `stanza.received`. The router indexes by kind, then by payload. */
export type Route =
  /** Every message, or those with a child element in one of these namespaces. */
  | { readonly kind: 'message'; readonly namespaces?: readonly string[] | undefined }
  /** Every presence, or those with a child element in one of these namespaces. */
  | { readonly kind: 'presence'; readonly namespaces?: readonly string[] | undefined }
  /** Requests (`get` and `set`) whose payload is `{namespace}name`. One actor only answers each payload. */
  | { readonly kind: 'iq'; readonly payload: string };

/** Something that can be enabled along with resource binding (XEP-0386 §3.2), to save a round trip. */
export interface InlineRequest {
  /** Name of the feature, as the server offers it: `urn:xmpp:carbons:2`. */
  readonly feature: string;
  /** What asks for it. */
  readonly request: Element;
}

/**
 * The part of a subprotocol that the session knows: the logic of its actor and the stanzas it wants. The actor is spawned
 * when the session becomes live and stopped when the session ends. It hears `session.started`, `stanza.received` for its
 * routes, what its door tells it, and `session.ended`. Events it emits reach the client's listeners.
 */
export interface Subprotocol {
  /** Unique within a client; the id of its actor. */
  readonly name: string;
  /** Namespaces to be announced in service discovery (XEP-0030). */
  readonly features: readonly string[];
  readonly routes: readonly Route[];
  /** What to enable along with resource binding; `session.started` says what was, the rest is up to the actor. */
  readonly inline?: ((app: AppState) => readonly InlineRequest[]) | undefined;
  /** Machine, transition or callback logic. Its input is `SubprotocolInput`. */
  readonly logic: AnyActorLogic;
}
