import type { AnyActorRef } from 'xstate';
import type { RouteEntry } from '../../machines/contracts.ts';
import type { Element } from '../xml/index.ts';

/** Who hears what: by kind, then by the namespaces of the payloads. Its cost does not grow with the number of actors. */
export interface RouteTable {
  /** The actors that want this message or presence, each once. */
  listeners(kind: 'message' | 'presence', stanza: Element): readonly AnyActorRef[];
  /** The actor that answers requests with this payload. */
  responder(payload: Element): AnyActorRef | undefined;
}

/** Builds the table. Of two actors that answer the same payload the first one does. */
export function createRouteTable(entries: readonly RouteEntry[]): RouteTable {
  return entries.length === 0 ? NO_ROUTES : new IndexedRoutes(entries);
}

const NOBODY: readonly AnyActorRef[] = [];

/** The table of a client without actors. */
export const NO_ROUTES: RouteTable = { listeners: () => NOBODY, responder: () => undefined };

class IndexedRoutes implements RouteTable {
  readonly #message: Listeners = new Listeners();
  readonly #presence: Listeners = new Listeners();
  #responders: Map<string, AnyActorRef> | undefined;

  constructor(entries: readonly RouteEntry[]) {
    for (const { actor, routes } of entries) {
      for (const route of routes) {
        if (route.kind === 'iq') this.#addResponder(route.payload, actor);
        else if (route.kind === 'message') this.#message.add(actor, route.namespaces);
        else this.#presence.add(actor, route.namespaces);
      }
    }
  }

  listeners(kind: 'message' | 'presence', stanza: Element): readonly AnyActorRef[] {
    return kind === 'message' ? this.#message.find(stanza) : this.#presence.find(stanza);
  }

  responder({ namespace, name }: Element): AnyActorRef | undefined {
    return this.#responders?.get(`{${namespace}}${name}`);
  }

  #addResponder(payload: string, actor: AnyActorRef): void {
    this.#responders ??= new Map();
    if (!this.#responders.has(payload)) this.#responders.set(payload, actor);
  }
}

/** Those that listen to one kind of stanza: to all of it, or to some namespaces. */
class Listeners {
  #every: readonly AnyActorRef[] = NOBODY;
  #byNamespace: Map<string, readonly AnyActorRef[]> | undefined;

  add(actor: AnyActorRef, namespaces: readonly string[] | undefined): void {
    if (namespaces === undefined) {
      this.#every = withActor(this.#every, actor);
      return;
    }
    this.#byNamespace ??= new Map();
    for (const namespace of namespaces) {
      this.#byNamespace.set(namespace, withActor(this.#byNamespace.get(namespace) ?? NOBODY, actor));
    }
  }

  find(stanza: Element): readonly AnyActorRef[] {
    if (!this.#byNamespace) return this.#every;
    let found = this.#every;
    for (const child of stanza.children) {
      if (typeof child === 'string') continue;
      for (const listener of this.#byNamespace.get(child.namespace) ?? NOBODY) found = withActor(found, listener);
    }
    return found;
  }
}

/** Arrays that were pushed to keep room for 17: every client has some of these. */
function withActor(actors: readonly AnyActorRef[], actor: AnyActorRef): readonly AnyActorRef[] {
  return actors.includes(actor) ? actors : [...actors, actor];
}
