import { describe, expect, it } from 'vitest';
import { createTokenizer, element, type Tokenizer } from '../../src/xml/index.ts';
import { bytesOf, HEADER } from './support.ts';

const SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

describe('A stream that is restarted (RFC 6120 §4.3.3)', () => {
  it('begins with a new header and XML declaration, also if they came in the same chunk', () => {
    const tokenizer = opened();
    tokenizer.write(bytesOf(`${SUCCESS}${HEADER.replace('s1', 's2')}<a/>`));
    expect(tokenizer.read()).toMatchObject({ element: { name: 'success' } });
    tokenizer.restart();
    expect(tokenizer.read()).toMatchObject({ type: 'header', header: { attributes: { id: 's2' } } });
    expect(tokenizer.read()).toEqual({ type: 'element', element: element('{jabber:client}a') });
  });

  it('takes the rest of a chunk, then further ones, wherever they end', () => {
    const bytes = bytesOf(`${SUCCESS}${HEADER.replace('s1', '\u00e9')}<a/>`);
    for (let cut = 1; cut < bytes.length; cut++) {
      const tokenizer = opened();
      tokenizer.write(bytes.slice(0, cut));
      const first = tokenizer.read();
      if (first !== undefined) tokenizer.restart();
      tokenizer.write(bytes.slice(cut));
      if (first === undefined) {
        expect(tokenizer.read()?.type).toBe('element');
        tokenizer.restart();
      }
      expect(tokenizer.read()).toMatchObject({ type: 'header', header: { attributes: { id: '\u00e9' } } });
      expect(tokenizer.read()?.type).toBe('element');
      expect(tokenizer.hasUnread).toBe(false);
    }
  });

  it('forgets what the old header declared', () => {
    const tokenizer = opened();
    tokenizer.restart();
    tokenizer.write(bytesOf('<stream:stream>'));
    expect(tokenizer.read()).toMatchObject({ error: { condition: 'bad-namespace-prefix' } });
  });

  it('forgets what was incomplete', () => {
    for (const rest of ["<a b='", '<a>text', '<a><![CDATA[]]', '<a>&am', '</stre', '<!', '<a></']) {
      const tokenizer = opened();
      tokenizer.write(bytesOf(rest));
      expect(tokenizer.read()).toBeUndefined();
      tokenizer.restart();
      expect(tokenizer.hasUnread).toBe(false);
      tokenizer.write(bytesOf(`${HEADER}<a>b</a>`));
      expect(tokenizer.read()?.type).toBe('header');
      expect(tokenizer.read()).toEqual({ type: 'element', element: element('{jabber:client}a', {}, 'b') });
    }
  });

  it('may follow its end', () => {
    const tokenizer = opened();
    tokenizer.write(bytesOf(`</stream:stream>${HEADER}`));
    expect(tokenizer.read()?.type).toBe('end');
    tokenizer.restart();
    expect(tokenizer.read()?.type).toBe('header');
  });
});

describe('Bytes are left (RFC 6120 §5.3.3)', () => {
  it.each([
    ['an element', '<a/>'],
    ['white space', ' '],
    ['a line end', '\n'],
    ['the beginning of an element', '<'],
    ['a new header', HEADER],
    ['the first byte of a character', Uint8Array.of(0xc3)],
    ['three bytes of a character', Uint8Array.of(0xf0, 0x9f, 0x98)],
    ['a byte that is no UTF-8', Uint8Array.of(0xff)],
    ['an illegal character', '\u0000'],
  ])('if %s comes with <proceed/>', (_, injected) => {
    const proceed = bytesOf('<proceed/>');
    const together = opened();
    together.write(Buffer.concat([proceed, bytesOf(injected)]));
    expect(together.read()?.type).toBe('element');
    expect(together.hasUnread).toBe(true);
    const apart = opened();
    apart.write(proceed);
    apart.write(bytesOf(injected));
    expect(apart.read()?.type).toBe('element');
    expect(apart.hasUnread).toBe(true);
  });

  it('if an element has begun', () => {
    for (const begun of ['<', '<a', '<a ', "<a b='c'", '<a/', '<a>', '<a>b', '<a><b/>', '<a></a', '</', '<!']) {
      const tokenizer = opened();
      tokenizer.write(bytesOf(begun));
      expect(tokenizer.read()).toBeUndefined();
      expect(tokenizer.hasUnread).toBe(true);
    }
  });

  it('not otherwise', () => {
    const tokenizer = createTokenizer();
    expect(tokenizer.hasUnread).toBe(false);
    tokenizer.write(bytesOf(HEADER));
    tokenizer.read();
    expect(tokenizer.hasUnread).toBe(false);
    tokenizer.write(bytesOf(SUCCESS));
    expect(tokenizer.hasUnread).toBe(true);
    tokenizer.read();
    expect(tokenizer.hasUnread).toBe(false);
    tokenizer.write(bytesOf(' \n'));
    expect(tokenizer.read()).toBeUndefined();
    expect(tokenizer.hasUnread).toBe(false);
  });
});

function opened(): Tokenizer {
  const tokenizer = createTokenizer();
  tokenizer.write(bytesOf(HEADER));
  expect(tokenizer.read()?.type).toBe('header');
  return tokenizer;
}
