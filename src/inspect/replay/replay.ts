import { type AnyActorRef, createActor, fromTransition, SimulatedClock, transition } from 'xstate';
import type { ClientEvent } from '../../../machines/client.types.ts';
import { clientMachine, statePath } from '../../../machines/index.ts';
import type { Json, RecordedEvent, Recording } from '../../errors/index.ts';
import { parseFeatures } from '../../stream/index.ts';
import type { Element } from '../../xml/index.ts';
import { RecordingError } from './recording-error.ts';
import { revive } from './revive.ts';

/** What came of a replay. */
export interface Replay {
  /** Each event of the recording that was fed to the chart, in order; the last one is the divergence, where there is one. */
  readonly steps: readonly ReplayStep[];
  /** The first event after which the chart is elsewhere than it was; absent where it does what it did. */
  readonly divergence: ReplayStep | undefined;
}

export interface ReplayStep {
  /** Index in the `entries` of the recording. */
  readonly index: number;
  /** Milliseconds from the start of the recording. */
  readonly at: number;
  readonly event: string;
  /** Path of the states where the chart was before. */
  readonly from: string;
  /** Where it went when it was recorded. */
  readonly recorded: string;
  /** Where it goes now; or the message of the error that it failed with. */
  readonly replayed: string;
}

/**
 * Feeds the events of a recording through the pure transition function of the client's chart, on a simulated clock. Nothing is dialled
 * and nothing is sent. It ends at the first difference: what comes after that follows from it.
 *
 * @throws RecordingError where the recording begins in a state that this chart does not have
 */
export function replay(recording: Recording): Replay {
  const stage = new Stage(recording);
  const steps: ReplayStep[] = [];
  for (const [index, entry] of recording.entries.entries()) {
    if (entry.kind !== 'event') continue;
    const from = stage.state;
    const step = { index, at: entry.at, event: entry.event, from, recorded: entry.state, replayed: stage.take(entry) };
    steps.push(step);
    if (step.recorded !== step.replayed) return { steps, divergence: step };
  }
  return { steps, divergence: undefined };
}

type ClientSnapshot = ReturnType<typeof clientMachine.resolveState>;

/** The chart, and what it takes for the world. */
class Stage {
  readonly #origin: number;
  readonly #clock = new SimulatedClock();
  #snapshot: ClientSnapshot;
  /** What the policy for reconnections said then. */
  #delay: number | undefined;

  constructor({ base }: Recording) {
    this.#origin = base.clock;
    this.#clock.set(base.clock);
    const { settings, ...known } = record(revive(base.context));
    const context = { ...ABSENT, ...known, settings: { ...record(settings), ...this.#world() } };
    try {
      this.#snapshot = resolve({ value: revive(base.value), context });
    } catch (cause) {
      throw new RecordingError(`The recording begins in ${base.state.slice(0, 200)}, which this chart does not have`, {
        condition: 'version',
        cause,
        hint: 'Use the version of xstate-xmpp that made it.',
      });
    }
  }

  get state(): string {
    return statePath(this.#snapshot.value);
  }

  take({ at, data, decided }: RecordedEvent): string {
    const { retry, requestId } = record(revive(decided ?? {}));
    this.#clock.set(this.#origin + at);
    this.#delay = delayOf(retry);
    try {
      const [next] = transition(clientMachine, this.#snapshot, eventOf(data));
      this.#snapshot = requestId === undefined ? next : withRequest(next, String(requestId));
      return this.state;
    } catch (error) {
      return `${error}`;
    }
  }

  #world(): object {
    return {
      clock: this.#clock,
      random: () => 0,
      reconnect: () => this.#delay,
      recorder: undefined,
      onTraffic: undefined,
      subprotocols: [],
      credentials: () => ({}),
      pins: new Map(),
      userAgent: { id: '', software: undefined, device: undefined },
    };
  }
}

/** JSON has no `undefined`: what a recording says nothing of is absent. */
const ABSENT = {
  channel: undefined,
  features: undefined,
  outcome: undefined,
  management: undefined,
  error: undefined,
  refusal: undefined,
};

/** A snapshot in the middle of a life: what the chart sends to its actors must find some, though nobody listens. */
function resolve(config: object): ClientSnapshot {
  const snapshot = clientMachine.resolveState(config as Parameters<typeof clientMachine.resolveState>[0]);
  const ids = snapshot._nodes.flatMap(({ invoke }) => invoke.map(({ id }) => id));
  const children: Record<string, AnyActorRef> = Object.fromEntries(ids.map((id) => [id, createActor(NOBODY)]));
  return { ...snapshot, children } as ClientSnapshot;
}

/** As far as the chart looks at the session. */
const NOBODY = fromTransition((state: object) => state, { ledger: { received: 0 } });

/** Ids are random: the answers in the recording are to the request that was made then. */
function withRequest(snapshot: ClientSnapshot, requestId: string): ClientSnapshot {
  return { ...snapshot, context: { ...snapshot.context, requestId } } as ClientSnapshot;
}

/** Of features only the element is kept: the rest was read from it. */
function eventOf(data: Json): ClientEvent {
  const event = revive(data) as ClientEvent;
  if (event.type !== 'features.received') return event;
  return { ...event, features: parseFeatures(event.features as unknown as Element) };
}

function delayOf(retry: unknown): number | undefined {
  const { delay } = record(retry);
  return typeof delay === 'number' ? delay : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
