import { describe, expect, test } from 'vitest';
import { STREAM_CONDITIONS, StreamError, type StreamErrorCondition } from '../../src/stream/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

/** RFC 6120 §4.9.3. */
const CONDITIONS: readonly StreamErrorCondition[] = [
  'bad-format',
  'bad-namespace-prefix',
  'conflict',
  'connection-timeout',
  'host-gone',
  'host-unknown',
  'improper-addressing',
  'internal-server-error',
  'invalid-from',
  'invalid-namespace',
  'invalid-xml',
  'not-authorized',
  'not-well-formed',
  'policy-violation',
  'remote-connection-failed',
  'reset',
  'resource-constraint',
  'restricted-xml',
  'see-other-host',
  'system-shutdown',
  'undefined-condition',
  'unsupported-encoding',
  'unsupported-feature',
  'unsupported-stanza-type',
  'unsupported-version',
];

const NS = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'";

function parse(inner: string): StreamError {
  return StreamError.fromElement(
    parseElement(`<stream:error xmlns:stream='http://etherx.jabber.org/streams'>${inner}</stream:error>`),
  );
}

test('all conditions of RFC 6120 §4.9.3 are known, and no others', () => {
  expect(Object.keys(STREAM_CONDITIONS)).toEqual(CONDITIONS);
});

describe.each(CONDITIONS)('%s', (condition) => {
  test('is read, and says in words what it is', () => {
    const error = parse(`<${condition} ${NS}/>`);
    expect(error).toMatchObject({ condition, code: `stream/${condition}`, name: 'StreamError' });
    expect(error.message).toMatch(new RegExp(`^Stream error ${condition}, [a-z]`));
  });

  test('comes back from its element as it went', () => {
    const error = new StreamError(condition, {
      text: 'For <people> & others',
      lang: 'en',
      host: condition === 'see-other-host' ? '[2001:db8::1]:9222' : undefined,
      application: element('{http://example.com/ns}more', {}, 'x'),
    });
    expect({ ...StreamError.fromElement(error.toElement()) }).toEqual({ ...error });
  });
});

describe('a stream error', () => {
  test('is read with all that it carries (RFC 6120 §4.9.4)', () => {
    const error = parse(
      `<not-well-formed ${NS}/><text xml:lang='en' ${NS}>Some special application diagnostic information!</text>` +
        "<escape-your-data xmlns='http://example.org/ns'/>",
    );
    expect({ ...error, message: error.message }).toEqual({
      name: 'StreamError',
      level: 'stream',
      attempts: [],
      message:
        'Stream error not-well-formed, the XML is not well-formed: "Some special application diagnostic information!"',
      condition: 'not-well-formed',
      text: 'Some special application diagnostic information!',
      lang: 'en',
      host: undefined,
      application: parseElement("<escape-your-data xmlns='http://example.org/ns'/>"),
      hint: 'One side sends what the other cannot take for XMPP: check host and port; otherwise report it to the operator, with a log.',
      phase: undefined,
      endpoint: undefined,
    });
  });

  test('is written as RFC 6120 §4.9.3.19 has it', () => {
    expect(new StreamError('see-other-host', { host: '[2001:41D0:1:A49b::1]:9222' }).toElement()).toEqual(
      parseElement(
        `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><see-other-host ${NS}>[2001:41D0:1:A49b::1]:9222</see-other-host></stream:error>`,
      ),
    );
  });

  test.each([
    [
      'conflict',
      'The account is in use elsewhere with the same resource: end that session, or choose another resource.',
    ],
    ['host-unknown', 'Check the domain of the JID and the host that was configured for it.'],
    ['policy-violation', 'Send less, or smaller stanzas, or open fewer connections; the text may name the rule.'],
    ['system-shutdown', 'Try again later.'],
    ['not-authorized', 'Check the credentials and what the account may do.'],
  ])('%s says what a person can do', (condition, hint) => {
    expect(parse(`<${condition} ${NS}/>`).hint).toBe(hint);
  });

  test.each([
    ['a condition that no specification defines', `<tired ${NS}/>`, 'undefined-condition'],
    ['a condition called constructor', `<constructor ${NS}/>`, 'undefined-condition'],
    ['a condition called __proto__', `<__proto__ ${NS}/>`, 'undefined-condition'],
    ['a condition in another namespace', "<conflict xmlns='urn:x'/>", 'undefined-condition'],
    ['nothing in it', '', 'undefined-condition'],
    ['a text before the condition', `<text ${NS}>x</text><reset ${NS}/>`, 'reset'],
    ['the name of a condition in RFC 3920', `<xml-not-well-formed ${NS}/>`, 'not-well-formed'],
  ])('is understood in spite of %s', (_, xml, condition) => {
    expect(parse(xml)).toMatchObject({ condition });
  });

  test('names another host only where that is what it is about', () => {
    expect(parse(`<see-other-host ${NS}> other.example:5223\n</see-other-host>`).host).toBe('other.example:5223');
    expect(parse(`<see-other-host ${NS}/>`).host).toBeUndefined();
    expect(parse(`<conflict ${NS}>other.example</conflict>`).host).toBeUndefined();
  });
});
