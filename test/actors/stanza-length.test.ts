import { describe, expect, it } from 'vitest';
import { lengthOf } from '../../src/actors/stanza-length.ts';
import { element, XmlError } from '../../src/xml/index.ts';

describe('the length of a stanza', () => {
  it('is that of its text in a stream that declares jabber:client', () => {
    const message = element('{jabber:client}message', { id: '1' }, element('body', {}, 'a & b'));
    expect(lengthOf(message)).toBe('<message id="1"><body>a &amp; b</body></message>'.length);
  });

  it('of what is no XML nobody knows', () => {
    expect(() => lengthOf(element('{jabber:client}message', {}, '\u0001'))).toThrow(XmlError);
  });
});
