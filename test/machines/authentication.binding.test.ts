import { describe, expect, it } from 'vitest';
import type { SaslCondition } from '../../src/sasl/index.ts';
import {
  begin,
  channel,
  choiceOf,
  refused,
  refusedBy,
  type Situation,
  STARTED,
  SUCCEEDED,
  steps,
  TLS_12,
  TLS_13,
  trail,
  VERIFIED,
} from './authentication-steps.ts';

const BOTH = ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'PLAIN'];

describe('a login over TLS', () => {
  it.each<[string, Situation, string]>([
    [
      'is bound to the strongest type that both sides have',
      { lists: ['tls-server-end-point', 'tls-exporter'] },
      'SCRAM-SHA-256-PLUS bound to tls-exporter',
    ],
    [
      'is bound to another one, where only that is listed',
      { lists: ['tls-server-end-point'] },
      'SCRAM-SHA-256-PLUS bound to tls-server-end-point',
    ],
    ['is bound to a guess, where nothing is listed', {}, 'SCRAM-SHA-256-PLUS bound to tls-exporter'],
    ['is bound to another guess in TLS 1.2', { channel: TLS_12 }, 'SCRAM-SHA-256-PLUS bound to tls-unique'],
    ['is not bound where there is nothing to bind to', { channel: channel('TLSv1.3') }, 'SCRAM-SHA-256'],
    ['is not bound where no channel is known', { channel: undefined }, 'SCRAM-SHA-256'],
    ['is not bound where the application wants it so', { options: { channelBinding: 'never' } }, 'SCRAM-SHA-256'],
    [
      'is refused where it must be bound and cannot',
      { channel: undefined, options: { channelBinding: 'require' } },
      'sasl/no-mechanism',
    ],
    [
      'is refused where it must be bound and -PLUS is not offered',
      { mechanisms: ['SCRAM-SHA-256'], options: { channelBinding: 'require' } },
      'sasl/no-mechanism',
    ],
    [
      'is refused where it was bound before and -PLUS is not offered',
      { mechanisms: ['SCRAM-SHA-512'], pin: 'SCRAM-SHA-1-PLUS' },
      'sasl/downgrade',
    ],
    [
      'is refused where types are listed and -PLUS was taken out (XEP-0474 §6)',
      { mechanisms: ['SCRAM-SHA-256'], lists: ['tls-exporter'] },
      'sasl/downgrade',
    ],
    [
      'need not be bound after one that was, where there is no channel: over a WebSocket',
      { channel: undefined, pin: 'SCRAM-SHA-256-PLUS' },
      'SCRAM-SHA-256',
    ],
    [
      'is refused over a WebSocket as well where it protects less in another way',
      { channel: undefined, pin: 'SCRAM-SHA-256-PLUS', mechanisms: ['SCRAM-SHA-1', 'PLAIN'] },
      'sasl/downgrade',
    ],
    [
      'is refused where it was bound before, and the channel suddenly gives nothing to bind to',
      { channel: channel('TLSv1.3'), pin: 'SCRAM-SHA-256-PLUS' },
      'sasl/downgrade',
    ],
  ])('%s', (_title, situation, choice) => {
    expect(choiceOf(begin({ channel: TLS_13, mechanisms: BOTH, ...situation }))).toBe(choice);
  });

  it('tells the exchange the connection, the type, and what was offered as it came', () => {
    const lists = ['tls-exporter', 'tls-foo'];
    expect(begin({ channel: TLS_13, mechanisms: BOTH, lists }).exchange).toMatchObject({
      channel: TLS_13,
      channelBinding: 'tls-exporter',
      offer: { mechanisms: BOTH, channelBindings: lists },
      canBind: true,
      requireOfferHash: false,
    });
  });

  it.each<[string, Situation, { canBind: boolean; requireOfferHash: boolean }]>([
    ['that it could have been bound', { mechanisms: ['SCRAM-SHA-256'] }, { canBind: true, requireOfferHash: false }],
    ['that it could not', { channel: undefined }, { canBind: false, requireOfferHash: false }],
    ['that it may not', { options: { channelBinding: 'never' } }, { canBind: false, requireOfferHash: false }],
    [
      'that the offer must be proven, where the list lacks what every server has (XEP-0474 §6)',
      { lists: ['tls-unique'] },
      { canBind: true, requireOfferHash: true },
    ],
  ])('tells the exchange %s', (_title, situation, flags) => {
    expect(begin({ channel: TLS_13, mechanisms: BOTH, ...situation }).exchange).toMatchObject({
      mechanism: 'SCRAM-SHA-256',
      channelBinding: undefined,
      ...flags,
    });
  });
});

describe('a binding that was only a guess', () => {
  const guess: Situation = { channel: TLS_13, mechanisms: BOTH };

  it('and was refused is given up, once, in the same authentication', () => {
    const no = [refusedBy('malformed-request'), refused('malformed-request')];
    expect(trail(begin(guess), [STARTED, ...no, STARTED, SUCCEEDED, VERIFIED])).toEqual([
      ['exchanging.awaitingServer', 'transport ← sasl.authenticate SCRAM-SHA-256-PLUS'],
      ['exchanging.refused', 'exchange ← sasl.failed'],
      ['exchanging.preparing', 'stop exchange', 'start exchange'],
      ['exchanging.awaitingServer', 'transport ← sasl.authenticate SCRAM-SHA-256'],
      ['exchanging.verifying', 'exchange ← sasl.succeeded'],
      ['succeeded', 'stop exchange'],
    ]);
    const last = steps(begin(guess), STARTED, ...no, STARTED, ...no);
    expect([last.path, choiceOf(last)]).toEqual(['failed', 'sasl/malformed-request']);
  });

  const doubtful: SaslCondition[] = [
    'not-authorized',
    'malformed-request',
    'invalid-mechanism',
    'incorrect-encoding',
    'aborted',
    'undefined-condition',
  ];
  it.each(doubtful)('may be what a server means by %s', (condition) => {
    const again = steps(begin(guess), STARTED, refusedBy(condition), refused(condition));
    expect(again.exchange).toMatchObject({ mechanism: 'SCRAM-SHA-256', channelBinding: undefined, canBind: true });
  });

  const clear: SaslCondition[] = [
    'account-disabled',
    'credentials-expired',
    'temporary-auth-failure',
    'encryption-required',
  ];
  it.each(clear)('is not what a server means by %s', (condition) => {
    const last = steps(begin(guess), STARTED, refusedBy(condition), refused(condition));
    expect([last.path, choiceOf(last)]).toEqual(['failed', `sasl/${condition}`]);
  });

  it.each<[string, Situation]>([
    ['the server listed the type: it is no guess', { lists: ['tls-exporter'] }],
    ['it worked before', { pin: 'SCRAM-SHA-256-PLUS' }],
    ['the application requires it', { options: { channelBinding: 'require' } }],
    ['nothing else is offered', { mechanisms: ['SCRAM-SHA-256-PLUS'] }],
    ['nothing else is allowed', { options: { mechanisms: ['SCRAM-SHA-256-PLUS'] } }],
  ])('is not given up where %s: then it is the password that is wrong', (_title, situation) => {
    const last = steps(
      begin({ ...guess, ...situation }),
      STARTED,
      refusedBy('not-authorized'),
      refused('not-authorized'),
    );
    expect([last.path, last.snapshot.output?.mechanism, choiceOf(last)]).toEqual([
      'failed',
      'SCRAM-SHA-256-PLUS',
      'sasl/not-authorized',
    ]);
  });

  it('may be what was refused, where nothing else may follow: the hint says so', () => {
    const hintOf = (situation: Situation) =>
      steps(begin({ ...guess, ...situation }), STARTED, refusedBy('not-authorized'), refused('not-authorized')).snapshot
        .output?.error?.hint;
    const doubt = 'The server may not know channel binding by tls-exporter';
    expect(hintOf({ options: { channelBinding: 'require' } })).toContain(doubt);
    expect(hintOf({ options: { channelBinding: 'require' }, lists: ['tls-exporter'] })).not.toContain(doubt);
  });

  it('that was refused does not bring PLAIN, where something hides the password', () => {
    const pinned: Situation = { ...guess, mechanisms: ['SCRAM-SHA-1-PLUS', 'PLAIN'], pin: 'SCRAM-SHA-1' };
    const last = steps(begin(pinned), STARTED, refusedBy('not-authorized'), refused('not-authorized'));
    expect([last.path, choiceOf(last)]).toEqual(['failed', 'sasl/not-authorized']);
  });
});

describe('an access token that has expired (RFC 7628 §3.2.2)', () => {
  const situation: Situation = {
    mechanisms: ['OAUTHBEARER'],
    options: { mechanisms: ['OAUTHBEARER'], credentials: () => ({ token: 't' }) },
  };
  const expired = [refusedBy('not-authorized'), refused('credentials-expired')];

  it('is asked for once more, with the reason', () => {
    const first = begin(situation);
    expect(first.exchange).toMatchObject({ mechanism: 'OAUTHBEARER', reason: undefined });
    const again = steps(first, STARTED, ...expired);
    expect([again.path, ...again.effects]).toEqual(['exchanging.preparing', 'stop exchange', 'start exchange']);
    expect(again.exchange).toMatchObject({
      mechanism: 'OAUTHBEARER',
      reason: expect.objectContaining({ condition: 'credentials-expired' }),
    });
    expect(trail(again, [STARTED, SUCCEEDED, VERIFIED]).at(-1)).toEqual(['succeeded', 'stop exchange']);
  });

  it('and another that has expired as well are the end of it', () => {
    const last = steps(begin(situation), STARTED, ...expired, STARTED, ...expired);
    expect([last.path, last.snapshot.output?.mechanism, choiceOf(last)]).toEqual([
      'failed',
      'OAUTHBEARER',
      'sasl/credentials-expired',
    ]);
  });

  it('is another matter than one that is refused, and than a password that has expired', () => {
    const wrong = steps(begin(situation), STARTED, refusedBy('not-authorized'), refused('not-authorized'));
    const password = steps(begin(), STARTED, ...expired);
    expect([choiceOf(wrong), choiceOf(password)]).toEqual(['sasl/not-authorized', 'sasl/credentials-expired']);
  });
});
