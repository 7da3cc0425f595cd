import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { type AuthenticationInput, authenticationMachine, statePath } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import {
  describeOutcomes,
  describeViolation,
  explore,
  type Invariant,
  type ModelAction,
  type ModelGraph,
  puppet,
  runWalk,
  tours,
  untakenTransitions,
  violations,
  walkTo,
  withPuppets,
} from '../../src/testing/model/index.ts';
import { TLS_13 } from './authentication-steps.ts';
import { authenticationCases, authenticationKey } from './cases/authentication.ts';
import { TOKEN } from './login-steps.ts';

const machine = withPuppets(authenticationMachine);
const TOKENS_ALONG = { bind: undefined, sm: false, fast: [TOKEN.mechanism] };
const ACCESS_TOKEN = { mechanisms: ['OAUTHBEARER'], credentials: () => ({ token: 't' }) };

/** What the choice of a mechanism depends on is explored for each kind. */
const scenes: readonly [Scene, ...Scene[]] = [
  scene('SCRAM', ['SCRAM-SHA-256']),
  scene('a binding that is only guessed', ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], { channel: TLS_13 }),
  scene('a token of an earlier login', ['SCRAM-SHA-256'], {
    profile: 'sasl2',
    inline: TOKENS_ALONG,
    recalled: { pin: undefined, token: TOKEN },
  }),
  scene('an access token', ['OAUTHBEARER'], {}, ACCESS_TOKEN),
  scene('a server that offers nothing', []),
];

describe('the chart of the authentication, explored', () => {
  it('takes every one of its transitions', () => {
    expect(untakenTransitions(authenticationMachine, ...scenes.map(({ graph }) => graph))).toEqual([]);
  });

  it('does in every state, for every event, what is written down', async () => {
    const table = describeOutcomes(...scenes.map(({ graph }) => graph));
    await expect(table).toMatchFileSnapshot('cases/authentication.outcomes.txt');
  });

  it.each<Invariant<typeof machine>>([
    {
      name: 'it succeeds only after the server was verified',
      holdsOver: (_before, { event }, { state }) => state !== 'succeeded' || event.type === 'exchange.verified',
    },
    {
      name: 'who failed says why, and who succeeded has nothing to say',
      holds: ({ state, snapshot: { output } }) => {
        if (state === 'failed') return output?.error !== undefined;
        return state !== 'succeeded' || (output !== undefined && output.error === undefined);
      },
    },
    {
      name: 'nothing but an abort is sent to the server once it said that we are in',
      holdsOver: ({ state }, { actions }) => state !== 'exchanging.verifying' || !actions.some(isAnswer),
    },
    {
      name: 'an exchange runs as long as there is something to exchange, and no longer',
      holds: ({ state, snapshot }) => state.startsWith('exchanging') === 'exchange' in snapshot.children,
    },
  ])('keeps the invariant that $name', (invariant) => {
    for (const { graph } of scenes) expect(violations(graph, [invariant]).map(describeViolation)).toEqual([]);
  });

  it('leaves every state in which it waits at its deadline', () => {
    const [{ graph }] = scenes;
    const left = graph.nodes
      .filter(({ snapshot }) => snapshot.status === 'active')
      .map((node) => {
        const { actor, clock } = runWalk(graph, walkTo(node), { machine });
        const [next] = clock.timers();
        const time = (next?.due ?? 0) - clock.now();
        clock.increment(time - 1);
        expect(statePath(actor.getSnapshot().value)).toBe(node.state);
        clock.increment(1);
        return [node.state, time, statePath(actor.getSnapshot().value)];
      });
    expect(left).toEqual([
      ['exchanging.preparing', 300_000, 'failed'],
      ['exchanging.awaitingServer', 30_000, 'failed'],
      ['exchanging.refused', 30_000, 'failed'],
      ['exchanging.answering', 30_000, 'failed'],
      ['exchanging.verifying', 30_000, 'failed'],
    ]);
  });
});

describe('the authentication, walked through by tours with children that obey', () => {
  it.each(scenes)('is after each step where the graph says: $name', ({ graph }) => {
    for (const walk of tours(graph)) runWalk(graph, walk, { machine });
  });
});

interface Scene {
  readonly name: string;
  readonly graph: ModelGraph<typeof machine>;
}

function scene(
  name: string,
  mechanisms: readonly string[],
  situation: Partial<AuthenticationInput> = {},
  options: Partial<ClientOptions> = { password: 'pencil' },
): Scene {
  const input: AuthenticationInput = {
    settings: clientInput({ jid: 'juliet@example.org', ...options }),
    profile: 'sasl',
    offer: { mechanisms, channelBindings: undefined },
    inline: undefined,
    requests: [],
    enables: [],
    channel: undefined,
    mayShowPassword: true,
    recalled: { pin: undefined, token: undefined },
    refusal: undefined,
    transport: createActor(puppet(), { id: 'transport' }),
    ...situation,
  };
  return { name, graph: explore(machine, { input, cases: authenticationCases, key: authenticationKey }) };
}

function isAnswer({ type, params }: ModelAction): boolean {
  return type === 'xstate.sendTo' && ['sasl.authenticate', 'sasl.respond'].includes(Object(params).event?.type);
}
