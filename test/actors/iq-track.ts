import { createActor, type EventObject } from 'xstate';
import type { IqCommand, OutboxCommand, PendingRequest } from '../../machines/contracts.ts';
import { iqLogic } from '../../src/actors/iq.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { parseJid } from '../../src/jid/index.ts';
import { type Element, element, serialize } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { recorder } from './recorder.ts';

interface RequestOptions {
  readonly to?: string | undefined;
  readonly timeout?: number;
  readonly afterwards?: () => void;
}

/** A tracker of requests, with what it sends, what it reports and what becomes of the requests. */
export function track(options: Partial<ClientOptions> = {}) {
  const clock = createTestClock();
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', clock, ...options });
  const outbox = recorder<OutboxCommand>();
  const parent = recorder<EventObject>();
  const outcomes: string[] = [];
  const actor = createActor(iqLogic, { input: { settings, outbox: outbox.actor }, parent: parent.actor, id: 'iq' });
  actor.start();
  actor.send({ type: 'iq.open', jid: parseJid('juliet@example.org/balcony') });
  return {
    clock,
    actor,
    outbox,
    outcomes,
    request(id: string, { to, timeout = 1000, afterwards }: RequestOptions = {}): void {
      const stanza = element('{jabber:client}iq', { type: 'get', id, to }, element('{urn:xmpp:ping}ping'));
      actor.send({ type: 'iq.request', request: pending(stanza, timeout, id, outcomes, afterwards) });
    },
    receive(type: 'result' | 'error', id: string | undefined, from?: string): void {
      const error = element(
        'error',
        { type: 'cancel' },
        element('{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found'),
      );
      const stanza = element('{jabber:client}iq', { type, id, from }, type === 'error' ? error : undefined);
      actor.send({ type: 'iq.received', stanza } satisfies IqCommand);
    },
    sent: () =>
      outbox.heard.flatMap((event) => (event.type === 'stanza.send' ? [serialize(event.stanza, 'jabber:client')] : [])),
    dropped: () => parent.heard.map((event) => 'event' in event && Reflect.get(Object(event.event), 'reason')),
  };
}

export function pending(
  stanza: Element,
  timeout: number,
  name: string,
  outcomes: string[],
  afterwards: () => void = () => {},
): PendingRequest {
  return {
    stanza,
    timeout,
    resolve: ({ attributes }) => void outcomes.push(`${name} ${attributes.type}`),
    reject(error) {
      outcomes.push(`${name} ${error.code}`);
      afterwards();
    },
  };
}
