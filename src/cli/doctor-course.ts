import type { InspectionEvent } from 'xstate';
import type { Features } from '../stream/index.ts';

/** What a client's chart was told on its way, and when. For the option `inspect`. */
export class Course {
  /** Of the last connection: milliseconds, by the type of the event. */
  readonly #moments = new Map<string, number>();
  #inClear: Features | undefined;
  #underTls: Features | undefined;

  /** Takes an event, if it is one for the client itself. */
  note(inspected: InspectionEvent): void {
    if (inspected.type !== '@xstate.event' || inspected.actorRef.sessionId !== inspected.rootId) return;
    const { event } = inspected;
    if (BEGINNINGS.has(event.type)) this.#begin();
    else if (!this.#moments.has(event.type)) this.#moments.set(event.type, performance.now());
    if (event.type !== 'features.received') return;
    if (this.isSecured) this.#underTls ??= event.features;
    else this.#inClear ??= event.features;
  }

  /** Whether TLS stands, and the certificate is right. */
  get isSecured(): boolean {
    return this.#moments.has('transport.secured');
  }

  /** Milliseconds from dialling until bytes could be exchanged. */
  get connectTime(): number | undefined {
    return this.#between('dialled', 'transport.connected');
  }

  /** Milliseconds of the TLS handshake. */
  get tlsTime(): number | undefined {
    const beginning = this.#moments.has('tls.proceeded') ? 'tls.proceeded' : 'transport.connected';
    return this.#between(beginning, 'transport.secured');
  }

  /** The first features before TLS was started by the client. */
  get featuresInClear(): Features | undefined {
    return this.#inClear;
  }

  get featuresUnderTls(): Features | undefined {
    return this.#underTls;
  }

  #begin(): void {
    this.#moments.clear();
    this.#moments.set('dialled', performance.now());
    this.#inClear = undefined;
    this.#underTls = undefined;
  }

  #between(first: string, second: string): number | undefined {
    const [from, to] = [this.#moments.get(first), this.#moments.get(second)];
    return from === undefined || to === undefined ? undefined : to - from;
  }
}

/** What the chart is told before it dials: where, or, sent elsewhere, what is known about the account. */
const BEGINNINGS: ReadonlySet<string> = new Set(['xstate.done.actor.resolve', 'xstate.done.actor.recall']);
