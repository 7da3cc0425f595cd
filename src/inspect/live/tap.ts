import type { AnyActorRef, InspectionEvent } from 'xstate';
import { type Client, watchTraffic } from '../../client/index.ts';
import type { XmppError } from '../../errors/index.ts';
import type { Element } from '../../xml/index.ts';
import { describeDetails, describeError } from './details.ts';
import { Family, type Member, ROOT } from './family.ts';
import { type Log, type Rendering, stanzaRendering } from './log.ts';
import { machineSnapshot } from './machine-state.ts';
import { writeElement } from './outline.ts';
import { momentOf, Steps } from './steps.ts';

/** Listens to one client as long as a page is open. */
export class Tap {
  readonly family: Family;
  readonly #client: Client;
  readonly #id: string;
  readonly #log: Log;
  readonly #steps: Steps;
  /** The lines of stanzas that were sent, for what is told of them later. */
  readonly #lines = new WeakMap<Element, number>();
  readonly #endings: (() => void)[] = [];
  #isChanged = false;

  constructor(client: Client, id: string, log: Log) {
    const { actor } = client;
    this.#client = client;
    this.#id = id;
    this.#log = log;
    this.family = new Family(actor);
    this.#steps = new Steps(log, id, this.family);
    const inspection = actor.system.inspect((event) => this.#hear(event));
    this.#endings.push(() => inspection.unsubscribe());
    this.#watchErrors();
    this.#watchTraffic();
  }

  /** Nothing is heard any more, and nothing of this is left at the client. */
  detach(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  /** The turn is over. Returns whether something happened since the turn before that the list of actors shows. */
  takeChange(): boolean {
    this.#steps.settle();
    const isChanged = this.#isChanged;
    this.#isChanged = false;
    return isChanged;
  }

  /** XState lets through what an observer throws, in the middle of a step: that would be the end of the client. */
  #hear(event: InspectionEvent): void {
    try {
      this.#note(event);
    } catch (error) {
      this.#noteError('inspector/unreadable', `What an actor does cannot be shown: ${describeError(error)}`, undefined);
    }
  }

  #note(event: InspectionEvent): void {
    if (event.type === '@xstate.actor') {
      if (isActor(event.actorRef) && this.family.born(event.actorRef)) this.#change();
      return;
    }
    if (event.type !== '@xstate.event' && event.type !== '@xstate.snapshot') return;
    const member = this.family.find(event.actorRef);
    if (!member) return;
    const snapshot = machineSnapshot(member.actor);
    if (event.type === '@xstate.event') {
      if (snapshot) this.#steps.sent(member, event.event);
      else if (!isOfStanzas(event.event.type)) this.#noteEvent(member, event.event);
    } else if (snapshot) {
      this.#steps.taken(member, event.event, snapshot);
      this.#isChanged = true;
    } else if (event.snapshot.status !== 'active') this.#change();
  }

  #noteEvent(member: Member, event: { readonly type: string }): void {
    if (!this.#log.takes('bulk')) return;
    this.#put(member, () => ({ body: { kind: 'event', event: event.type, detail: describeDetails(event) } }));
  }

  #watchTraffic(): void {
    try {
      const end = watchTraffic(this.#client, {
        element: (direction, element) => this.#noteElement(direction, element),
        text: (direction, text) => this.#noteTraffic(() => stanzaRendering(direction, text)),
        delivery: (stanza, state, error) => this.#noteDelivery(stanza, state, error),
      });
      this.#endings.push(end);
    } catch (error) {
      this.#noteError('option/invalid', `Stanzas cannot be shown: ${describeError(error)}`, undefined);
    }
  }

  /** An element is kept as it is, and becomes text only where its line is written. */
  #noteElement(direction: 'SEND' | 'RECV', element: Element): void {
    const seq = this.#noteTraffic(() => stanzaRendering(direction, writeElement(element)));
    if (direction === 'SEND' && seq !== undefined) this.#lines.set(element, seq);
  }

  #noteTraffic(render: () => Rendering): number | undefined {
    return this.#log.takes('bulk') ? this.#put(this.family.line, render) : undefined;
  }

  #noteDelivery(
    stanza: Element,
    state: 'queued' | 'written' | 'acknowledged' | 'failed',
    error: XmppError | undefined,
  ): void {
    if (!this.#log.takes('bulk')) return;
    this.#put(this.#root, () => ({
      body: { kind: 'delivery', of: this.#lines.get(stanza), state, detail: error ? describeError(error) : '' },
    }));
  }

  #watchErrors(): void {
    const note = ({ error }: { readonly error: XmppError | undefined }): void => {
      if (error) this.#noteError(error.code, error.message, error.hint);
    };
    for (const type of ['error', 'failed', 'reconnecting'] as const) this.#endings.push(this.#client.on(type, note));
  }

  #noteError(code: string, message: string, hint: string | undefined): void {
    if (!this.#log.takes('step')) return;
    const moment = momentOf(this.#id, this.#root);
    this.#log.put('step', moment, () => ({ body: { kind: 'error', code, message, hint } }));
  }

  #put(member: Pick<Member, 'actor' | 'name'>, render: () => Rendering): number {
    return this.#log.put('bulk', momentOf(this.#id, member), render);
  }

  get #root(): Pick<Member, 'actor' | 'name'> {
    return { actor: this.#client.actor, name: ROOT };
  }

  #change(): void {
    this.#isChanged = true;
    this.#log.touch();
  }
}

/** Stanzas have lines of their own, and there may be many: what carries them from actor to actor is left out. */
function isOfStanzas(type: string): boolean {
  return type === 'stanza.received' || type === 'stanza.send';
}

function isActor(actor: object): actor is AnyActorRef {
  return 'id' in actor && 'src' in actor;
}
