import { createActor } from 'xstate';
import { type AuthenticationInput, authenticationMachine } from '../../../machines/index.ts';
import { clientInput } from '../../../src/client/client-input.ts';
import type { ClientOptions } from '../../../src/client/options.ts';
import { buildResume } from '../../../src/payloads/index.ts';
import { type ModelAction, puppet, withPuppets } from '../../../src/testing/model/index.ts';
import { TLS_13 } from '../authentication-steps.ts';
import { authenticationCases, authenticationKey } from '../cases/authentication.ts';
import { TOKEN } from '../login-steps.ts';
import type { Scene, Subject } from './subject.ts';

const TOKENS_ALONG = { bind: undefined, sm: false, fast: [TOKEN.mechanism] };
const ACCESS_TOKEN = { mechanisms: ['OAUTHBEARER'], credentials: () => ({ token: 't' }) };

/** The chart of the authentication. */
export const authenticationSubject: Subject<typeof authenticationMachine> = {
  chart: authenticationMachine,
  prepare: withPuppets,
  scenes: [
    scene('SCRAM', ['SCRAM-SHA-256']),
    scene('a binding that is only guessed', ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], { channel: TLS_13 }),
    scene('a token of an earlier login', ['SCRAM-SHA-256'], {
      profile: 'sasl2',
      inline: TOKENS_ALONG,
      recalled: { pin: undefined, token: TOKEN },
    }),
    scene('a token and nothing else', [], {
      profile: 'sasl2',
      inline: TOKENS_ALONG,
      recalled: { pin: undefined, token: TOKEN },
    }),
    scene('a login that asks for the lost session along', ['SCRAM-SHA-256'], {
      profile: 'sasl2',
      inline: { bind: undefined, sm: true, fast: undefined },
      requests: [buildResume('m1', 0)],
    }),
    scene('an access token', ['OAUTHBEARER'], {}, ACCESS_TOKEN),
    scene('a server that offers nothing', []),
  ],
  key: authenticationKey,
  tours: {},
  invariants: [
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
  ],
};

function scene(
  name: string,
  mechanisms: readonly string[],
  situation: Partial<AuthenticationInput> = {},
  options: Partial<ClientOptions> = { password: 'pencil' },
): Scene<typeof authenticationMachine> {
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
  return { name, cases: authenticationCases, input: () => input };
}

function isAnswer({ type, params }: ModelAction): boolean {
  return type === 'xstate.sendTo' && ['sasl.authenticate', 'sasl.respond'].includes(Object(params).event?.type);
}
