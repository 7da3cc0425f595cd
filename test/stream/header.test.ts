import { describe, expect, test } from 'vitest';
import { buildHeader, parseHeader, STREAM_FOOTER } from '../../src/stream/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

const NS_STREAM = 'http://etherx.jabber.org/streams';

describe('a stream header', () => {
  test('is read as RFC 6120 §4.7 has it', () => {
    const header = parseElement(
      "<stream:stream from='im.example.com' id='++TR84Sm6A3hnt3Q065SnAbbk3Y=' to='juliet@im.example.com' version='1.0' " +
        `xml:lang='en' xmlns='jabber:client' xmlns:stream='${NS_STREAM}'/>`,
    );
    expect(parseHeader(header, 'jabber:client')).toEqual({
      from: 'im.example.com',
      id: '++TR84Sm6A3hnt3Q065SnAbbk3Y=',
      to: 'juliet@im.example.com',
      version: '1.0',
      lang: 'en',
    });
  });

  test('may have nothing but a version', () => {
    expect(parseHeader(element(`{${NS_STREAM}}stream`, { version: '1.0' }))).toEqual({
      from: undefined,
      id: undefined,
      to: undefined,
      version: '1.0',
      lang: undefined,
    });
  });

  test.each([
    ['1.0', '1.0'],
    ['1.1', '1.1'],
    ['1.12', '1.12'],
    ['01.00', '1.0'],
  ])('of version %s is one of XMPP 1', (version, read) => {
    expect(parseHeader(element(`{${NS_STREAM}}stream`, { version })).version).toBe(read);
  });

  test.each([
    [undefined, 'Expected "1.0", got none'],
    ['', 'Expected "1.0", got none'],
    ['0.9', 'Expected "1.0", got "0.9"'],
    ['2.0', 'Expected "1.0", got "2.0"'],
    ['1', 'Expected "1.0", got "1"'],
    ['10.0', 'Expected "1.0", got "10.0"'],
    ['1.0.0', 'Expected "1.0", got "1.0.0"'],
    ['-1.0', 'Expected "1.0", got "-1.0"'],
    ['1.x\n', 'Expected "1.0", got "1.x\\n"'],
  ])('of version %j is not supported (RFC 6120 §4.7.5)', (version, text) => {
    expect(() => parseHeader(element(`{${NS_STREAM}}stream`, { version }))).toThrow(
      expect.objectContaining({ name: 'StreamError', condition: 'unsupported-version', text }),
    );
  });

  test('declares the namespace of its stanzas, or leaves that to them (RFC 6120 §4.8.3)', () => {
    const header = element(`{${NS_STREAM}}stream`, { version: '1.0' });
    for (const namespace of ['', 'jabber:client', NS_STREAM, undefined]) {
      expect(parseHeader(header, namespace).version).toBe('1.0');
    }
    expect(() => parseHeader(header, 'jabber:server')).toThrow(
      expect.objectContaining({
        condition: 'invalid-namespace',
        text: 'Expected "jabber:client", got "jabber:server"',
      }),
    );
  });

  test.each([
    ['<stream version="1.0"/>', 'invalid-namespace', `Expected "${NS_STREAM}", got none`],
    ['<stream xmlns="urn:x" version="1.0"/>', 'invalid-namespace', `Expected "${NS_STREAM}", got "urn:x"`],
    [`<open xmlns="${NS_STREAM}" version="1.0"/>`, 'bad-format', 'Expected "stream", got "open"'],
  ])('is not %s', (xml, condition, text) => {
    expect(() => parseHeader(parseElement(xml))).toThrow(expect.objectContaining({ condition, text }));
  });
});

describe('our stream header', () => {
  test('is an XML declaration and an opening tag', () => {
    expect(buildHeader({ to: 'im.example.com' })).toBe(
      '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"' +
        ' to="im.example.com" version="1.0">',
    );
  });

  test('says who we are and which language we speak if it is told', () => {
    const text = buildHeader({ from: 'juliet@im.example.com', to: 'im.example.com', lang: 'en', id: '<&">' });
    const header = parseElement(text.slice('<?xml version="1.0"?>'.length) + STREAM_FOOTER);
    expect(parseHeader(header)).toEqual({
      from: 'juliet@im.example.com',
      to: 'im.example.com',
      id: '<&">',
      version: '1.0',
      lang: 'en',
    });
  });
});
