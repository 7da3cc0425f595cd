import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSasl2Element, type Sasl2Message, SaslError, Sealed } from '../../src/sasl/index.ts';
import { buildSasl2Challenge, buildSasl2Failure } from '../../src/sasl/server.ts';
import { type Element, element, parseElement } from '../../src/xml/index.ts';
import { conditionOf, utf8 } from './scram-peer.ts';

const NS = 'urn:xmpp:sasl:2';

describe('a challenge', () => {
  test('is that of XEP-0388 §2.5, white space around it or not', () => {
    const base64 =
      'cj0xMkM0Q0Q1Qy1FMzhFLTRBOTgtOEY2RC0xNUMzOEY1MUNDQzZhMDkxMTdhNi1hYzUwLTRmMmYtOTNmMS05Mzc5OWMyYmRkZjYscz1RU1hDUitRNnNlazhiZjkyLGk9NDA5Ng==';
    const data = utf8(
      'r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6a09117a6-ac50-4f2f-93f1-93799c2bddf6,s=QSXCR+Q6sek8bf92,i=4096',
    );
    for (const text of [base64, `\n  ${base64}\n`]) {
      expect(challenge(parseElement(`<challenge xmlns='urn:xmpp:sasl:2'>${text}</challenge>`))).toEqual(data);
    }
  });

  test('may be empty', () => {
    expect(challenge(element(`{${NS}}challenge`))).toEqual(new Uint8Array(0));
    expect(challenge(element(`{${NS}}challenge`, {}, ' \n'))).toEqual(new Uint8Array(0));
  });

  test('brings any bytes as they were', () => {
    const property = fc.property(fc.uint8Array(), (bytes) => {
      expect(challenge(buildSasl2Challenge(new Sealed(bytes)))).toEqual(bytes);
    });
    fc.assert(property);
  });
});

describe('a failure', () => {
  test('is that of XEP-0388 §2.6.2', () => {
    const { error } = parsed(
      parseElement(`<failure xmlns='urn:xmpp:sasl:2'>
        <aborted xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
        <optional-application-specific xmlns='urn:something:else'/>
        <text>This is a terrible example.</text>
      </failure>`),
      'failure',
    );
    expect(error).toBeInstanceOf(SaslError);
    expect(error).toMatchObject({ condition: 'aborted', text: 'This is a terrible example.' });
  });

  test('may have its condition in the namespace of SASL2, as in old versions of Prosody', () => {
    const received = parseElement(
      "<failure xmlns='urn:xmpp:sasl:2'><malformed-request/><text>FAST is not available on this stream</text></failure>",
    );
    expect(parsed(received, 'failure').error).toMatchObject({
      condition: 'malformed-request',
      text: 'FAST is not available on this stream',
    });
  });

  test('is read as a server builds it, and names the account in the hint', () => {
    const message = parseSasl2Element(buildSasl2Failure('credentials-expired', 'Too old'), 'user@example.org');
    if (message?.type !== 'failure') throw new Error('expected a failure');
    expect(message.error).toMatchObject({ condition: 'credentials-expired', text: 'Too old' });
    expect(message.error.hint).toContain('user@example.org');
  });
});

describe('a demand for tasks', () => {
  test('is an error that names them (XEP-0388 §2.6.3)', () => {
    const message = parseSasl2Element(
      parseElement(`<continue xmlns='urn:xmpp:sasl:2'>
        <additional-data>
          SSdtIGJvcmVkIG5vdy4=
        </additional-data>
        <tasks>
          <task>HOTP-EXAMPLE</task>
          <task>TOTP-EXAMPLE</task>
        </tasks>
        <text>This account requires 2FA</text>
      </continue>`),
      'user@example.org',
    );
    if (message?.type !== 'continue') throw new Error('expected a demand for tasks');
    expect(message.error).toBeInstanceOf(SaslError);
    expect(message.error).toMatchObject({
      condition: 'tasks-required',
      code: 'sasl/tasks-required',
      text: 'This account requires 2FA',
      message: 'The server asks for a further step ("HOTP-EXAMPLE", "TOTP-EXAMPLE"): "This account requires 2FA"',
      hint: 'Ask the operator of the server how programs log in to user@example.org without a further step.',
    });
  });

  test.each([
    ['nothing', ''],
    ['no task', '<tasks/>'],
    [
      'tasks of another namespace',
      "<tasks xmlns='urn:x'><task>A</task></tasks><tasks><task xmlns='urn:x'>A</task></tasks>",
    ],
  ])('may name none: %s', (_, inner) => {
    const { error } = parsed(parseElement(`<continue xmlns='urn:xmpp:sasl:2'>${inner}</continue>`), 'continue');
    expect(error).toMatchObject({
      condition: 'tasks-required',
      text: undefined,
      message: 'The server asks for a further step (unnamed)',
    });
  });

  test('has a message of one line, however many there are, and however odd their names', () => {
    const tasks = Array.from({ length: 10_000 }, (_, n) => element('task', {}, `T${n}\n\u202e${'x'.repeat(500)}`));
    const text = element('text', {}, 'y'.repeat(10_000));
    const { error } = parsed(element(`{${NS}}continue`, {}, element('tasks', {}, tasks), text), 'continue');
    expect(error.message).toContain('and 9988 more');
    expect(error.message.length).toBeLessThan(3_000);
    expect(error.message).not.toMatch(/[\p{C}\p{Zl}]/u);
  });
});

test.each(['AA', 'AAA', 'A===', 'AA= =', 'AA\nAA', '=', '==', 'AAAA=', 'AA==AAAA', 'AB==', 'AAB=', 'A-_A', 'AAAé'])(
  '%j is not base64',
  async (text) => {
    const data = element('additional-data', {}, text);
    const identifier = element('authorization-identifier', {}, 'a@b');
    for (const received of [
      element(`{${NS}}challenge`, {}, text),
      element(`{${NS}}success`, {}, data, identifier),
      element(`{${NS}}challenge`, {}, 'AAAA', element('x')),
    ]) {
      expect(await conditionOf(() => parseSasl2Element(received))).toBe('malformed-challenge');
    }
  },
);

test.each([
  element('{jabber:client}success'),
  element('{urn:ietf:params:xml:ns:xmpp-sasl}success'),
  element('{urn:xmpp:sasl:1}success'),
  element(`{${NS}}authenticate`, { mechanism: 'PLAIN' }),
  element(`{${NS}}task-data`),
  element(`{${NS}}constructor`),
])('%j is none of the messages of a server', (received) => {
  expect(parseSasl2Element(received)).toBeUndefined();
});

function parsed<Type extends Sasl2Message['type']>(
  received: Element,
  type: Type,
): Extract<Sasl2Message, { type: Type }> {
  const message = parseSasl2Element(received);
  if (!isOf(message, type)) throw new Error(`expected ${type}, got ${message?.type}`);
  return message;
}

function isOf<Type extends Sasl2Message['type']>(
  message: Sasl2Message | undefined,
  type: Type,
): message is Extract<Sasl2Message, { type: Type }> {
  return message?.type === type;
}

function challenge(received: Element): Uint8Array {
  return parsed(received, 'challenge').payload.reveal();
}
