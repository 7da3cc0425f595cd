import { describe, expect, test } from 'vitest';
import { chooseMechanism, noMechanismError } from '../../src/sasl/index.ts';

const ALL = ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

describe('the choice of a mechanism', () => {
  test.each([
    ['the strongest of all', ALL, { secure: true }, 'SCRAM-SHA-512'],
    ['the strongest that is offered', ['SCRAM-SHA-1', 'PLAIN'], { secure: true }, 'SCRAM-SHA-1'],
    ['PLAIN where nothing else is offered', ['PLAIN'], { secure: true }, 'PLAIN'],
    ['SCRAM without TLS', ALL, { secure: false }, 'SCRAM-SHA-512'],
    ['no PLAIN without TLS', ['PLAIN'], { secure: false }, undefined],
    ['the only one that is allowed', ALL, { secure: true, allow: ['SCRAM-SHA-1'] }, 'SCRAM-SHA-1'],
    ['no PLAIN without TLS even if allowed', ALL, { secure: false, allow: ['PLAIN'] }, undefined],
    ['none where none is allowed', ALL, { secure: true, allow: [] }, undefined],
    ['none that it does not know', ['X-OAUTH2', '__proto__', ''], { secure: true }, undefined],
    ['none in other letters', ['scram-sha-256'], { secure: true }, undefined],
    ['one as strong as before', ['SCRAM-SHA-256'], { secure: true, atLeast: 'SCRAM-SHA-256' }, 'SCRAM-SHA-256'],
    ['one stronger than before', ALL, { secure: true, atLeast: 'SCRAM-SHA-256' }, 'SCRAM-SHA-512'],
    ['none weaker than before', ['SCRAM-SHA-1', 'PLAIN'], { secure: true, atLeast: 'SCRAM-SHA-256' }, undefined],
    ['none if the one before is unknown', ALL, { secure: true, atLeast: 'SCRAM-SHA-256-PLUS' }, undefined],
  ])('is %s', (_, offered, options, name) => {
    expect(chooseMechanism(offered, options).chosen?.name).toBe(name);
  });

  test('says what it refused and why, each once', () => {
    const offered = ['SCRAM-SHA-1-PLUS', 'X-OAUTH2', 'PLAIN', 'SCRAM-SHA-1', 'PLAIN', 'SCRAM-SHA-256'];
    const choice = chooseMechanism(offered, { secure: false, allow: ['PLAIN', 'SCRAM-SHA-256'] });
    expect(choice).toMatchObject({ chosen: { name: 'SCRAM-SHA-256' } });
    expect(choice.refused).toEqual([
      { name: 'SCRAM-SHA-1-PLUS', cause: 'not-allowed', reason: 'it is not among the allowed ones' },
      { name: 'X-OAUTH2', cause: 'unknown', reason: 'this client does not know it' },
      {
        name: 'PLAIN',
        cause: 'insecure',
        reason: 'it would show the password, since the connection has no verified TLS',
      },
      { name: 'SCRAM-SHA-1', cause: 'not-allowed', reason: 'it is not among the allowed ones' },
    ]);
  });
});

describe('the error where there is no choice', () => {
  test('lists what was offered and why it is refused', () => {
    const error = noMechanismError(chooseMechanism(['X-OAUTH2', 'PLAIN'], { secure: false }));
    expect(error.code).toBe('sasl/no-mechanism');
    expect(error.message).toBe(
      'The server offers no SASL mechanism that may be used: "X-OAUTH2" (this client does not know it), ' +
        '"PLAIN" (it would show the password, since the connection has no verified TLS)',
    );
  });

  test('says so if nothing was offered', () => {
    const error = noMechanismError(chooseMechanism([], { secure: true }));
    expect(error).toMatchObject({ condition: 'no-mechanism', message: 'The server offers no SASL mechanism' });
  });

  test('is a downgrade if better was used before', () => {
    const error = noMechanismError(chooseMechanism(['PLAIN'], { secure: true, atLeast: 'SCRAM-SHA-1' }));
    expect(error).toMatchObject({
      condition: 'downgrade',
      message:
        'The server offers no SASL mechanism that may be used: "PLAIN" (it is weaker than SCRAM-SHA-1, which worked before)',
    });
  });

  test('does not grow with what the server sends', () => {
    const offered = Array.from({ length: 10_000 }, (_, index) => `${index}\n${'X'.repeat(1000)}`);
    const { message } = noMechanismError(chooseMechanism(offered, { secure: true }));
    expect(message.length).toBeLessThan(4000);
    expect(message).toMatch(/, and 9988 more$/);
    expect(message).not.toContain('\n');
  });
});
