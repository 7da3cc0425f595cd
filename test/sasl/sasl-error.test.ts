import { describe, expect, test } from 'vitest';
import { XmppError } from '../../src/errors/index.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { buildFailure } from '../../src/sasl/server.ts';
import { element } from '../../src/xml/element.ts';

const NS = 'urn:ietf:params:xml:ns:xmpp-sasl';

describe('the error of a failure', () => {
  test.each([
    'aborted',
    'account-disabled',
    'credentials-expired',
    'encryption-required',
    'incorrect-encoding',
    'invalid-authzid',
    'invalid-mechanism',
    'malformed-request',
    'mechanism-too-weak',
    'not-authorized',
    'temporary-auth-failure',
  ] as const)('keeps the condition %s', (condition) => {
    const error = SaslError.fromElement(buildFailure(condition));
    expect(error).toBeInstanceOf(XmppError);
    expect(error).toMatchObject({ name: 'SaslError', code: `sasl/${condition}`, condition, text: undefined });
    expect(error.hint).toMatch(/\.$/);
  });

  test('keeps the text, and names the account in the hint', () => {
    const error = SaslError.fromElement(buildFailure('account-disabled', 'Call 212-555-1212'), 'user@example.org');
    expect(error).toMatchObject({
      condition: 'account-disabled',
      text: 'Call 212-555-1212',
      message: 'The server refused the authentication with account-disabled: "Call 212-555-1212"',
      hint: 'Ask the operator of the server why user@example.org is disabled.',
    });
  });

  test('puts an account with $& in its name into the hint as it is', () => {
    expect(SaslError.fromElement(buildFailure('not-authorized'), '$&@x').hint).toBe(
      'Check the username and password of $&@x.',
    );
  });

  test.each([
    ['no condition', element(`{${NS}}failure`)],
    ['only character data', element(`{${NS}}failure`, {}, 'not-authorized')],
    ['a condition nobody defined', element(`{${NS}}failure`, {}, element('bad-weather'))],
    ['a name of Object.prototype', element(`{${NS}}failure`, {}, element('constructor'))],
    ['a condition in another namespace', element(`{${NS}}failure`, {}, element('{urn:other}not-authorized'))],
    ['a condition of this client', element(`{${NS}}failure`, {}, element('server-not-authenticated'))],
  ])('is undefined-condition for %s', (_, failure) => {
    expect(SaslError.fromElement(failure).condition).toBe('undefined-condition');
  });

  test('is read whatever stands around the condition, and from SASL2', () => {
    const failure = element('{urn:xmpp:sasl:2}failure', {}, ' ', element('{urn:other}extra'));
    const children = [...failure.children, element(`{${NS}}aborted`), element('{urn:xmpp:sasl:2}text', {}, 'Bye')];
    expect(SaslError.fromElement({ ...failure, children })).toMatchObject({ condition: 'aborted', text: 'Bye' });
  });

  test('has a message of one line, however long and odd the text', () => {
    const text = `a\n\u202e\u2028"${'x'.repeat(100_000)}`;
    const error = SaslError.fromElement(buildFailure('not-authorized', text));
    expect(error.text).toBe(text);
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).not.toMatch(/[\p{C}\p{Zl}]/u);
  });
});
