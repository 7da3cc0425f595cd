import { describe, expect, it } from 'vitest';
import type { ExchangeInput } from '../../machines/index.ts';
import { TransportError } from '../../src/errors/index.ts';
import {
  ANSWERED,
  type AuthenticationEvent,
  begin,
  CHALLENGED,
  choiceOf,
  crashed,
  failed,
  passed,
  payload,
  refused,
  refusedBy,
  type Situation,
  STARTED,
  SUCCEEDED,
  SUCCEEDED_ALONG,
  saslError,
  steps,
  TLS_13,
  trail,
  VERIFIED,
} from './authentication-steps.ts';

describe('an authentication', () => {
  it('goes back and forth until both sides are authenticated (RFC 6120 §6.4)', () => {
    const events = [STARTED, CHALLENGED, ANSWERED, CHALLENGED, ANSWERED, SUCCEEDED, VERIFIED];
    expect(trail(begin(), events)).toEqual([
      ['exchanging.awaitingServer', 'transport ← sasl.authenticate SCRAM-SHA-256'],
      ['exchanging.answering', 'exchange ← sasl.challenged'],
      ['exchanging.awaitingServer', 'transport ← sasl.respond'],
      ['exchanging.answering', 'exchange ← sasl.challenged'],
      ['exchanging.awaitingServer', 'transport ← sasl.respond'],
      ['exchanging.verifying', 'exchange ← sasl.succeeded'],
      ['succeeded', 'stop exchange'],
    ]);
    expect(steps(begin(), STARTED, SUCCEEDED, VERIFIED).snapshot.output).toEqual({
      mechanism: 'SCRAM-SHA-256',
      error: undefined,
      outcome: undefined,
      enabled: [],
      unsaved: undefined,
    });
  });

  it('is not over when only the server says so', () => {
    expect(steps(begin(), STARTED, SUCCEEDED).path).toBe('exchanging.verifying');
  });

  it('starts the exchange with what it needs, and no secret', () => {
    const refusal = saslError('not-authorized');
    const options = { jid: 'juliet@example.org/balcony', credentials: () => ({ password: 'pencil' }) };
    const { path, snapshot, effects, exchange } = begin({
      mechanisms: ['SCRAM-SHA-1', 'PLAIN'],
      lists: ['tls-exporter'],
      options,
      refusal,
    });
    expect([path, ...effects]).toEqual(['exchanging.preparing', 'start exchange']);
    const { settings } = snapshot.context;
    expect(exchange).toEqual({
      settings,
      mechanism: 'SCRAM-SHA-1',
      offer: { mechanisms: ['SCRAM-SHA-1', 'PLAIN'], channelBindings: ['tls-exporter'] },
      usesToken: false,
      requestedToken: undefined,
      userAgent: settings.userAgent.id,
      inline: undefined,
      channel: undefined,
      channelBinding: undefined,
      canBind: false,
      requireOfferHash: false,
      reason: refusal,
    } satisfies ExchangeInput);
    expect(JSON.stringify(exchange)).not.toContain('pencil');
  });

  it('speaks the profile of RFC 6120 where it was asked to: nothing goes along', () => {
    const started = steps(begin(), STARTED);
    const answered = steps(started, CHALLENGED, ANSWERED);
    const silent = steps(started, passed('answerDeadline', 'exchanging.awaitingServer'));
    expect([started, answered, silent].flatMap(({ told }) => told)).toEqual([
      { type: 'sasl.authenticate', mechanism: 'SCRAM-SHA-256', payload, along: undefined },
      { type: 'sasl.respond', profile: 'sasl', payload },
      { type: 'sasl.abort', profile: 'sasl' },
    ]);
  });

  it('says what a store did not keep, and succeeds all the same', () => {
    const unsaved = new TransportError('x', { condition: 'store-failed' });
    const done = steps(begin(), STARTED, SUCCEEDED, { type: 'exchange.verified', unsaved });
    expect([done.path, done.snapshot.output?.unsaved, done.snapshot.output?.error]).toEqual([
      'succeeded',
      unsaved,
      undefined,
    ]);
  });

  it.each<[string, Situation, string]>([
    ['the strongest that is offered', { mechanisms: ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] }, 'SCRAM-SHA-256'],
    ['PLAIN last, under TLS', { mechanisms: ['PLAIN'] }, 'PLAIN'],
    ['not PLAIN in clear', { mechanisms: ['PLAIN'], mayShowPassword: false }, 'sasl/no-mechanism'],
    [
      'one that is allowed',
      { mechanisms: ['SCRAM-SHA-512', 'SCRAM-SHA-1'], options: { mechanisms: ['SCRAM-SHA-1'] } },
      'SCRAM-SHA-1',
    ],
    [
      'none that is not allowed',
      { mechanisms: ['SCRAM-SHA-512'], options: { mechanisms: ['SCRAM-SHA-1'] } },
      'sasl/no-mechanism',
    ],
    ['none that nobody knows', { mechanisms: ['GSSAPI', 'OTP'] }, 'sasl/no-mechanism'],
    ['none that needs what the user has not', { mechanisms: ['EXTERNAL', 'OAUTHBEARER'] }, 'sasl/no-mechanism'],
    ['none where none is offered', { mechanisms: [] }, 'sasl/no-mechanism'],
    [
      'a certificate before a password',
      {
        mechanisms: ['SCRAM-SHA-512', 'EXTERNAL'],
        options: { tls: { clientCertificate: { certificate: 'c', key: 'k' } } },
      },
      'EXTERNAL',
    ],
    [
      'an access token where the application has one',
      { mechanisms: ['OAUTHBEARER', 'PLAIN'], options: oauth() },
      'OAUTHBEARER',
    ],
    [
      'no access token in clear',
      { mechanisms: ['OAUTHBEARER'], mayShowPassword: false, options: oauth() },
      'sasl/no-mechanism',
    ],
    ['what protects no less than before', { mechanisms: ['SCRAM-SHA-1'], pin: 'SCRAM-SHA-1' }, 'SCRAM-SHA-1'],
    ['nothing that protects less than before', { mechanisms: ['PLAIN'], pin: 'SCRAM-SHA-1' }, 'sasl/downgrade'],
    ['nothing, after what nobody knows any more', { mechanisms: ['SCRAM-SHA-512'], pin: 'OTP' }, 'sasl/downgrade'],
  ])('takes %s (RFC 6120 §6.3.3)', (_title, situation, choice) => {
    const first = begin(situation);
    expect([choiceOf(first), first.path]).toEqual([
      choice,
      choice.startsWith('sasl/') ? 'failed' : 'exchanging.preparing',
    ]);
  });

  it('has no mechanism to tell of where none was chosen', () => {
    expect(begin({ mechanisms: [] }).snapshot.output?.mechanism).toBeUndefined();
  });
});

describe('a success belongs to the profile that was spoken', () => {
  it.each([
    ['that of XEP-0388, which says who we are', 'sasl2', SUCCEEDED_ALONG, 'exchanging.verifying'],
    ['that of RFC 6120, which does not', 'sasl', SUCCEEDED, 'exchanging.verifying'],
    ['not that of XEP-0388 in the words of RFC 6120', 'sasl2', SUCCEEDED, 'failed'],
    ['not that of RFC 6120 in the words of XEP-0388', 'sasl', SUCCEEDED_ALONG, 'failed'],
  ] as const)('%s', (_title, profile, success, path) => {
    expect(steps(begin({ profile }), STARTED, success).path).toBe(path);
  });
});

describe('an authentication fails', () => {
  const ABORT = 'transport ← sasl.abort';

  it.each<[string, readonly AuthenticationEvent[], string, string[]]>([
    ['when the application gives no credentials', [failed('not-authorized')], 'sasl/not-authorized', [ABORT]],
    [
      'when the server is not who it says it is',
      [STARTED, SUCCEEDED, failed('server-not-authenticated')],
      'sasl/server-not-authenticated',
      [],
    ],
    [
      'when the mechanism does not accept a challenge',
      [STARTED, CHALLENGED, failed('foreign-nonce')],
      'sasl/foreign-nonce',
      [ABORT],
    ],
    ['when success comes before anything was sent', [SUCCEEDED], 'sasl/malformed-challenge', []],
    ['when success comes instead of patience', [STARTED, CHALLENGED, SUCCEEDED], 'sasl/malformed-challenge', []],
    ['when success comes twice', [STARTED, SUCCEEDED, SUCCEEDED], 'sasl/malformed-challenge', []],
    [
      'when success comes after a refusal',
      [STARTED, refusedBy('not-authorized'), SUCCEEDED],
      'sasl/malformed-challenge',
      [],
    ],
    ['when a challenge comes first', [CHALLENGED], 'sasl/malformed-challenge', [ABORT]],
    ['when challenges come together', [STARTED, CHALLENGED, CHALLENGED], 'sasl/malformed-challenge', [ABORT]],
    ['when a challenge follows success', [STARTED, SUCCEEDED, CHALLENGED], 'sasl/malformed-challenge', [ABORT]],
    [
      'when a challenge follows a refusal',
      [STARTED, refusedBy('not-authorized'), CHALLENGED],
      'sasl/malformed-challenge',
      [ABORT],
    ],
    [
      'when a refusal follows success',
      [STARTED, SUCCEEDED, refusedBy('not-authorized')],
      'sasl/malformed-challenge',
      [],
    ],
    [
      'when a refusal follows another',
      [STARTED, refusedBy('not-authorized'), refusedBy('not-authorized')],
      'sasl/malformed-challenge',
      [],
    ],
  ])('%s', (_title, events, code, told) => {
    const last = steps(begin(), ...events);
    expect([last.path, ...last.effects]).toEqual(['failed', 'stop exchange', ...told]);
    expect(last.snapshot.output?.error?.code).toBe(code);
  });

  it.each<[string, readonly AuthenticationEvent[]]>([
    ['what was said first', [STARTED]],
    ['an answer', [STARTED, CHALLENGED, ANSWERED]],
    ['before an answer was found', [STARTED, CHALLENGED]],
    ['before it was asked', []],
  ])('when the server refuses %s: once the mechanism has read why', (_title, before) => {
    const after = trail(steps(begin(), ...before), [refusedBy('not-authorized'), refused('credentials-expired')]);
    expect(after).toEqual([
      ['exchanging.refused', 'exchange ← sasl.failed'],
      ['failed', 'stop exchange'],
    ]);
    const { output } = steps(begin(), ...before, refusedBy('not-authorized'), refused('account-disabled')).snapshot;
    expect([output?.mechanism, output?.error?.code]).toEqual(['SCRAM-SHA-256', 'sasl/account-disabled']);
  });

  it.each<[string, readonly AuthenticationEvent[], string, string, boolean]>([
    ['credentials', [], 'credentialsDeadline exchanging.preparing', 'sasl/missing-credentials', false],
    ['the first challenge', [STARTED], 'answerDeadline exchanging.awaitingServer', 'sasl/temporary-auth-failure', true],
    [
      'our own answer',
      [STARTED, CHALLENGED],
      'answerDeadline exchanging.answering',
      'sasl/temporary-auth-failure',
      true,
    ],
    ['the proof', [STARTED, SUCCEEDED], 'answerDeadline exchanging.verifying', 'sasl/temporary-auth-failure', false],
    [
      'what a refusal means',
      [STARTED, refusedBy('not-authorized')],
      'answerDeadline exchanging.refused',
      'sasl/temporary-auth-failure',
      false,
    ],
  ])('when %s do not come in time', (_title, events, timer, code, aborts) => {
    const [deadline = '', state = ''] = timer.split(' ');
    const after = steps(begin(), ...events, passed(deadline, state));
    expect([after.path, ...after.effects]).toEqual(['failed', 'stop exchange', ...(aborts ? [ABORT] : [])]);
    expect(after.snapshot.output?.error?.code).toBe(code);
  });

  it('when the mechanism breaks, without its words', () => {
    const { output } = steps(begin(), STARTED, crashed(new Error('pencil'))).snapshot;
    expect([output?.error?.code, output?.error?.cause]).toEqual(['sasl/undefined-condition', undefined]);
    expect(JSON.stringify(output?.error)).not.toContain('pencil');
  });

  it('when its time is over, which is another one for people than for servers', () => {
    const first = begin({ channel: TLS_13, options: { timeouts: { credentials: 11, authenticate: 22 } } });
    const states = [
      first,
      steps(first, STARTED),
      steps(first, STARTED, CHALLENGED),
      steps(first, STARTED, SUCCEEDED),
      steps(first, STARTED, refusedBy('not-authorized')),
    ];
    expect(states.map(({ deadlines }) => deadlines)).toEqual([[11], [22], [22], [22], [22]]);
  });
});

/** Who names OAUTHBEARER says that the credentials are an access token. */
function oauth() {
  return { mechanisms: ['OAUTHBEARER', 'PLAIN', 'SCRAM-SHA-256'], credentials: () => ({ token: 't' }) };
}
