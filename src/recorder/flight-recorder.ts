import type { StateValue } from 'xstate';
import { clientMachine } from '../../machines/client.machine.ts';
import type { ClientContext, ClientEvent } from '../../machines/client.types.ts';
import type { ClientClock, ClientInput, DeliveryState, Recorder } from '../../machines/settings.ts';
import type { Evidence, RecordedElement, XmppError } from '../errors/index.ts';
import { maskSasl } from '../sasl/index.ts';
import type { Element } from '../xml/index.ts';
import { ElementRing } from './element-ring.ts';
import { explanationOf, type Times } from './explanation.ts';
import { KeptError } from './kept-error.ts';
import { keptContext, keptEvent } from './kept-event.ts';
import { recordingOf } from './recording.ts';
import { entered, type History, interned, Step, Steps, sinceAfter } from './steps.ts';

/** Hears what goes over the wire of a client, and what becomes of what it sends. Must be quick, and must not throw. */
export interface TrafficListener {
  /** An element was understood, or written; SASL is masked. */
  element(direction: RecordedElement['direction'], element: Element): void;
  /** A header or a closing tag. */
  text(direction: RecordedElement['direction'], text: string): void;
  delivery(stanza: Element, state: DeliveryState, error: XmppError | undefined): void;
}

/** What of a snapshot is looked at. */
export interface Moment {
  readonly value: StateValue;
  readonly context: ClientContext;
}

/**
 * The flight recorder of one client: the last events that its chart took, the last elements on its wire. It keeps references and a few
 * words, and makes text of them when somebody asks; nobody can see what it holds by looking at it.
 */
export class FlightRecorder implements Recorder {
  readonly #clock: ClientClock;
  readonly #elements = new ElementRing();
  #steps: Steps | undefined;
  #moment: Moment | undefined;
  #order = 0;
  #heardAt = 0;
  #latest = 0;
  #evidence: { readonly order: number; readonly evidence: Evidence } | undefined;
  #listeners: readonly TrafficListener[] = NOBODY;

  constructor(clock: ClientClock) {
    this.#clock = clock;
  }

  get isWatched(): boolean {
    return this.#listeners !== NOBODY;
  }

  /** Shows all that goes over the wire from now on; the returned function ends that. */
  listen(listener: TrafficListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      const left = this.#listeners.filter((each) => each !== listener);
      this.#listeners = left.length === 0 ? NOBODY : left;
    };
  }

  /** A client begins its life, in this state. */
  begin({ value, context }: Moment): void {
    this.#moment = { value: interned(value), context };
    const at = this.#now();
    this.#steps = new Steps({ at, value, context: keptContext(context), since: entered(NEVER, value, at), dropped: 0 });
  }

  /** The chart is about to take an event; `undefined` where that is none that it knows, which is not the recorder's business. */
  takes(before: Moment, event: ClientEvent): Step | undefined {
    const kept = attempt(() => keptEvent(event));
    if (!kept) return undefined;
    // Another client may have been made with the same input.
    if (this.#moment?.context !== before.context) this.begin(before);
    const { value, context } = this.#moment ?? before;
    const at = this.#now();
    const step = new Step(this.#order++, at, kept, value);
    if (this.#steps?.isFull) this.#steps.turn(value, context, at);
    this.#steps?.add(step);
    return step;
  }

  /** It took it. */
  took(step: Step, before: Moment, { value, context }: Moment): void {
    step.value = interned(value);
    this.#moment = { value: step.value, context };
    this.#evidence = undefined;
    if (context === before.context) return;
    const { error, requestId, retry } = context;
    if (error !== before.context.error) step.error = error && new KeptError(error);
    const hasRequest = requestId !== '' && requestId !== before.context.requestId;
    const hasRetry = retry !== before.context.retry;
    if (hasRequest || hasRetry) step.decided = { ...(hasRequest ? { requestId } : {}), ...(hasRetry ? { retry } : {}) };
  }

  heard(): void {
    this.#heardAt = this.#now();
  }

  element(direction: RecordedElement['direction'], element: Element): void {
    // What else comes is an event of the chart, and what else goes out follows from its states.
    if (STANZAS.has(element.name)) {
      const at = direction === 'SEND' ? this.#now() : this.#heardAt;
      this.#elements.add(this.#order++, at, direction, element);
    }
    if (this.#listeners === NOBODY) return;
    const masked = maskSasl(element);
    for (const listener of this.#listeners) listener.element(direction, masked);
  }

  text(direction: RecordedElement['direction'], text: string): void {
    for (const listener of this.#listeners) listener.text(direction, text);
  }

  delivery(stanza: Element, state: DeliveryState, error?: XmppError): void {
    for (const listener of this.#listeners) listener.delivery(stanza, state, error);
  }

  evidence(): Evidence | undefined {
    const order = this.#order;
    if (this.#evidence?.order === order) return this.#evidence.evidence;
    const evidence = this.#witness();
    if (evidence) this.#evidence = { order, evidence };
    return evidence;
  }

  /** When things happened, and what time it is. */
  times(): Times | undefined {
    const history = this.#steps?.history();
    const epoch = this.#epoch();
    return history && timesOf(history, epoch, epoch + this.#now());
  }

  #witness(): Evidence | undefined {
    const history = this.#steps?.history();
    const moment = this.#moment && { value: this.#moment.value, context: keptContext(this.#moment.context) };
    if (!history || !moment) return undefined;
    const elements = this.#elements;
    const end = this.#order;
    const epoch = this.#epoch();
    const now = epoch + this.#now();
    return {
      recording: () => recordingOf(history, elements.list(history.base.at, end), epoch),
      explanation: () => explanationOf(clientMachine.resolveState(moment), timesOf(history, epoch, now)),
    };
  }

  /**
   * Whole milliseconds: fractions take memory of their own, and there are many. A clock of the application that fails must not cost it
   * the client because of a recorder: then it is as late as before.
   */
  #now(): number {
    try {
      this.#latest = Math.round(this.#clock.now());
    } catch {}
    return this.#latest;
  }

  /** The moment when the clock stood at zero, in milliseconds since 1970. */
  #epoch(): number {
    return Date.now() - this.#now();
  }
}

/** By name alone: stanzas that are sent have no namespace yet. */
const STANZAS: ReadonlySet<string> = new Set(['iq', 'message', 'presence']);

/** The recorder of a client, if it has this one. */
export function recorderOf(settings: ClientInput | undefined): FlightRecorder | undefined {
  const { recorder } = settings ?? {};
  return recorder instanceof FlightRecorder ? recorder : undefined;
}

const NOBODY: readonly TrafficListener[] = [];
const NEVER: ReadonlyMap<string, number> = new Map();

/** Applications can send anything to an actor, also what has not the shape of its type. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function timesOf(history: History, epoch: number, now: number): Times {
  const since = [...sinceAfter(history)].map(([path, at]) => [path, epoch + at] as const);
  return { since: new Map(since), last: history.steps.at(-1)?.event.type, now };
}
