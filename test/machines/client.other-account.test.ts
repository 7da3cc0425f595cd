import { describe, expect, it } from 'vitest';
import { buildBind2 } from '../../src/sasl/index.ts';
import { answered, authenticated, bound, login, SETTLING, type Step, steps } from './client-steps.ts';
import { BOUND_OFFER, SASL2_OFFER, sasl2Login, succeeded } from './login-steps.ts';

/*
 * A certificate or an access token can be of another account than the JID, and servers take it for what it is.
 */

describe('a server that logs in another account', () => {
  it('is left where it says so when it binds a resource (RFC 6120 §7.6)', () => {
    const { binding } = login();
    const left = steps(binding, answered(binding.snapshot, 'result', bound('romeo@example.org/orchard')));
    expect(errorOf(left)).toEqual([
      'failed.terminal',
      'sasl/other-account',
      'The server logged in romeo@example.org instead of juliet@example.org',
    ]);
  });

  it.each([
    ['with a resource along', buildBind2(), 'romeo@example.org/orchard'],
    ['without one', undefined, 'romeo@example.org'],
  ])('is left where it says so in its success, %s (XEP-0388 §2.6.1)', (_title, alongBound, identifier) => {
    const success = succeeded({ identifier, bound: alongBound });
    const left = steps(sasl2Login().exchanging, success, authenticated(), alongBound ? BOUND_OFFER : SASL2_OFFER);
    expect(errorOf(left).slice(0, 2)).toEqual(['failed.terminal', 'sasl/other-account']);
  });

  it('is none where nobody said who wants to log in: guests are given an address', () => {
    const guest = { jid: 'example.org', mechanisms: ['ANONYMOUS'] };
    const { binding } = login(guest);
    const online = steps(binding, answered(binding.snapshot, 'result', bound('a-guest@example.org/1')));
    expect([online.path, online.snapshot.context.jid.full]).toEqual([SETTLING, 'a-guest@example.org/1']);
  });
});

function errorOf({ path, snapshot }: Step): unknown[] {
  const { error } = snapshot.context;
  return [path, error?.code, error?.message];
}
