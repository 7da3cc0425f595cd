import { describe, expect, it } from 'vitest';
import {
  documentFraming,
  type FramedToken,
  type Framing,
  messageFraming,
  StreamError,
  type StreamReader,
} from '../../src/stream/index.ts';
import { DEFAULT_LIMITS, element, parseElement, type XmlLimits } from '../../src/xml/index.ts';

const NS = 'urn:ietf:params:xml:ns:xmpp-framing';
const OPEN = `<open xmlns='${NS}' from='example.org' id='s1' version='1.0' xml:lang='en'/>`;
const CLOSE = `<close xmlns='${NS}'/>`;
const MESSAGE = "<message xmlns='jabber:client'><body>Hi</body></message>";

describe('what is written', () => {
  const header = { from: 'juliet@example.org', to: 'example.org', lang: 'de' };
  const error = new StreamError('reset', { text: 'a < b' });

  it('is one document (RFC 6120 §4.2)', () => {
    expect(textsOf(documentFraming)).toEqual([
      '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" from="juliet@example.org" to="example.org" version="1.0" xml:lang="de">',
      '<message><body>Hi</body></message>',
      '<message><body>Hi</body></message>',
      '<a xmlns="urn:example:a"/>',
      '<message xmlns=""/>',
      '<stream:error><reset xmlns="urn:ietf:params:xml:ns:xmpp-streams"/><text xmlns="urn:ietf:params:xml:ns:xmpp-streams">a &lt; b</text></stream:error>',
      '</stream:stream>',
    ]);
  });

  it('is a document for each element, which declares what it needs (RFC 7395 §3.3.3)', () => {
    expect(textsOf(messageFraming)).toEqual([
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="juliet@example.org" to="example.org" version="1.0" xml:lang="de"/>',
      '<message xmlns="jabber:client"><body>Hi</body></message>',
      '<message xmlns="jabber:client"><body>Hi</body></message>',
      '<a xmlns="urn:example:a"/>',
      '<message/>',
      '<error xmlns="http://etherx.jabber.org/streams"><reset xmlns="urn:ietf:params:xml:ns:xmpp-streams"/><text xmlns="urn:ietf:params:xml:ns:xmpp-streams">a &lt; b</text></error>',
      '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
    ]);
  });

  it('names another place to go to, where a server has one (RFC 7395 §3.6.1)', () => {
    expect(messageFraming.formatFooter('wss://a.example/?b&c')).toBe(
      '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" see-other-uri="wss://a.example/?b&amp;c"/>',
    );
  });

  function textsOf(framing: Framing): string[] {
    const stanzas = [
      parseElement(MESSAGE),
      element('message', {}, element('body', {}, 'Hi')),
      element('{urn:example:a}a'),
      element('{}message'),
    ];
    return [
      framing.buildHeader(header),
      ...stanzas.map(framing.formatElement),
      framing.formatError(error),
      framing.formatFooter(),
    ];
  }
});

describe('messages', () => {
  it('are a header, elements, and an end', () => {
    expect(read(OPEN, MESSAGE, CLOSE)).toEqual(['header s1', 'message', 'end']);
  });

  it('are taken when they are asked for, in order', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, OPEN);
    write(reader, MESSAGE);
    expect([reader.hasUnread, describeToken(reader.read()), reader.hasUnread]).toEqual([true, 'header s1', true]);
    expect([describeToken(reader.read()), reader.hasUnread, reader.read()]).toEqual(['message', false, undefined]);
  });

  it('have the namespaces that they declare, and none of those before them', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, OPEN.replace(' from', " xmlns:x='urn:example:x' from"));
    write(reader, '<message/>');
    write(reader, '<x:message/>');
    reader.read();
    expect(reader.read()).toMatchObject({ type: 'element', element: { name: 'message', namespace: '' } });
    expect(reader.read()).toMatchObject({ type: 'error', error: { condition: 'bad-namespace-prefix' } });
  });

  it.each([
    ['an XML declaration', `<?xml version='1.0'?>${MESSAGE}`, 'message'],
    ['white space around it', ` \n${MESSAGE}\t\r`, 'message'],
    ['an empty message', '', undefined],
    ['white space that keeps the connection alive', ' \r\n\t', undefined],
  ])('may be written in ways that harm nobody: %s', (_title, text, expected) => {
    expect(read(OPEN, text)).toEqual(['header s1', expected].filter(Boolean));
  });

  it.each([
    ['two elements', MESSAGE + MESSAGE, 'not-well-formed'],
    ['an element and text', `${MESSAGE}x`, 'not-well-formed'],
    ['half an element', MESSAGE.slice(0, -3), 'not-well-formed'],
    ['the other half', MESSAGE.slice(-3), 'not-well-formed'],
    ['text', 'hello', 'not-well-formed'],
    ['a comment', `<!-- hidden -->${MESSAGE}`, 'restricted-xml'],
    ['a document type', `<!DOCTYPE x>${MESSAGE}`, 'restricted-xml'],
    ['another encoding', "<?xml version='1.0' encoding='latin1'?><a/>", 'unsupported-encoding'],
    [
      'a stream header',
      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
      'not-well-formed',
    ],
  ])('are one complete element each, not %s', (_title, text, condition) => {
    expect(read(OPEN, text, MESSAGE)).toEqual(['header s1', condition]);
  });

  it('are UTF-8', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    reader.write(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e));
    expect(describeToken(reader.read())).toBe('unsupported-encoding');
  });

  it('end with the first that is not acceptable, whatever comes and however the stream is restarted', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, '<a></b>');
    expect(describeToken(reader.read())).toBe('not-well-formed');
    reader.restart();
    write(reader, OPEN);
    expect([reader.read(), reader.hasUnread]).toEqual([undefined, false]);
  });

  it('end with <close/>: nothing may come after it', () => {
    expect(read(OPEN, CLOSE, MESSAGE)).toEqual(['header s1', 'end', 'not-well-formed']);
  });

  it('begin anew when the stream is restarted (RFC 7395 §3.7)', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, OPEN);
    expect(describeToken(reader.read())).toBe('header s1');
    reader.restart();
    write(reader, OPEN.replace('s1', 's2'));
    write(reader, MESSAGE);
    expect([describeToken(reader.read()), describeToken(reader.read())]).toEqual(['header s2', 'message']);
  });

  it.each([
    ['an element', { maxElementBytes: 1000 }, [OPEN, `<a>${'x'.repeat(1000)}</a>`], 'policy-violation'],
    ['an element that just fits', { maxElementBytes: MESSAGE.length }, [OPEN, MESSAGE], 'message'],
    ['what opens the stream', { maxHeaderBytes: 50 }, [OPEN], 'policy-violation'],
    ['elements inside each other', { maxDepth: 2 }, [OPEN, '<a><b><c/></b></a>'], 'policy-violation'],
  ])('are limited: %s', (_title, limits, messages, expected) => {
    expect(readWith({ ...DEFAULT_LIMITS, ...limits }, ...messages).at(-1)).toBe(expected);
  });
});

describe('the answer to <open/>', () => {
  it.each([
    ['another version', OPEN.replace("'1.0'", "'2.0'"), 'unsupported-version', 'Expected "1.0", got "2.0"'],
    ['no version', OPEN.replace(" version='1.0'", ''), 'unsupported-version', 'Expected "1.0", got none'],
    [
      'another namespace (RFC 7395 §3.3.2)',
      OPEN.replace(NS, 'urn:example:other'),
      'invalid-namespace',
      `Expected <open/> in "${NS}", got <open/> in "urn:example:other"`,
    ],
    [
      'another element',
      OPEN.replace('open', 'opened'),
      'bad-format',
      `Expected <open/> in "${NS}", got <opened/> in "${NS}"`,
    ],
    ['a stanza', MESSAGE, 'invalid-namespace', `Expected <open/> in "${NS}", got <message/> in "jabber:client"`],
  ])('is refused: %s', (_title, text, condition, expected) => {
    expect(refusalOf(text)).toEqual([condition, expected]);
  });

  it('is read as any stream header', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, OPEN);
    const token = reader.read();
    expect(token?.type === 'header' && messageFraming.parseHeader(token)).toEqual({
      from: 'example.org',
      to: undefined,
      id: 's1',
      version: '1.0',
      lang: 'en',
    });
  });

  it('may be <close/>, with another place to go to (RFC 7395 §3.4, §3.6.1)', () => {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, CLOSE.replace('/>', " see-other-uri='wss://b.example/ws'/>"));
    expect(reader.read()).toEqual({ type: 'end', seeOtherUri: 'wss://b.example/ws' });
  });

  it('may be an error, from a server that does not open what it refuses', () => {
    const error = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'/>";
    expect(read(error, MESSAGE)).toEqual(['error', 'header undefined']);
  });

  function refusalOf(text: string): unknown {
    const reader = messageFraming.createReader(DEFAULT_LIMITS);
    write(reader, text);
    const token = reader.read();
    try {
      return token?.type === 'header' && messageFraming.parseHeader(token);
    } catch (error) {
      return error instanceof StreamError && [error.condition, error.text];
    }
  }
});

const encoder = new TextEncoder();

function write(reader: StreamReader, message: string): void {
  reader.write(encoder.encode(message));
}

function read(...messages: readonly string[]): (string | undefined)[] {
  return readWith(DEFAULT_LIMITS, ...messages);
}

function readWith(limits: XmlLimits, ...messages: readonly string[]): (string | undefined)[] {
  const reader = messageFraming.createReader(limits);
  const tokens: (string | undefined)[] = [];
  for (const message of messages) {
    write(reader, message);
    for (let token = reader.read(); token; token = reader.read()) tokens.push(describeToken(token));
  }
  return tokens;
}

function describeToken(token: FramedToken | undefined): string | undefined {
  if (token?.type === 'header') return `header ${token.header.attributes.id}`;
  if (token?.type === 'element') return token.element.name;
  return token?.type === 'error' ? token.error.condition : token?.type;
}
