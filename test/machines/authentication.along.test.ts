import { describe, expect, it } from 'vitest';
import { buildBind2, buildFast, buildRequestToken } from '../../src/sasl/index.ts';
import {
  ANSWERED,
  begin,
  CHALLENGED,
  channel,
  payload,
  type Situation,
  STARTED,
  steps,
  TLS_12,
} from './authentication-steps.ts';
import { ALL_TOKENS, inline, withToken } from './authentication-tokens.ts';

describe('a login with a password asks for a token (XEP-0484 §3.2)', () => {
  it.each<[string, Situation, string | undefined]>([
    ['for the strongest that this connection can be bound by', withToken(undefined), 'HT-SHA-256-EXPR'],
    ['for that of TLS 1.2', withToken(undefined, { channel: TLS_12 }), 'HT-SHA-256-UNIQ'],
    [
      'for the strongest of those that are offered',
      withToken(undefined, { inline: inline(['HT-SHA-256-NONE', 'HT-SHA-256-ENDP']) }),
      'HT-SHA-256-ENDP',
    ],
    [
      'for one without binding where there is nothing to bind to',
      withToken(undefined, { channel: channel('TLSv1.3') }),
      'HT-SHA-256-NONE',
    ],
    [
      'for one that may be used later',
      withToken(undefined, { options: { mechanisms: ['SCRAM-SHA-256', 'HT-SHA-256-ENDP'] } }),
      'HT-SHA-256-ENDP',
    ],
    [
      'even if it has one that the server takes no more',
      withToken('HT-SHA-256-NONE', { inline: inline(['HT-SHA-256-EXPR']) }),
      'HT-SHA-256-EXPR',
    ],
    ['but not where none is offered', withToken(undefined, { inline: inline(undefined) }), undefined],
    ['but not for one that nobody knows', withToken(undefined, { inline: inline(['HT-SHA3-512-EXPR']) }), undefined],
    ['but not where none is kept', withToken(undefined, { options: { tokens: false } }), undefined],
    [
      'but not for one that may not be used',
      withToken(undefined, { options: { mechanisms: ['SCRAM-SHA-256'] } }),
      undefined,
    ],
    [
      'but not for one that binds less than is required',
      withToken(undefined, { options: { channelBinding: 'require' }, inline: inline(['HT-SHA-256-NONE']) }),
      undefined,
    ],
    [
      'but not for one that binds less than before',
      withToken(undefined, { pin: 'SCRAM-SHA-256-PLUS', inline: inline(['HT-SHA-256-NONE']) }),
      undefined,
    ],
    ['but not in clear', withToken(undefined, { channel: undefined, mayShowPassword: false }), undefined],
    ['but not in the profile of RFC 6120', withToken(undefined, { profile: 'sasl', inline: undefined }), undefined],
  ])('%s', (_title, situation, requestedToken) => {
    expect(begin(situation).exchange).toMatchObject({ usesToken: false, requestedToken });
  });
});

describe('along with the first message goes (XEP-0388 §2.3)', () => {
  const requests = [buildBind2({ tag: 'Nurse' })];
  const userAgent = { id: 'd4565fa7-4d72-4749-b3d3-740edbf87770', software: 'Nurse', device: 'balcony' };
  const options = { userAgent };

  it.each<[string, Situation, string, unknown]>([
    [
      'with a password: what is asked for, and the wish for a token',
      withToken(undefined, { requests, options }),
      'SCRAM-SHA-256-PLUS',
      { userAgent, inline: [...requests, buildRequestToken('HT-SHA-256-EXPR')] },
    ],
    [
      'with a password, where no token is wished: what is asked for alone',
      withToken(undefined, { requests, options: { ...options, tokens: false } }),
      'SCRAM-SHA-256-PLUS',
      { userAgent, inline: requests },
    ],
    [
      'with a token: what is asked for, that it is one, and whom it was given to (XEP-0484 §3.4)',
      withToken('HT-SHA-256-EXPR', { requests, options }),
      'HT-SHA-256-EXPR',
      { userAgent: { ...userAgent, id: 'of-the-token' }, inline: [...requests, buildFast()] },
    ],
    [
      'with a password beside a token for another mechanism: the same user agent as always',
      withToken('HT-SHA-256-NONE', { requests, options, inline: inline(['HT-SHA-256-EXPR']) }),
      'SCRAM-SHA-256-PLUS',
      {
        userAgent: { ...userAgent, id: 'of-the-token' },
        inline: [...requests, buildRequestToken('HT-SHA-256-EXPR')],
      },
    ],
    [
      'where nothing is asked for: who we are',
      withToken(undefined, { options: { ...options, tokens: false } }),
      'SCRAM-SHA-256-PLUS',
      { userAgent, inline: [] },
    ],
  ])('%s', (_title, situation, mechanism, along) => {
    const { told } = steps(begin(situation), STARTED);
    expect(told).toEqual([{ type: 'sasl.authenticate', mechanism, payload, along }]);
  });

  it('what a token is kept with: who got it, and what can be done in the first flight next time', () => {
    const { exchange } = begin(
      withToken(undefined, { options, inline: { bind: ['urn:xmpp:csi:0'], sm: true, fast: ALL_TOKENS } }),
    );
    expect(exchange).toMatchObject({
      requestedToken: 'HT-SHA-256-EXPR',
      userAgent: userAgent.id,
      inline: { bind: ['urn:xmpp:csi:0'], sm: true },
    });
    expect(Object.keys(exchange?.inline ?? {})).toEqual(['bind', 'sm']);
  });

  it('the new profile in answers, too', () => {
    const answered = steps(begin(withToken(undefined)), STARTED, CHALLENGED, ANSWERED);
    expect(answered.told).toEqual([{ type: 'sasl.respond', profile: 'sasl2', payload }]);
  });
});
