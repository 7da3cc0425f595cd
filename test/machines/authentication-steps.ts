import { type ExecutableActionObject, initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { TransportCommand } from '../../machines/contracts.ts';
import {
  type AuthenticationInput,
  authenticationMachine,
  type ExchangeEvent,
  type ExchangeInput,
  type RecalledToken,
  type SaslEvent,
  statePath,
} from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import {
  type ChannelBindingType,
  type SaslCondition,
  SaslError,
  Sealed,
  type SecureChannel,
} from '../../src/sasl/index.ts';
import { recorder } from '../actors/recorder.ts';

/*
 * The chart of an authentication as a pure function: nothing runs, time stands still.
 */

type AuthenticationSnapshot = SnapshotFrom<typeof authenticationMachine>;
export type AuthenticationEvent = SaslEvent | ExchangeEvent;

/** What a transition leads to. */
export interface Step {
  readonly snapshot: AuthenticationSnapshot;
  readonly path: string;
  /** Actors that are started, stopped and told something, in order. */
  readonly effects: readonly string[];
  /** What the exchange is given that was started, if one was. */
  readonly exchange: ExchangeInput | undefined;
  /** What the transport is told. */
  readonly told: readonly TransportCommand[];
  /** In milliseconds. */
  readonly deadlines: readonly number[];
}

/** What the authentication finds: SCRAM-SHA-256 and PLAIN in the profile of RFC 6120 unless a test says otherwise. */
export interface Situation extends Partial<Omit<AuthenticationInput, 'settings' | 'offer' | 'recalled' | 'transport'>> {
  readonly options?: Partial<ClientOptions>;
  readonly mechanisms?: readonly string[];
  /** The types that the server lists (XEP-0440); no list if absent. */
  readonly lists?: readonly string[];
  readonly pin?: string | undefined;
  readonly token?: RecalledToken | undefined;
}

export const payload = new Sealed(new Uint8Array([1]));

export const STARTED: AuthenticationEvent = { type: 'exchange.started', payload };
export const ANSWERED: AuthenticationEvent = { type: 'exchange.answered', payload };
export const VERIFIED: AuthenticationEvent = { type: 'exchange.verified', unsaved: undefined };
export const CHALLENGED: AuthenticationEvent = { type: 'sasl.challenged', payload };
export const SUCCEEDED: AuthenticationEvent = { type: 'sasl.succeeded', payload: undefined, outcome: undefined };
/** The same in the profile of XEP-0388, which says who we are. */
export const SUCCEEDED_ALONG: AuthenticationEvent = {
  type: 'sasl.succeeded',
  payload: undefined,
  outcome: {
    identifier: 'juliet@example.org',
    bound: undefined,
    bindFailed: false,
    resumption: undefined,
    token: undefined,
  },
};

export const TLS_13 = channel('TLSv1.3', 'tls-exporter', 'tls-server-end-point');
export const TLS_12 = channel('TLSv1.2', 'tls-unique', 'tls-server-end-point');

/** A TLS connection whose login can be bound to these. */
export function channel(tlsVersion: string, ...bindings: readonly ChannelBindingType[]): SecureChannel {
  return { tlsVersion, bindings, bindingData: async () => new Uint8Array([7]) };
}

export function saslError(condition: SaslCondition): SaslError {
  return new SaslError(condition, { condition });
}

/** The server says no. */
export function refusedBy(condition: SaslCondition): AuthenticationEvent {
  return { type: 'sasl.failed', error: saslError(condition) };
}

/** The exchange has read what the server said no to. */
export function refused(condition: SaslCondition): AuthenticationEvent {
  return { type: 'exchange.refused', error: saslError(condition) };
}

export function failed(condition: SaslCondition): AuthenticationEvent {
  return { type: 'exchange.failed', error: saslError(condition) };
}

export function crashed(error: unknown): AuthenticationEvent {
  return forged({ type: 'xstate.error.actor.exchange', actorId: 'exchange', error });
}

/** Deadlines pass as events of this name. */
export function passed(deadline: string, state: string): AuthenticationEvent {
  return forged({ type: `xstate.after.${deadline}.authentication.${state}` });
}

/** The chart before its first event. */
export function begin(situation: Situation = {}): Step {
  const { options, mechanisms = ['SCRAM-SHA-256', 'PLAIN'], lists, pin, token, ...rest } = situation;
  return describe(
    ...initialTransition(authenticationMachine, {
      settings: clientInput({ jid: 'juliet@example.org', password: 'pencil', ...options }),
      profile: 'sasl',
      offer: { mechanisms, channelBindings: lists },
      inline: undefined,
      requests: [],
      enables: [],
      channel: undefined,
      mayShowPassword: true,
      recalled: { pin, token },
      refusal: undefined,
      transport: recorder<TransportCommand>().actor,
      ...rest,
    }),
  );
}

/** Takes events one after the other. */
export function steps(from: Step, ...events: readonly AuthenticationEvent[]): Step {
  return events.reduce((last, event) => describe(...transition(authenticationMachine, last.snapshot, event)), from);
}

/** Where each event leads, and what it does. */
export function trail(from: Step, events: readonly AuthenticationEvent[]): string[][] {
  let last = from;
  return events.map((event) => {
    last = steps(last, event);
    return [last.path, ...last.effects];
  });
}

/** The mechanism that is used and the state that this leads to, or why none is. */
export function choiceOf({ snapshot, path }: Step): string {
  const { chosen, channelBinding } = snapshot.context.choice;
  if (path === 'failed') return snapshot.output?.error?.code ?? 'failed without an error';
  return channelBinding ? `${chosen?.name} bound to ${channelBinding}` : `${chosen?.name}`;
}

function describe(snapshot: AuthenticationSnapshot, actions: readonly ExecutableActionObject[]): Step {
  const performed = actions.map(({ type, params }) => ({ type, params: readParams(params) }));
  const sent = performed.filter(({ type }) => type === 'xstate.sendTo');
  return {
    snapshot,
    path: statePath(snapshot.value),
    effects: performed.flatMap(({ type, params }) => effectOf(type, params)),
    exchange: performed.find(({ type }) => type === 'xstate.spawnChild')?.params.input,
    told: sent.flatMap(({ params: { targetId, event } }) => (targetId === undefined && event ? [event] : [])),
    deadlines: performed.flatMap(({ type, params }) =>
      type === 'xstate.raise' && params.delay !== undefined ? [params.delay] : [],
    ),
  };
}

interface ActionParameters {
  readonly id?: string;
  readonly input?: ExchangeInput;
  readonly targetId?: string;
  readonly delay?: number;
  readonly event?: TransportCommand;
}

function readParams(params: unknown): ActionParameters {
  return params ?? {};
}

function effectOf(type: string, { id, targetId = 'transport', event }: ActionParameters): string[] {
  if (type === 'xstate.spawnChild') return [`start ${id}`];
  if (type === 'xstate.stopChild') return [`stop ${id}`];
  if (type !== 'xstate.sendTo' || !event) return [];
  const name = 'mechanism' in event ? ` ${event.mechanism}` : '';
  return [`${targetId} ← ${event.type}${name}`];
}

/** Events of timers and of actors that failed have types that no machine declares. */
function forged(event: { readonly type: string; readonly actorId?: string; readonly error?: unknown }) {
  return event as AuthenticationEvent;
}
