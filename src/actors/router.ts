import { fromCallback } from 'xstate';
import type { PublishedEvent, RouterCommand, RouterInput } from '../../machines/contracts.ts';
import type { StanzaReceived } from '../../machines/events.ts';
import { XmppError } from '../errors/index.ts';
import { parseAck } from '../payloads/index.ts';
import { buildIqError, StanzaError, stanzaKind } from '../stanza/index.ts';
import { NS_SM } from '../stream/index.ts';
import { type Element, firstChildOf, is } from '../xml/index.ts';
import { inNextTurn } from './next-turn.ts';
import { type DropReason, droppedEvent } from './published.ts';
import { createRouteTable, NO_ROUTES } from './routes.ts';

/**
 * Hands each stanza to the actors it concerns: answers to the iq tracker alone, requests to the one actor that answers their
 * payload, messages and presence to those who listen. Requests that concern nobody are answered with `service-unavailable`
 * (RFC 6120 §8.4); what cannot be interpreted is dropped and reported, and the stream goes on. The other way, what the
 * application may want to hear goes to its listeners, and as `xmpp.<type>` to the machine that embeds the client.
 */
export const routerLogic = fromCallback<RouterCommand, RouterInput, PublishedEvent>(({ input, receive, emit }) => {
  const router = new Router(input, emit);
  receive((command) => router.handle(command));
});

/**
 * When so many stanzas came, and then a turn without one, the server is told, asked or not (XEP-0198 §4). One that has Nagle's
 * algorithm on, as Prosody has, sends the end of a burst when the beginning is acknowledged; and this machine, with nothing to
 * say, does that after 40 ms.
 */
const MANY = 10;

/** A class for the memory that it saves: every client has one, and a closure for each method would weigh more. */
class Router {
  readonly #input: RouterInput;
  readonly #emit: (event: PublishedEvent) => void;
  #table = NO_ROUTES;
  /** Whether there is a session whose actors could hear. */
  #state: 'closed' | 'open' = 'closed';
  #held: Element[] | undefined;
  /** How many of those came before the server began to count. */
  #uncounted = 0;
  /** How many stanzas that the server counts came with them, and were too many. */
  #overflow = 0;
  /** How many came since the server was told. */
  #untold = 0;

  constructor(input: RouterInput, emit: (event: PublishedEvent) => void) {
    this.#input = input;
    this.#emit = emit;
  }

  handle(command: RouterCommand): void {
    switch (command.type) {
      case 'stanza.received':
        return this.#route(command);
      case 'publish':
        return this.#publish(command.event);
      case 'routes.replace':
        this.#table = createRouteTable(command.entries);
        return;
      case 'stanza.hold':
        return this.#hold(command.stanza);
      case 'router.open':
        return this.#release();
      case 'router.close':
        this.#state = 'closed';
        this.#untold = 0;
        return this.#forgetHeld();
    }
  }

  #route(event: StanzaReceived): void {
    const { stanza } = event;
    const kind = stanzaKind(stanza);
    if (kind === undefined) return this.#takeNonza(stanza);
    if (this.#state === 'closed') return this.#drop(stanza, 'no-session');
    if (this.#input.ledger.isOpen) this.#count();
    if (kind === 'iq') return this.#routeIq(event);
    for (const actor of this.#table.listeners(kind, stanza)) actor.send(event);
  }

  /** Every stanza counts, whatever becomes of it: it arrived (XEP-0198 §4). */
  #count(): void {
    if (this.#uncounted > 0) {
      this.#uncounted -= 1;
      return;
    }
    this.#input.ledger.countReceived();
    this.#untold += 1;
    if (this.#untold === MANY) this.#tellBehind(MANY);
  }

  /** Behind a burst: not before a turn in which no more came than `known`. */
  #tellBehind(known: number): void {
    inNextTurn(() => {
      if (this.#untold < MANY) return;
      if (this.#untold > known) this.#tellBehind(this.#untold);
      else this.#tell();
    });
  }

  /** Tells the server how many came. */
  #tell(): void {
    this.#untold = 0;
    if (this.#input.ledger.isOpen) this.#input.outbox.send({ type: 'ack.send' });
  }

  /**
   * Of what is no stanza, only the acknowledgements of XEP-0198 §4 mean something here, while the stream is managed. Those that
   * come when the session is over are late, and nobody's loss.
   */
  #takeNonza(nonza: Element): void {
    const { ledger, outbox } = this.#input;
    const isRequest = is(nonza, 'r', NS_SM);
    const isAck = is(nonza, 'a', NS_SM);
    if (this.#state === 'closed') {
      if (!isRequest && !isAck) this.#drop(nonza, 'no-session');
    } else if (isRequest && ledger.isOpen) this.#tell();
    else if (isAck && ledger.isOpen) outbox.send({ type: 'ack.received', h: parseAck(nonza) });
    else this.#drop(nonza, 'unknown-kind');
  }

  #routeIq(event: StanzaReceived): void {
    const { stanza } = event;
    const { type, id } = stanza.attributes;
    if (type === 'result' || type === 'error') return this.#input.iq.send({ type: 'iq.received', stanza });
    if (id === undefined || (type !== 'get' && type !== 'set')) return this.#drop(stanza, 'unreadable-iq');
    const payload = firstChildOf(stanza);
    const responder = payload && this.#table.responder(payload);
    if (responder) responder.send(event);
    else this.#refuse(stanza, payload ? 'service-unavailable' : 'bad-request');
  }

  #refuse(request: Element, condition: 'service-unavailable' | 'bad-request'): void {
    this.#input.outbox.send({ type: 'stanza.send', stanza: buildIqError(request, new StanzaError(condition)) });
  }

  /** Listeners do not throw: the client's door wraps them. */
  #publish(event: PublishedEvent): void {
    if ('error' in event && event.error instanceof XmppError)
      event.error.witness(this.#input.settings.recorder?.evidence());
    this.#emit(event);
    const { audience } = this.#input;
    audience?.actor.send({ ...event, type: `xmpp.${event.type}`, actorId: audience.clientId });
  }

  #hold(stanza: Element): void {
    this.#held ??= [];
    const isCounted = this.#input.ledger.isOpen && stanzaKind(stanza) !== undefined;
    if (this.#held.length >= this.#input.settings.limits.maxEarlyStanzas) {
      if (isCounted) this.#overflow += 1;
      return this.#drop(stanza, 'too-early');
    }
    if (!isCounted && stanzaKind(stanza)) this.#uncounted += 1;
    this.#held.push(stanza);
  }

  #release(): void {
    const early = this.#held;
    const overflow = this.#overflow;
    this.#state = 'open';
    this.#held = undefined;
    for (const stanza of early ?? []) this.#route({ type: 'stanza.received', stanza });
    this.#forgetHeld();
    for (let dropped = 0; dropped < overflow; dropped += 1) this.#input.ledger.countReceived();
  }

  #forgetHeld(): void {
    this.#held = undefined;
    this.#uncounted = 0;
    this.#overflow = 0;
  }

  #drop(stanza: Element, reason: DropReason): void {
    this.#publish(droppedEvent(stanza, reason));
  }
}
