import { describe, expect, test } from 'vitest';
import {
  type CredentialKind,
  chooseMechanism,
  isWeaker,
  MECHANISMS,
  noMechanismError,
  pinAfter,
} from '../../src/sasl/index.ts';
import { pinWithoutBinding } from '../../src/sasl/pinning.ts';

const CREDENTIALS: readonly CredentialKind[] = ['password', 'token', 'hashed-token', 'certificate', 'none'];
const NAMES = MECHANISMS.map(({ name }) => name);
const BOUND = NAMES.filter((name) => /^EXTERNAL$|-PLUS$|^HT-.*(?:EXPR|UNIQ|ENDP)$/.test(name));
const SHOWING = ['OAUTHBEARER', 'PLAIN'];

/** What may be used after a login with this mechanism. */
function allowedAfter(pinned: string): readonly string[] {
  return MECHANISMS.filter((mechanism) => !isWeaker(mechanism, pinned)).map(({ name }) => name);
}

test.each([
  ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'],
  ['SCRAM-SHA-256', 'SCRAM-SHA-256'],
  ['X-PLUS-Y', 'X-PLUS-Y'],
])('where nothing can be bound, of the pin %s counts %s', (pin, rest) => {
  expect(pinWithoutBinding(pin)).toBe(rest);
});

describe('after a login', () => {
  test.each<readonly [string, readonly string[]]>([
    ['SCRAM-SHA-256-PLUS', BOUND.filter((name) => name !== 'SCRAM-SHA-1-PLUS')],
    ['SCRAM-SHA-1-PLUS', BOUND],
    ['HT-SHA-256-EXPR', BOUND],
    ['SCRAM-SHA-512', [...BOUND, 'SCRAM-SHA-512', 'HT-SHA-256-NONE']],
    ['SCRAM-SHA-256', [...BOUND, 'SCRAM-SHA-512', 'SCRAM-SHA-256', 'HT-SHA-256-NONE']],
    ['SCRAM-SHA-1', NAMES.filter((name) => ![...SHOWING, 'ANONYMOUS'].includes(name))],
    ['HT-SHA-256-NONE', NAMES.filter((name) => ![...SHOWING, 'ANONYMOUS'].includes(name))],
    ['EXTERNAL', NAMES.filter((name) => ![...SHOWING, 'ANONYMOUS'].includes(name))],
    ['PLAIN', NAMES.filter((name) => name !== 'ANONYMOUS')],
    ['OAUTHBEARER', NAMES.filter((name) => name !== 'ANONYMOUS')],
    ['SCRAM-SHA3-512', []],
  ])('with %s, nothing is used that protects less', (pinned, allowed) => {
    expect(allowedAfter(pinned)).toEqual(allowed);
  });

  test('with channel binding, an offer without it is a downgrade', () => {
    const options = { secure: true, credentials: CREDENTIALS, atLeast: 'SCRAM-SHA-1-PLUS' };
    const choice = chooseMechanism(['SCRAM-SHA-512', 'PLAIN', 'OAUTHBEARER', 'HT-SHA-256-NONE', 'ANONYMOUS'], options);
    expect(choice.chosen).toBeUndefined();
    expect(noMechanismError(choice).condition).toBe('downgrade');
  });

  test('with channel binding, a connection that cannot bind is a downgrade too', () => {
    const choice = chooseMechanism(['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'], { secure: true, atLeast: 'SCRAM-SHA-1-PLUS' });
    expect(noMechanismError(choice).condition).toBe('downgrade');
  });

  test('a guess that was refused is not followed by less than before', () => {
    const binding = { available: ['tls-exporter'], tlsVersion: 'TLSv1.3', rejected: ['tls-exporter'] } as const;
    const offered = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
    expect(chooseMechanism(offered, { secure: true, binding }).chosen?.name).toBe('SCRAM-SHA-256');
    const pinned = chooseMechanism(offered, { secure: true, binding, atLeast: 'SCRAM-SHA-256-PLUS' });
    expect(pinned.chosen).toBeUndefined();
  });
});

describe('what is remembered', () => {
  test.each([
    ['the first mechanism', 'PLAIN', undefined, 'PLAIN'],
    ['the stronger one', 'SCRAM-SHA-256', 'PLAIN', 'SCRAM-SHA-256'],
    ['channel binding, once there was one', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS'],
    ['not a login with a token that says less', 'HT-SHA-256-NONE', 'SCRAM-SHA-512', 'SCRAM-SHA-512'],
    ['not even a bound one, after SCRAM that is bound', 'HT-SHA-256-EXPR', 'SCRAM-SHA-512-PLUS', 'SCRAM-SHA-512-PLUS'],
    ['not a certificate, after SCRAM that is bound', 'EXTERNAL', 'SCRAM-SHA-512-PLUS', 'SCRAM-SHA-512-PLUS'],
    ['the hash function, which tokens do not tell', 'SCRAM-SHA-512', 'HT-SHA-256-NONE', 'SCRAM-SHA-512'],
    ['the old one, if the new one is weaker', 'PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-1'],
    ['the old one, if it is unknown', 'SCRAM-SHA-512-PLUS', 'SCRAM-SHA3-512', 'SCRAM-SHA3-512'],
    ['the old one, if the new one is unknown', 'X', 'PLAIN', 'PLAIN'],
  ])('is %s', (_, used, before, pinned) => {
    expect(pinAfter(used, before)).toBe(pinned);
  });

  test('never allows what the old one refused, but for a hash function where there is channel binding now', () => {
    for (const before of NAMES) {
      for (const used of allowedAfter(before)) {
        const allowed = allowedAfter(pinAfter(used, before)).filter((name) => !allowedAfter(before).includes(name));
        expect(allowed.filter((name) => !BOUND.includes(name))).toEqual([]);
      }
    }
  });
});

describe('what the user has', () => {
  test.each<readonly [CredentialKind, string]>([
    ['password', 'SCRAM-SHA-512'],
    ['token', 'OAUTHBEARER'],
    ['hashed-token', 'HT-SHA-256-NONE'],
    ['certificate', 'EXTERNAL'],
    ['none', 'ANONYMOUS'],
  ])('decides: %s, %s', (kind, name) => {
    expect(chooseMechanism(NAMES, { secure: true, credentials: [kind] }).chosen?.name).toBe(name);
  });

  test('is a password if nobody says otherwise', () => {
    const choice = chooseMechanism(['EXTERNAL', 'ANONYMOUS', 'OAUTHBEARER', 'HT-SHA-256-NONE'], { secure: true });
    expect(choice.chosen).toBeUndefined();
    expect(choice.refused.map(({ cause, reason }) => [cause, reason])).toEqual([
      ['no-credentials', 'it needs a client certificate'],
      ['no-credentials', 'it needs the wish to be a guest'],
      ['no-credentials', 'it needs an access token'],
      ['no-credentials', 'it needs the token of an earlier login'],
    ]);
  });

  test('is not shown without TLS', () => {
    const choice = chooseMechanism(NAMES, { secure: false, credentials: CREDENTIALS });
    expect(choice.chosen?.name).toBe('SCRAM-SHA-512');
    const refused = choice.refused.filter(({ cause }) => cause === 'insecure').map(({ name }) => name);
    expect(refused).toEqual(NAMES.filter((name) => /^HT-|^EXTERNAL$|^OAUTHBEARER$|^PLAIN$/.test(name)));
  });

  test('is the token for the strongest binding that the connection has', () => {
    const offered = ['HT-SHA-256-NONE', 'HT-SHA-256-ENDP', 'HT-SHA-256-UNIQ', 'HT-SHA-256-EXPR'];
    const available = ['tls-exporter', 'tls-unique', 'tls-server-end-point'] as const;
    const choose = (tlsVersion: string, types: readonly string[]) => {
      const binding = { tlsVersion, available: available.filter((type) => types.includes(type)) };
      const { chosen, channelBinding } = chooseMechanism(offered, {
        secure: true,
        credentials: ['hashed-token'],
        binding,
      });
      return [chosen?.name, channelBinding];
    };
    expect(choose('TLSv1.3', available)).toEqual(['HT-SHA-256-EXPR', 'tls-exporter']);
    expect(choose('TLSv1.3', ['tls-unique', 'tls-server-end-point'])).toEqual([
      'HT-SHA-256-ENDP',
      'tls-server-end-point',
    ]);
    expect(choose('TLSv1.2', ['tls-unique', 'tls-server-end-point'])).toEqual(['HT-SHA-256-UNIQ', 'tls-unique']);
    expect(choose('TLSv1.3', [])).toEqual(['HT-SHA-256-NONE', undefined]);
  });
});
