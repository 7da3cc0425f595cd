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

interface Index {
  /** Those that want every stanza of the kind. */
  readonly every: AnyActorRef[];
  readonly byNamespace: Map<string, AnyActorRef[]>;
}

/** Builds the table. Of two actors that answer the same payload the first one does. */
export function createRouteTable(entries: readonly RouteEntry[]): RouteTable {
  const message: Index = { every: [], byNamespace: new Map() };
  const presence: Index = { every: [], byNamespace: new Map() };
  const responders = new Map<string, AnyActorRef>();
  for (const { actor, routes } of entries) {
    for (const route of routes) {
      if (route.kind === 'iq') addOnce(responders, route.payload, actor);
      else addListener(route.kind === 'message' ? message : presence, route.namespaces, actor);
    }
  }
  return {
    listeners: (kind, stanza) => find(kind === 'message' ? message : presence, stanza),
    responder: (payload) => responders.get(`{${payload.namespace}}${payload.name}`),
  };
}

function find({ every, byNamespace }: Index, stanza: Element): readonly AnyActorRef[] {
  if (byNamespace.size === 0) return every;
  let found: AnyActorRef[] | undefined;
  for (const child of stanza.children) {
    const listeners = typeof child === 'string' ? undefined : byNamespace.get(child.namespace);
    for (const listener of listeners ?? NOBODY) {
      found ??= [...every];
      if (!found.includes(listener)) found.push(listener);
    }
  }
  return found ?? every;
}

const NOBODY: readonly AnyActorRef[] = [];

function addListener(
  { every, byNamespace }: Index,
  namespaces: readonly string[] | undefined,
  actor: AnyActorRef,
): void {
  if (namespaces === undefined) {
    if (!every.includes(actor)) every.push(actor);
    return;
  }
  for (const namespace of namespaces) {
    const listeners = byNamespace.get(namespace);
    if (!listeners) byNamespace.set(namespace, [actor]);
    else if (!listeners.includes(actor)) listeners.push(actor);
  }
}

function addOnce(responders: Map<string, AnyActorRef>, payload: string, actor: AnyActorRef): void {
  if (!responders.has(payload)) responders.set(payload, actor);
}
