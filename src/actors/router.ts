import { fromCallback } from 'xstate';
import type { RouterCommand, RouterInput } from '../../machines/contracts.ts';
import { buildIqError, StanzaError, stanzaKind } from '../stanza/index.ts';
import { type Element, firstChildOf } from '../xml/index.ts';
import { type DropReason, droppedEvent } from './published.ts';
import { createRouteTable } from './routes.ts';

/**
 * Hands each stanza to the actors it concerns: answers to the iq tracker alone, requests to the one actor that answers their
 * payload, messages and presence to those who listen. Requests that concern nobody are answered with `service-unavailable`
 * (RFC 6120 §8.4); what cannot be interpreted is dropped and reported, and the stream goes on.
 */
export const routerLogic = fromCallback<RouterCommand, RouterInput>(({ input, receive }) => {
  const { settings, iq, outbox, publisher } = input;
  let table = createRouteTable([]);
  let held: Element[] = [];

  receive((command) => {
    switch (command.type) {
      case 'stanza.received':
        return route(command);
      case 'routes.replace':
        table = createRouteTable(command.entries);
        return;
      case 'stanza.hold':
        return hold(command.stanza);
      case 'router.open':
        return release();
      case 'router.close':
        held = [];
        return;
    }
  });

  function route(event: Extract<RouterCommand, { type: 'stanza.received' }>): void {
    const { stanza } = event;
    const kind = stanzaKind(stanza);
    if (kind === 'iq') return routeIq(event);
    if (kind === undefined) return drop(stanza, 'unknown-kind');
    for (const actor of table.listeners(kind, stanza)) actor.send(event);
  }

  function routeIq(event: Extract<RouterCommand, { type: 'stanza.received' }>): void {
    const { stanza } = event;
    const { type, id } = stanza.attributes;
    if (type === 'result' || type === 'error') return iq.send({ type: 'iq.received', stanza });
    if (id === undefined || (type !== 'get' && type !== 'set')) return drop(stanza, 'unreadable-iq');
    const payload = firstChildOf(stanza);
    const responder = payload && table.responder(payload);
    if (responder) responder.send(event);
    else refuse(stanza, payload ? 'service-unavailable' : 'bad-request');
  }

  function refuse(request: Element, condition: 'service-unavailable' | 'bad-request'): void {
    outbox.send({ type: 'stanza.send', stanza: buildIqError(request, new StanzaError(condition)) });
  }

  function hold(stanza: Element): void {
    if (held.length < settings.limits.maxEarlyStanzas) held.push(stanza);
    else drop(stanza, 'too-early');
  }

  function release(): void {
    const early = held;
    held = [];
    for (const stanza of early) route({ type: 'stanza.received', stanza });
  }

  function drop(stanza: Element, reason: DropReason): void {
    publisher.send({ type: 'publish', event: droppedEvent(stanza, reason) });
  }
});
