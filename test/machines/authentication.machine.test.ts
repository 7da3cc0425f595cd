import { describe, expect, it } from 'vitest';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { ExchangeEvent, ExchangeInput, TransportCommand } from '../../machines/contracts.ts';
import { authenticationMachine, type SaslEvent, statePath } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { SaslError, Sealed } from '../../src/sasl/index.ts';
import { recorder } from '../actors/recorder.ts';

type Snapshot = SnapshotFrom<typeof authenticationMachine>;
type Event = SaslEvent | ExchangeEvent;

const payload = new Sealed(new Uint8Array([1]));
const refused = new SaslError('no', { condition: 'not-authorized' });

const STARTED: Event = { type: 'exchange.started', payload };
const ANSWERED: Event = { type: 'exchange.answered', payload };
const VERIFIED: Event = { type: 'exchange.verified' };
const FAILED: Event = { type: 'exchange.failed', error: refused };
const CHALLENGED: Event = { type: 'sasl.challenged', payload };
const SUCCEEDED: Event = { type: 'sasl.succeeded', payload: undefined };
const REFUSED: Event = { type: 'sasl.failed', error: refused };

describe('an authentication', () => {
  it('goes back and forth until both sides are authenticated (RFC 6120 §6.4)', () => {
    expect(trail(begin(), [STARTED, CHALLENGED, ANSWERED, CHALLENGED, ANSWERED, SUCCEEDED, VERIFIED])).toEqual([
      ['exchanging.awaitingServer', 'transport ← sasl.authenticate'],
      ['exchanging.answering', 'exchange ← sasl.challenged'],
      ['exchanging.awaitingServer', 'transport ← sasl.respond'],
      ['exchanging.answering', 'exchange ← sasl.challenged'],
      ['exchanging.awaitingServer', 'transport ← sasl.respond'],
      ['exchanging.verifying', 'exchange ← sasl.succeeded'],
      ['succeeded', 'stop exchange'],
    ]);
    const done = walk(begin(), [STARTED, SUCCEEDED, VERIFIED]);
    expect(done.output).toEqual({ mechanism: 'SCRAM-SHA-256', error: undefined });
  });

  it('is not over when only the server says so', () => {
    expect(statePath(walk(begin(), [STARTED, SUCCEEDED]).value)).toBe('exchanging.verifying');
  });

  it('starts the exchange with what it needs, and no secret', () => {
    const options = { jid: 'juliet@example.org/balcony', credentials: () => ({ password: 'pencil' }) };
    const { snapshot, input } = start(['SCRAM-SHA-1', 'PLAIN'], true, options, refused);
    expect(statePath(snapshot.value)).toBe('exchanging.preparing');
    expect(input).toEqual({
      mechanism: 'SCRAM-SHA-1',
      offered: ['SCRAM-SHA-1', 'PLAIN'],
      account: snapshot.context.settings.jid,
      credentials: options.credentials,
      reason: refused,
    } satisfies ExchangeInput);
  });

  it.each<[string, readonly string[], boolean, Partial<ClientOptions>, string | undefined]>([
    ['the strongest that is offered', ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'], true, {}, 'SCRAM-SHA-256'],
    ['PLAIN last, under TLS', ['PLAIN'], true, {}, 'PLAIN'],
    ['not PLAIN in clear', ['PLAIN'], false, {}, undefined],
    ['one that is allowed', ['SCRAM-SHA-512', 'SCRAM-SHA-1'], true, { mechanisms: ['SCRAM-SHA-1'] }, 'SCRAM-SHA-1'],
    ['none that is not allowed', ['SCRAM-SHA-512'], true, { mechanisms: ['SCRAM-SHA-1'] }, undefined],
    ['none that nobody knows', ['GSSAPI', 'EXTERNAL'], true, {}, undefined],
    ['none where none is offered', [], true, {}, undefined],
  ])('takes %s (RFC 6120 §6.3.3)', (_title, offered, mayShowPassword, options, mechanism) => {
    const { snapshot } = start(offered, mayShowPassword, options);
    expect([snapshot.context.mechanism, statePath(snapshot.value), snapshot.output?.error?.code]).toEqual(
      mechanism ? [mechanism, 'exchanging.preparing', undefined] : [undefined, 'failed', 'sasl/no-mechanism'],
    );
  });
});

describe('an authentication fails', () => {
  it.each<[string, readonly Event[], string, string[]]>([
    ['when the application gives no credentials', [FAILED], 'sasl/not-authorized', ['transport ← sasl.abort']],
    [
      'when the server is not who it says it is',
      [STARTED, SUCCEEDED, FAILED],
      'sasl/not-authorized',
      ['transport ← sasl.abort'],
    ],
    ['when the server refuses', [STARTED, REFUSED], 'sasl/not-authorized', []],
    ['when the server refuses an answer', [STARTED, CHALLENGED, ANSWERED, REFUSED], 'sasl/not-authorized', []],
    ['when the server refuses before it was asked', [REFUSED], 'sasl/not-authorized', []],
    ['when success comes before anything was sent', [SUCCEEDED], 'sasl/malformed-challenge', []],
    ['when success comes instead of patience', [STARTED, CHALLENGED, SUCCEEDED], 'sasl/malformed-challenge', []],
    ['when success comes twice', [STARTED, SUCCEEDED, SUCCEEDED], 'sasl/malformed-challenge', []],
    ['when a challenge comes first', [CHALLENGED], 'sasl/malformed-challenge', ['transport ← sasl.abort']],
    [
      'when challenges come together',
      [STARTED, CHALLENGED, CHALLENGED],
      'sasl/malformed-challenge',
      ['transport ← sasl.abort'],
    ],
    [
      'when a challenge follows success',
      [STARTED, SUCCEEDED, CHALLENGED],
      'sasl/malformed-challenge',
      ['transport ← sasl.abort'],
    ],
  ])('%s', (_title, events, code, told) => {
    const before = walk(begin(), events.slice(0, -1));
    const [last] = events.slice(-1);
    if (!last) throw new Error('Expected an event');
    const [[path, ...effects] = []] = trail(before, [last]);
    expect([path, ...effects]).toEqual(['failed', 'stop exchange', ...told]);
    expect(walk(before, [last]).output?.error?.code).toBe(code);
  });

  it.each<[string, readonly Event[], string, string, boolean]>([
    ['credentials', [], 'credentialsDeadline.authentication.exchanging.preparing', 'sasl/missing-credentials', false],
    [
      'the first challenge',
      [STARTED],
      'answerDeadline.authentication.exchanging.awaitingServer',
      'sasl/temporary-auth-failure',
      true,
    ],
    [
      'our own answer',
      [STARTED, CHALLENGED],
      'answerDeadline.authentication.exchanging.answering',
      'sasl/temporary-auth-failure',
      true,
    ],
    [
      'the proof',
      [STARTED, SUCCEEDED],
      'answerDeadline.authentication.exchanging.verifying',
      'sasl/temporary-auth-failure',
      false,
    ],
  ])('when %s do not come in time', (_title, events, timer, code, aborts) => {
    const type = `xstate.after.${timer}`;
    const before = walk(begin(), events);
    const after = trail(before, [forged({ type })]);
    expect(after).toEqual([['failed', 'stop exchange', ...(aborts ? ['transport ← sasl.abort'] : [])]]);
    expect(walk(before, [forged({ type })]).output?.error?.code).toBe(code);
  });

  it('when the mechanism breaks, without its words', () => {
    const error = new Error('pencil');
    const after = walk(walk(begin(), [STARTED]), [
      forged({ type: 'xstate.error.actor.exchange', actorId: 'exchange', error }),
    ]);
    expect([after.output?.error?.code, after.output?.error?.cause]).toEqual(['sasl/undefined-condition', undefined]);
    expect(JSON.stringify(after.output?.error)).not.toContain('pencil');
  });

  it('when its time is over, which is another one for people than for servers', () => {
    const timeouts = { credentials: 11, authenticate: 22 };
    expect(delays(undefined, { timeouts })).toEqual([11]);
    const before = start(['PLAIN'], true, { timeouts }).snapshot;
    expect(delays([before, STARTED])).toEqual([22]);
  });
});

const transport = recorder<TransportCommand>().actor;

function start(
  offered: readonly string[],
  mayShowPassword: boolean,
  options: Partial<ClientOptions> = {},
  refusal?: SaslError,
) {
  const settings = clientInput({ jid: 'juliet@example.org', password: 'pencil', ...options });
  const [snapshot, actions] = initialTransition(authenticationMachine, {
    settings,
    offered,
    mayShowPassword,
    refusal,
    transport,
  });
  const spawned = actions.find(({ type }) => type === 'xstate.spawnChild');
  return { snapshot, actions, input: Reflect.get(Object(spawned?.params), 'input') };
}

function begin(): Snapshot {
  return start(['SCRAM-SHA-256', 'PLAIN'], true).snapshot;
}

function walk(from: Snapshot, events: readonly Event[]): Snapshot {
  return events.reduce((snapshot, event) => transition(authenticationMachine, snapshot, event)[0], from);
}

function trail(from: Snapshot, events: readonly Event[]): string[][] {
  let snapshot = from;
  return events.map((event) => {
    const [next, actions] = transition(authenticationMachine, snapshot, event);
    snapshot = next;
    return [statePath(next.value), ...actions.flatMap(({ type, params }) => effectOf(type, Object(params)))];
  });
}

interface ActionParameters {
  readonly id?: string;
  readonly targetId?: string;
  readonly event?: { readonly type: string };
}

function effectOf(type: string, { id, targetId, event }: ActionParameters): string[] {
  if (type === 'xstate.stopChild') return [`stop ${id}`];
  return type === 'xstate.sendTo' ? [`${targetId ?? 'transport'} ← ${event?.type}`] : [];
}

function delays(step: readonly [Snapshot, Event] | undefined, options: Partial<ClientOptions> = {}): unknown[] {
  const actions = step ? transition(authenticationMachine, ...step)[1] : start(['PLAIN'], true, options).actions;
  return actions.flatMap(({ type, params }) => (type === 'xstate.raise' ? [Reflect.get(Object(params), 'delay')] : []));
}

/** Events of timers and of actors that failed have types that no machine declares. */
function forged(event: { readonly type: string; readonly actorId?: string; readonly error?: unknown }): Event {
  return event as Event;
}
