import { describe, expect, it } from 'vitest';
import {
  element,
  parseElement,
  parseStream,
  type StreamToken,
  type XmlChunks,
  type XmlLimits,
} from '../../src/xml/index.ts';
import { bytesOf, chunked, FOOTER, HEADER } from './support.ts';

describe('A document', () => {
  it('is one element, as text or as bytes', () => {
    const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.com' version='1.0'/>";
    const expected = element('{urn:ietf:params:xml:ns:xmpp-framing}open', { to: 'example.com', version: '1.0' });
    expect(parseElement(open)).toEqual(expected);
    expect(parseElement(bytesOf(open))).toEqual(expected);
  });

  it('may be longer than a block of the decoder', () => {
    const text = '\u{1f600}\u00e9x]'.repeat(50_000);
    expect(parseElement(`<a>${text}</a>`).children).toEqual([text]);
    expect(parseElement(bytesOf(`<a>${text}</a>`)).children).toEqual([text]);
    expect(parseElement(`<a>x${text}</a>`).children).toEqual([`x${text}`]);
  });

  it('keeps to the limits it is given', () => {
    const tooLong = expect.objectContaining({ condition: 'policy-violation' });
    expect(parseElement('<a>12345</a>', { maxElementBytes: 12 }).name).toBe('a');
    expect(() => parseElement('<a>123456</a>', { maxElementBytes: 12 })).toThrow(tooLong);
    expect(() => parseElement(`${' '.repeat(20)}<a/>`, { maxHeaderBytes: 10 })).toThrow(tooLong);
  });

  it.each(['\ud800', '\udc00', '\udc00\ud800', 'x\ud800y'])('cannot hold a lone surrogate: %j', (text) => {
    expect(() => parseElement(`<a>${text}</a>`)).toThrow(expect.objectContaining({ condition: 'not-well-formed' }));
    expect(() => parseElement(text)).toThrow(expect.objectContaining({ condition: 'not-well-formed' }));
  });

  it('may not end in half a character', () => {
    expect(() => parseElement(Uint8Array.of(0x3c, 0x61, 0x2f, 0x3e, 0xc3))).toThrow(
      'expected UTF-8, got the byte 0xc3 out of place (at character 4)',
    );
    expect(() => parseElement('<a/>\ud83d')).toThrow('expected a character of XML, got U+D83D (at character 4)');
  });
});

describe('A stream that was recorded', () => {
  const recorded = `${HEADER}<a>\u{1f600}</a> <b/>${FOOTER}\n`;
  const types = ['header', 'element', 'element', 'end'];

  it('is read from chunks of bytes or text, at once or over time', async () => {
    for (const chunks of [[recorded], [bytesOf(recorded)], chunked(recorded, 1), [...recorded], recorded.split('')]) {
      const tokens = await collect(chunks);
      expect(tokens.map(({ type }) => type)).toEqual(types);
      expect(tokens[1]).toEqual({ type: 'element', element: element('{jabber:client}a', {}, '\u{1f600}') });
    }
    const later = (async function* () {
      yield* chunked(recorded, 10);
    })();
    expect((await collect(later)).map(({ type }) => type)).toEqual(types);
  });

  it('ends with an error if it is cut off', async () => {
    for (const cut of ['', HEADER, `${HEADER}<a`, `${HEADER}<a/></stream:stream`, `${HEADER}${FOOTER}<`]) {
      const tokens = await collect([cut]);
      expect(tokens.at(-1)).toMatchObject({ type: 'error', error: { condition: 'not-well-formed' } });
    }
  });

  it('ends with the first error', async () => {
    const tokens = await collect([`${HEADER}<a/></b>`, '<c/>']);
    expect(tokens.map(({ type }) => type)).toEqual(['header', 'element', 'error']);
  });

  it('keeps to the limits it is given', async () => {
    const tokens = await collect([`${HEADER}<a>12345</a>`], { maxElementBytes: 10 });
    expect(tokens.at(-1)).toMatchObject({ error: { condition: 'policy-violation' } });
  });
});

async function collect(chunks: XmlChunks, limits?: Partial<XmlLimits>): Promise<StreamToken[]> {
  const tokens: StreamToken[] = [];
  for await (const token of parseStream(chunks, limits)) tokens.push(token);
  return tokens;
}
