import { describe, expect, it } from 'vitest';
import { createTokenizer, element, type StreamToken, textOf } from '../../src/xml/index.ts';
import { bytesOf, chunked, comparable, FOOTER, HEADER, tokensOf } from './support.ts';

const NS_STREAM = 'http://etherx.jabber.org/streams';

const CONVERSATION = `${HEADER}
  <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>
  <message from='romeo@montague.lit/orchard' to="juliet@capulet.lit" xml:lang='en'>
    <body>Art thou not Rom\u00e9o, &lt;\u{1f339}&gt; <![CDATA[& a <Montague>?]]]]></body>\r\n
    <active xmlns='http://jabber.org/protocol/chatstates'/>
  </message> <p:x xmlns:p='u' p:y='&#x1F600;\t'/>${FOOTER}\n`;

describe('A stream', () => {
  it('is its header, its elements and its end', () => {
    expect(tokensOf([bytesOf(`${HEADER} <message to='a'><body>Hi</body></message>\n<presence/>${FOOTER} `)])).toEqual([
      { type: 'header', header: element(`{${NS_STREAM}}stream`, { id: 's1' }), contentNamespace: 'jabber:client' },
      { type: 'element', element: element('{jabber:client}message', { to: 'a' }, element('body', {}, 'Hi')) },
      { type: 'element', element: element('{jabber:client}presence') },
      { type: 'end' },
    ]);
  });

  it('is the same wherever a chunk ends', () => {
    const bytes = bytesOf(CONVERSATION);
    const whole = tokensOf([bytes]);
    expect(whole.map(({ type }) => type)).toEqual(['header', 'element', 'element', 'element', 'end']);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(tokensOf([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(whole);
    }
  });

  it.each([1, 2, 3, 7, 64])('is the same in chunks of %i bytes', (size) => {
    expect(tokensOf(chunked(CONVERSATION, size))).toEqual(tokensOf([bytesOf(CONVERSATION)]));
  });

  it('may be empty', () => {
    expect(tokensOf([bytesOf("<s:s xmlns:s='u'/>")])).toEqual([
      { type: 'header', header: element('{u}s'), contentNamespace: '' },
      { type: 'end' },
    ]);
  });

  it('gives its header before anything else has come, also without XML declaration', () => {
    expect(tokensOf([bytesOf(" \n<s xmlns='u' xmlns:p='v' p:a='1'>")])).toEqual([
      { type: 'header', header: element('{u}s', { '{v}a': '1' }), contentNamespace: 'u' },
    ]);
  });

  it('declares prefixes for everything inside', () => {
    const [, token] = tokensOf([bytesOf("<s:s xmlns:s='u' xmlns:p='v'><p:a><s:b/></p:a>")]);
    expect(token).toEqual({ type: 'element', element: element('{v}a', {}, element('{u}b')) });
  });

  it('knows stanzas by depth: a stream inside a stream is an element like any other', () => {
    const inner = "<stream:stream to='x'><a/></stream:stream>";
    expect(tokensOf([bytesOf(`${HEADER}<message>${inner}</message>${inner}<b/>`)]).slice(1)).toEqual([
      {
        type: 'element',
        element: element(
          '{jabber:client}message',
          {},
          element(`{${NS_STREAM}}stream`, { to: 'x' }, element('{jabber:client}a')),
        ),
      },
      { type: 'element', element: element(`{${NS_STREAM}}stream`, { to: 'x' }, element('{jabber:client}a')) },
      { type: 'element', element: element('{jabber:client}b') },
    ]);
  });

  it('gives the elements that were complete before it broke', () => {
    const tokens = comparable(tokensOf([bytesOf(`${HEADER}<a/><b>x</b><c></d><e/>`)]));
    expect(tokens).toMatchObject([
      { type: 'header' },
      { type: 'element', element: element('{jabber:client}a') },
      { type: 'element', element: element('{jabber:client}b', {}, 'x') },
      { condition: 'not-well-formed' },
    ]);
  });

  it.each([
    ['an illegal character', '\u0001', 'not-well-formed'],
    ['a byte that is no UTF-8', Uint8Array.of(0xff), 'unsupported-encoding'],
  ])('gives the elements that were complete before %s in the same chunk', (_, bad, condition) => {
    const chunk = Buffer.concat([bytesOf(`${HEADER}<a/>`), bytesOf(bad), bytesOf('<b/>')]);
    expect(comparable(tokensOf([chunk]))).toMatchObject([{ type: 'header' }, { type: 'element' }, { condition }]);
  });

  it('ends with its first error', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf('<a></b>'));
    expect([tokenizer.read()?.type, tokenizer.read()?.type, tokenizer.read()]).toEqual(['header', 'error', undefined]);
    tokenizer.write(bytesOf('<a/>'));
    tokenizer.restart();
    expect(tokenizer.read()).toBeUndefined();
  });

  it('does not look at the bytes again after they were written', () => {
    const tokenizer = createTokenizer();
    const buffer = bytesOf(`${HEADER}<a>\u00e9`).slice();
    tokenizer.write(buffer.subarray(0, buffer.length - 1));
    const last = buffer.slice(buffer.length - 1);
    buffer.fill(0);
    tokenizer.write(last);
    tokenizer.write(bytesOf('</a>'));
    expect([tokenizer.read()?.type, textOfElement(tokenizer.read())]).toEqual(['header', '\u00e9']);
  });

  it('is read one token at a time, however many were written', () => {
    const tokenizer = createTokenizer();
    tokenizer.write(bytesOf(HEADER));
    const seen: unknown[] = [tokenizer.read()?.type];
    // Always one chunk behind.
    tokenizer.write(bytesOf('<a>0</a>'));
    for (let count = 1; count < 200; count++) {
      tokenizer.write(bytesOf(`<a>${count}</a>`));
      seen.push(textOfElement(tokenizer.read()));
    }
    seen.push(textOfElement(tokenizer.read()), tokenizer.read());
    expect(seen).toEqual(['header', ...Array.from({ length: 200 }, (_, count) => String(count)), undefined]);
  });
});

function textOfElement(token: StreamToken | undefined): string | undefined {
  return token?.type === 'element' ? textOf(token.element) : undefined;
}
