import { createActor, type EventObject } from 'xstate';
import type { IqCommand, OutboxCommand, RouteEntry } from '../../machines/contracts.ts';
import type { SessionLedger } from '../../machines/delivery.ts';
import type { StanzaReceived } from '../../machines/index.ts';
import { routerLogic } from '../../src/actors/router.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { StreamLedger } from '../../src/stream/index.ts';
import { parseElement, serialize } from '../../src/xml/index.ts';
import { type Recorder, recorder } from './recorder.ts';

/*
 * A router, and listeners that write down what they hear.
 */

/** A router in a session. */
export function route(options: Partial<ClientOptions> = {}, audience?: Recorder<EventObject>) {
  const run = waiting(options, audience);
  run.actor.send({ type: 'router.open' });
  return run;
}

/** A router before the session begins. */
export function waiting(options: Partial<ClientOptions> = {}, audience?: Recorder<EventObject>) {
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', ...options });
  const iq = recorder<IqCommand>();
  const outbox = recorder<OutboxCommand>();
  const ledger: SessionLedger = new StreamLedger();
  const input = {
    settings,
    iq: iq.actor,
    outbox: outbox.actor,
    ledger,
    audience: audience && { actor: audience.actor, clientId: 'juliet' },
  };
  const actor = createActor(routerLogic, { input });
  const published: EventObject[] = [];
  actor.on('*', (event) => published.push(event));
  actor.start();
  let entries: RouteEntry[] = [];
  const replace = (next: RouteEntry[]): void => {
    entries = next;
    actor.send({ type: 'routes.replace', entries });
  };
  return {
    actor,
    iq,
    ledger,
    outbox,
    published,
    replace,
    listener(...routes: RouteEntry['routes']): Recorder<StanzaReceived> {
      const listener = recorder<StanzaReceived>();
      replace([...entries, { actor: listener.actor, routes }]);
      return listener;
    },
    receive: (xml: string) => actor.send({ type: 'stanza.received', stanza: stanzaOf(xml) }),
    hold(...xmls: readonly string[]): void {
      for (const xml of xmls) actor.send({ type: 'stanza.hold', stanza: stanzaOf(xml) });
    },
    answers: () =>
      outbox.heard.flatMap((event) => (event.type === 'stanza.send' ? [serialize(event.stanza, 'jabber:client')] : [])),
  };
}

/** A stanza as it comes from a stream, where `jabber:client` is declared. */
function stanzaOf(xml: string) {
  const stanza = parseElement(
    xml.replace(/^<(iq|message|presence)(?![^>]*jabber:server)/, '<$1 xmlns="jabber:client"'),
  );
  return stanza;
}

/** The ids of the stanzas that a listener heard. */
export function idsOf({ heard }: Recorder<StanzaReceived>): (string | undefined)[] {
  return heard.map(({ stanza }) => stanza.attributes.id);
}

/** What a dropped stanza was dropped for. */
export function reasonOf(event: EventObject): string {
  return `${event.type} ${Reflect.get(event, 'reason')}`;
}
