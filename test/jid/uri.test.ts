import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatXmppUri, JidError, parseJid, parseXmppUri, tryParseJid, type XmppUri } from '../../src/jid/index.ts';

const NOTHING = { jid: undefined, account: undefined, queryType: undefined, parameters: new Map<string, string>() };
const NODE = parseJid('node@example.com');

/** RFC 5122 §2 and XEP-0147 §3: URIs that are written as they were read. */
const EXAMPLES: readonly (readonly [uri: string, meaning: XmppUri])[] = [
  ['xmpp:node@example.com', { jid: NODE }],
  ['xmpp:example.com', { jid: parseJid('example.com') }],
  ['xmpp:example.com/some-resource', { jid: parseJid('example.com/some-resource') }],
  ['xmpp://node@example.com', { account: NODE }],
  [
    'xmpp://guest@example.com/support@example.com?message',
    { account: parseJid('guest@example.com'), jid: parseJid('support@example.com'), queryType: 'message' },
  ],
  ['xmpp://guest@example.com?message', { account: parseJid('guest@example.com'), queryType: 'message' }],
  ['xmpp:support@example.com?message', { jid: parseJid('support@example.com'), queryType: 'message' }],
  [
    'xmpp://guest@example.com/support@example.com/desk?message;subject=Hello%20World',
    {
      account: parseJid('guest@example.com'),
      jid: parseJid('support@example.com/desk'),
      queryType: 'message',
      parameters: new Map([['subject', 'Hello World']]),
    },
  ],
  [
    'xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com',
    { jid: parseJid('nasty!#$%()*+,-.;=?[\\]^_`{|}~node@example.com') },
  ],
  [
    "xmpp:node@example.com/repulsive%20!%23%22$%25&'()*+,-.%2F:;%3C=%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~resource",
    { jid: parseJid('node@example.com/repulsive !#"$%&\'()*+,-./:;<=>?@[\\]^_`{|}~resource') },
  ],
  ['xmpp:ji%C5%99i@%C4%8Dechy.example/v%20Praze', { jid: parseJid('ji\u0159i@\u010dechy.example/v Praze') }],
  ['xmpp:node@[2001:db8::1]/x', { jid: parseJid('node@[2001:db8::1]/x') }],
  [
    'xmpp:romeo@montague.net?message;subject=Test%20Message;body=Here%27s%20a%20test%20message',
    {
      jid: parseJid('romeo@montague.net'),
      queryType: 'message',
      parameters: new Map([
        ['subject', 'Test Message'],
        ['body', "Here's a test message"],
      ]),
    },
  ],
  [
    'xmpp:romeo@montague.net?roster;name=Romeo%20Montague;group=Friends',
    {
      jid: parseJid('romeo@montague.net'),
      queryType: 'roster',
      parameters: new Map([
        ['name', 'Romeo Montague'],
        ['group', 'Friends'],
      ]),
    },
  ],
  [
    'xmpp:node@example.com?message;body=%2A%3F%5E',
    { jid: NODE, queryType: 'message', parameters: new Map([['body', '*?^']]) },
  ],
  // Not of the RFC, but in use: pairs without an action.
  [
    'xmpp:romeo@montague.net?omemo-sid-1=abc;omemo-sid-2=def',
    {
      jid: parseJid('romeo@montague.net'),
      parameters: new Map([
        ['omemo-sid-1', 'abc'],
        ['omemo-sid-2', 'def'],
      ]),
    },
  ],
];

/** Other ways to write the same. */
const VARIANTS: readonly (readonly [uri: string, meaning: XmppUri])[] = [
  ['XMPP:Node@EXAMPLE.com', { jid: NODE }],
  ['xmpp:node@example.com#fragment?message', { jid: NODE }],
  ['xmpp:node@example.com?message#fragment', { jid: NODE, queryType: 'message' }],
  ['xmpp:node@example.com?', { jid: NODE }],
  ['xmpp:ji\u0159i@\u010dechy.example', { jid: parseJid('ji\u0159i@\u010dechy.example') }],
  ['xmpp:node@example.com/a/b?c@d', { jid: parseJid('node@example.com/a/b'), queryType: 'c@d' }],
  [
    'xmpp:node@example.com?join;password;nick=a=b;nick=c;=d;__proto__=e',
    {
      jid: NODE,
      queryType: 'join',
      parameters: new Map([
        ['password', ''],
        ['nick', 'a=b'],
        ['__proto__', 'e'],
      ]),
    },
  ],
  [
    'xmpp:node@example.com?message;body=a%3Bsubject%3Db%26',
    {
      jid: NODE,
      queryType: 'message',
      parameters: new Map([['body', 'a;subject=b&']]),
    },
  ],
  [
    'xmpp:node@example.com?message;body=a+b',
    { jid: NODE, queryType: 'message', parameters: new Map([['body', 'a+b']]) },
  ],
];

describe('an xmpp: URI', () => {
  test.each(EXAMPLES)('%s is read and written', (uri, meaning) => {
    expect(parseXmppUri(uri)).toEqual({ ...NOTHING, ...meaning });
    expect(formatXmppUri(meaning)).toBe(uri);
  });

  test.each(VARIANTS)('%s is read', (uri, meaning) => {
    expect(parseXmppUri(uri)).toEqual({ ...NOTHING, ...meaning });
  });

  test.each([
    ['', 'invalid-uri'],
    ['node@example.com', 'invalid-uri'],
    ['http:node@example.com', 'invalid-uri'],
    ['xmpp:', 'invalid-uri'],
    ['mailto:xmpp:node@example.com', 'invalid-uri'],
    ['xmpp:?message', 'invalid-uri'],
    ['xmpp://example.com', 'invalid-uri'],
    ['xmpp:node@example.com?message;body=%', 'invalid-uri'],
    ['xmpp:node@example.com?message;body=%ff', 'invalid-uri'],
    ['xmpp:node%@example.com', 'invalid-uri'],
    ['xmpp:node%40example.com', 'invalid-domainpart'],
    ['xmpp:no%2Fde@example.com', 'invalid-localpart'],
    ['xmpp:no%20de@example.com', 'invalid-localpart'],
    ['xmpp:node@example.com%2Fresource', 'invalid-domainpart'],
    ['xmpp:node@example.com/', 'invalid-resourcepart'],
    ['xmpp:node@example.com/%00', 'invalid-resourcepart'],
    ['xmpp:///node@example.com', 'invalid-domainpart'],
  ])('%j is none: %s', (uri, condition) => {
    expect(() => parseXmppUri(uri)).toThrow(expect.objectContaining({ name: 'JidError', condition }));
  });

  test('that is none is refused with an example of one', () => {
    const expected = 'an XMPP URI, as in xmpp:juliet@example.com?message;subject=Hello';
    expect(() => parseXmppUri('xmpp:?')).toThrow(new JidError('invalid-uri', expected, 'xmpp:?'));
    expect(() => formatXmppUri({})).toThrow(new JidError('invalid-uri', expected, ''));
  });

  test('is not written without an address, for an account that is none, nor with half a character', () => {
    const invalid = expect.objectContaining({ code: 'jid/invalid-uri' });
    expect(() => formatXmppUri({ queryType: 'message' })).toThrow(invalid);
    expect(() => formatXmppUri({ account: parseJid('example.com') })).toThrow(invalid);
    expect(() => formatXmppUri({ jid: NODE, queryType: '\ud800' })).toThrow(invalid);
  });

  test('may be written as an IRI, for people', () => {
    const jid = parseJid('ji\u0159i@\u010dechy.example/v Praze');
    const uri = { jid, queryType: 'message', parameters: new Map([['body', 'ahoj \u202e\u2764']]) };
    expect(formatXmppUri(uri, { iri: true })).toBe(
      'xmpp:ji\u0159i@\u010dechy.example/v%20Praze?message;body=ahoj%20%E2%80%AE\u2764',
    );
  });

  test('gives back whatever was written into it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const jid = fc
      .tuple(fc.string({ unit: fc.constantFrom(...'az09!#$%()*+,-.;=?[]\\^_`{|}~\u00e9\u0161'), minLength: 1 }), text)
      .map(([localpart, resourcepart]) => tryParseJid(`${localpart}@example.com/${resourcepart}`));
    fc.assert(
      fc.property(jid, text, fc.dictionary(text, text), fc.boolean(), (address, queryType, pairs, iri) => {
        fc.pre(address !== undefined);
        const uri = { jid: address, account: undefined, queryType, parameters: new Map(Object.entries(pairs)) };
        expect(parseXmppUri(formatXmppUri(uri, { iri }))).toEqual(uri);
      }),
    );
  });
});
