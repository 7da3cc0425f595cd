import { describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../machines/index.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  authenticated,
  CONNECTED,
  crashed,
  DIRECT_TLS,
  found,
  OPENED,
  passed,
  recalled,
  SECURED,
  type Step,
  step,
  steps,
} from './client-steps.ts';
import { SASL2_OFFER, sasl2Login, succeeded } from './login-steps.ts';

type Outcome = readonly [path: string, code: string | undefined];

const RETRY = 'reconnecting.backingOff';
const TERMINAL = 'failed.terminal';

describe('a failure of a login in one (XEP-0388)', () => {
  const { exchanging, verifying, verifyingWithFeatures, awaitingNewFeatures } = sasl2Login();

  it.each<[title: string, from: readonly Step[], event: ClientEvent, outcome: Outcome]>([
    [
      'the password is wrong',
      [exchanging],
      authenticated(sasl('not-authorized')),
      ['failed.needsCredentials', 'sasl/not-authorized'],
    ],
    [
      'nothing may be used',
      [exchanging],
      authenticated(sasl('no-mechanism'), { mechanism: undefined }),
      [TERMINAL, 'sasl/no-mechanism'],
    ],
    [
      'the server lies',
      [exchanging, verifying, verifyingWithFeatures],
      authenticated(sasl('server-not-authenticated')),
      [TERMINAL, 'sasl/server-not-authenticated'],
    ],
    [
      'the exchange breaks',
      [exchanging, verifying, verifyingWithFeatures],
      crashed('authentication', new Error('x')),
      [TERMINAL, 'transport/internal-error'],
    ],
    [
      'it never ends',
      [exchanging, verifying, verifyingWithFeatures, awaitingNewFeatures],
      passed('authenticateDeadline', 'linked.loggingIn'),
      [RETRY, 'transport/timeout'],
    ],
    [
      'no features follow',
      [awaitingNewFeatures],
      passed('openDeadline', 'linked.loggingIn.awaitingNewFeatures'),
      [RETRY, 'transport/timeout'],
    ],
    [
      'the server ends the stream',
      [exchanging, verifying, verifyingWithFeatures, awaitingNewFeatures],
      streamFailed('conflict'),
      [TERMINAL, 'stream/conflict'],
    ],
  ])('when %s', (_title, states, event, outcome) => {
    for (const from of states) {
      const { path, snapshot, effects } = step(from.snapshot, event);
      expect([path, snapshot.context.error?.code]).toEqual(outcome);
      expect(effects.slice(0, 3)).toEqual(['stop authentication', 'stop transport', 'session ← session.end']);
    }
  });

  it('remembers a refusal for whoever asks for credentials next, until a login succeeds', () => {
    const refused = steps(exchanging, authenticated(sasl('credentials-expired')));
    expect(refused.snapshot.context.refusal?.condition).toBe('credentials-expired');
    const again = steps(
      refused,
      { type: 'start' },
      recalled(),
      found(DIRECT_TLS),
      CONNECTED,
      SECURED,
      OPENED,
      SASL2_OFFER,
    );
    expect(again.inputs.authentication?.refusal?.condition).toBe('credentials-expired');
    expect(steps(again, succeeded(), authenticated()).snapshot.context.refusal).toBeUndefined();
  });
});

function sasl(condition: SaslError['condition']): SaslError {
  return new SaslError(condition, { condition });
}

function streamFailed(condition: StreamError['condition']): ClientEvent {
  return { type: 'stream.failed', error: new StreamError(condition) };
}
