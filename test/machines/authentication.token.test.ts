import { describe, expect, it } from 'vitest';
import { buildBind2, type Sasl2Outcome } from '../../src/sasl/index.ts';
import {
  type AuthenticationEvent,
  begin,
  CHALLENGED,
  channel,
  choiceOf,
  failed,
  passed,
  refused,
  refusedBy,
  type Situation,
  STARTED,
  SUCCEEDED_ALONG,
  steps,
  TLS_12,
  trail,
  VERIFIED,
} from './authentication-steps.ts';
import { inline, withToken } from './authentication-tokens.ts';

const BOUND: Sasl2Outcome = {
  identifier: 'juliet@example.org/x',
  bound: buildBind2(),
  bindFailed: false,
  resumption: undefined,
  token: undefined,
};

describe('a login with a stored token (XEP-0484 §3.4)', () => {
  it.each<[string, Situation, string]>([
    ['is taken before any password', withToken('HT-SHA-256-EXPR'), 'HT-SHA-256-EXPR bound to tls-exporter'],
    [
      'is bound to what its mechanism says',
      withToken('HT-SHA-256-ENDP'),
      'HT-SHA-256-ENDP bound to tls-server-end-point',
    ],
    [
      'is bound to TLS 1.2, too',
      withToken('HT-SHA-256-UNIQ', { channel: TLS_12 }),
      'HT-SHA-256-UNIQ bound to tls-unique',
    ],
    [
      'needs no channel where its mechanism binds to none',
      withToken('HT-SHA-256-NONE', { channel: undefined }),
      'HT-SHA-256-NONE',
    ],
    [
      'is taken where no other mechanism may be',
      withToken('HT-SHA-256-EXPR', { options: { mechanisms: ['HT-SHA-256-EXPR'] } }),
      'HT-SHA-256-EXPR bound to tls-exporter',
    ],
    [
      'is taken where binding is required, if it binds',
      withToken('HT-SHA-256-EXPR', { options: { channelBinding: 'require' } }),
      'HT-SHA-256-EXPR bound to tls-exporter',
    ],
    [
      'is taken after a login that was bound, if it binds',
      withToken('HT-SHA-256-EXPR', { pin: 'SCRAM-SHA-512-PLUS' }),
      'HT-SHA-256-EXPR bound to tls-exporter',
    ],
    [
      'is taken after a login in which nothing was bound',
      withToken('HT-SHA-256-NONE', { pin: 'SCRAM-SHA-512' }),
      'HT-SHA-256-NONE',
    ],
  ])('%s', (_title, situation, choice) => {
    const { exchange, ...first } = begin(situation);
    expect([choiceOf({ exchange, ...first }), exchange?.usesToken, exchange?.requestedToken]).toEqual([
      choice,
      true,
      undefined,
    ]);
  });

  const bound = 'SCRAM-SHA-256-PLUS bound to tls-exporter';

  it.each<[string, Situation, string]>([
    ['where there is none', withToken(undefined), bound],
    ['where the server takes none', withToken('HT-SHA-256-EXPR', { inline: inline(undefined) }), bound],
    ['where the server takes others', withToken('HT-SHA-256-EXPR', { inline: inline(['HT-SHA-256-NONE']) }), bound],
    ['in the profile of RFC 6120', withToken('HT-SHA-256-EXPR', { profile: 'sasl', inline: undefined }), bound],
    [
      'where other mechanisms are allowed',
      withToken('HT-SHA-256-EXPR', { options: { mechanisms: ['SCRAM-SHA-256-PLUS'] } }),
      bound,
    ],
    [
      'that binds to nothing where binding is required',
      withToken('HT-SHA-256-NONE', { options: { channelBinding: 'require' } }),
      bound,
    ],
    [
      'that binds to nothing after a login that was bound',
      withToken('HT-SHA-256-NONE', { pin: 'SCRAM-SHA-1-PLUS' }),
      bound,
    ],
    ['that binds to what TLS 1.3 has not', withToken('HT-SHA-256-UNIQ'), bound],
    [
      'that binds to what this connection cannot give',
      withToken('HT-SHA-256-EXPR', { channel: channel('TLSv1.3') }),
      'SCRAM-SHA-256',
    ],
    ['that binds, where there is no channel', withToken('HT-SHA-256-EXPR', { channel: undefined }), 'SCRAM-SHA-256'],
    [
      'that binds, where nothing may be bound',
      withToken('HT-SHA-256-EXPR', { options: { channelBinding: 'never' } }),
      'SCRAM-SHA-256',
    ],
    ['in clear', withToken('HT-SHA-256-NONE', { channel: undefined, mayShowPassword: false }), 'SCRAM-SHA-256'],
    ['for a mechanism that is no such thing', withToken('SCRAM-SHA-256', { inline: inline(['SCRAM-SHA-256']) }), bound],
    [
      'for a mechanism that nobody knows',
      withToken('HT-SHA3-512-EXPR', { inline: inline(['HT-SHA3-512-EXPR']) }),
      bound,
    ],
  ])('is not made with one %s', (_title, situation, choice) => {
    const { exchange, ...first } = begin(situation);
    expect([choiceOf({ exchange, ...first }), exchange?.usesToken]).toEqual([choice, false]);
  });

  it('is over in one round trip', () => {
    const events = [STARTED, succeeded(BOUND), VERIFIED];
    const first = begin(withToken('HT-SHA-256-EXPR', { enables: ['urn:xmpp:carbons:2'] }));
    expect(trail(first, events)).toEqual([
      ['exchanging.awaitingServer', 'transport ← sasl.authenticate HT-SHA-256-EXPR'],
      ['exchanging.verifying', 'exchange ← sasl.succeeded'],
      ['succeeded', 'stop exchange'],
    ]);
    expect(steps(first, ...events).snapshot.output).toEqual({
      mechanism: 'HT-SHA-256-EXPR',
      error: undefined,
      outcome: BOUND,
      enabled: ['urn:xmpp:carbons:2'],
      unsaved: undefined,
    });
  });

  it('enabled nothing unless a resource was bound along with it', () => {
    const first = begin(withToken('HT-SHA-256-EXPR', { enables: ['urn:xmpp:carbons:2'] }));
    const outcome = { ...BOUND, bound: undefined, identifier: 'juliet@example.org' };
    expect(steps(first, STARTED, succeeded(outcome), VERIFIED).snapshot.output?.enabled).toEqual([]);
  });
});

describe('a token that is refused', () => {
  it.each(['not-authorized', 'credentials-expired', 'temporary-auth-failure', 'malformed-request'] as const)(
    'with %s is followed by a password, on the same stream (XEP-0484 §4.1)',
    (condition) => {
      const first = begin(withToken('HT-SHA-256-EXPR'));
      const events = [STARTED, refusedBy(condition), refused(condition), STARTED, CHALLENGED];
      expect(trail(first, events)).toEqual([
        ['exchanging.awaitingServer', 'transport ← sasl.authenticate HT-SHA-256-EXPR'],
        ['exchanging.refused', 'exchange ← sasl.failed'],
        ['exchanging.preparing', 'stop exchange', 'start exchange'],
        ['exchanging.awaitingServer', 'transport ← sasl.authenticate SCRAM-SHA-256-PLUS'],
        ['exchanging.answering', 'exchange ← sasl.challenged'],
      ]);
    },
  );

  const again = steps(
    begin(withToken('HT-SHA-256-EXPR')),
    STARTED,
    refusedBy('not-authorized'),
    refused('not-authorized'),
  );

  it('is used no more, and another is asked for under the name of this installation', () => {
    const { recalled, settings } = again.snapshot.context;
    expect(recalled.token).toBeUndefined();
    expect(again.exchange).toMatchObject({
      mechanism: 'SCRAM-SHA-256-PLUS',
      usesToken: false,
      requestedToken: 'HT-SHA-256-EXPR',
      userAgent: settings.userAgent.id,
      // It is nothing that the user got wrong.
      reason: undefined,
    });
  });

  it('keeps the pin: nothing weaker is taken instead', () => {
    const pinned = withToken('HT-SHA-256-EXPR', { pin: 'SCRAM-SHA-256-PLUS', mechanisms: ['SCRAM-SHA-512', 'PLAIN'] });
    const last = steps(begin(pinned), STARTED, refusedBy('not-authorized'), refused('not-authorized'));
    expect([choiceOf(last), last.snapshot.output?.mechanism]).toEqual(['sasl/downgrade', undefined]);
  });

  it('leaves nothing where nothing else was offered: whoever began without knowing the offer has to look at it', () => {
    const early = withToken('HT-SHA-256-EXPR', { mechanisms: [], inline: inline(['HT-SHA-256-EXPR']) });
    const last = steps(begin(early), STARTED, refusedBy('not-authorized'), refused('not-authorized'));
    expect([last.path, ...last.effects]).toEqual(['failed', 'stop exchange']);
    expect([choiceOf(last), last.snapshot.output?.mechanism]).toEqual(['sasl/no-mechanism', undefined]);
  });

  it.each(['malformed-challenge', 'tasks-required'] as const)(
    'is another matter than an answer that lets nothing follow on this stream: %s',
    (condition) => {
      const last = steps(begin(withToken('HT-SHA-256-EXPR')), STARTED, refusedBy(condition), refused(condition));
      expect([last.path, choiceOf(last)]).toEqual(['failed', `sasl/${condition}`]);
    },
  );

  it('is the end of it where a password is refused, too', () => {
    const last = steps(again, STARTED, refusedBy('not-authorized'), refused('not-authorized'));
    expect([last.path, last.snapshot.output?.mechanism, choiceOf(last)]).toEqual([
      'failed',
      'SCRAM-SHA-256-PLUS',
      'sasl/not-authorized',
    ]);
  });
});

describe('a token that cannot be used after all', () => {
  it.each<[string, AuthenticationEvent]>([
    ['is gone from the store', failed('missing-credentials')],
    ['would be bound to a value that cannot be had', failed('aborted')],
  ])('because it %s is followed by a password: nothing was sent yet', (_title, event) => {
    const next = steps(begin(withToken('HT-SHA-256-EXPR')), event);
    expect([next.path, ...next.effects]).toEqual(['exchanging.preparing', 'stop exchange', 'start exchange']);
    expect(next.exchange).toMatchObject({ mechanism: 'SCRAM-SHA-256-PLUS', usesToken: false });
  });

  it('fails the login where the server does not prove that it knows it', () => {
    const last = steps(
      begin(withToken('HT-SHA-256-EXPR')),
      STARTED,
      SUCCEEDED_ALONG,
      failed('server-not-authenticated'),
    );
    expect([last.path, ...last.effects]).toEqual(['failed', 'stop exchange']);
    expect(choiceOf(last)).toBe('sasl/server-not-authenticated');
  });

  it('fails the login where the server is silent', () => {
    const last = steps(
      begin(withToken('HT-SHA-256-EXPR')),
      STARTED,
      passed('answerDeadline', 'exchanging.awaitingServer'),
    );
    expect([last.path, choiceOf(last), last.told]).toEqual([
      'failed',
      'sasl/temporary-auth-failure',
      [{ type: 'sasl.abort', profile: 'sasl2' }],
    ]);
  });
});

function succeeded(outcome: Sasl2Outcome): AuthenticationEvent {
  return { type: 'sasl.succeeded', payload: undefined, outcome };
}
