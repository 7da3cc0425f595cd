import { describe, expect, it } from 'vitest';
import { parseElement, XmlError } from '../../src/xml/index.ts';
import { ILL_FORMED } from './ill-formed.ts';
import { bytesOf, comparable, FOOTER, HEADER, tokensOf } from './support.ts';

for (const [rule, cases] of Object.entries(ILL_FORMED)) {
  describe(`A document is refused unless ${rule}`, () => {
    for (const [title, xml, condition = 'not-well-formed'] of cases) {
      const bytes = typeof xml === 'string' ? bytesOf(xml) : Uint8Array.from(xml);

      it(title, () => {
        expect(errorOf(bytes)).toMatchObject({ condition });
        if (typeof xml === 'string') expect(errorOf(xml)).toMatchObject({ condition });
      });

      it(`the same wherever a chunk ends: ${title}`, () => {
        const whole = comparable(tokensOf([bytes]));
        for (let cut = 1; cut < bytes.length; cut++) {
          expect(comparable(tokensOf([bytes.slice(0, cut), bytes.slice(cut)]))).toEqual(whole);
        }
      });

      // Directly inside a stream, other things are forbidden than outside the root of a document.
      if (rule === 'the document has exactly one root') continue;

      it(`also in a stream: ${title}`, () => {
        // What stands before a root is no content of a stream.
        const before = /^the (XML declaration|encoding)/.test(rule) ? '' : HEADER;
        // What ends too early goes on in a stream: this shows what it is, at the latest.
        const tokens = tokensOf([bytesOf(before), bytes, bytesOf("'>]]></x>")]);
        expect(comparable(tokens).at(-1)).toMatchObject({ condition });
        const isBehind = /(behind|after) the root/.test(title);
        expect(tokens.filter(({ type }) => type === 'element')).toHaveLength(isBehind && before !== '' ? 1 : 0);
      });
    }
  });
}

describe('Inside a stream', () => {
  it.each([
    ['text between elements', 'x', 'invalid-xml'],
    ['text behind white space', ' \n x', 'invalid-xml'],
    ['a reference to white space', '&#32;', 'invalid-xml'],
    ['a CDATA section', '<![CDATA[ ]]>', 'invalid-xml'],
    ['a comment', '<!---->', 'restricted-xml'],
    ['a processing instruction', '<?x?>', 'restricted-xml'],
    ['an XML declaration', "<?xml version='1.0'?>", 'not-well-formed'],
    ['a document type', '<!DOCTYPE x>', 'restricted-xml'],
    ['an end tag of something else', '</stream>', 'not-well-formed'],
    ['an end tag with another prefix of the same namespace', '</s:stream>', 'not-well-formed'],
    ['a second stream behind the end', `${FOOTER}<stream:stream>`, 'not-well-formed'],
    ['text behind the end', `${FOOTER}x`, 'not-well-formed'],
  ])('%s ends it', (_, xml, condition) => {
    const tokens = comparable(tokensOf([bytesOf(`${HEADER}<a/>${xml}<b/>`)]));
    const before = xml.startsWith(FOOTER) ? ['header', 'element', 'end'] : ['header', 'element'];
    expect(tokens.slice(0, -1)).toMatchObject(before.map((type) => ({ type })));
    expect(tokens.at(-1)).toMatchObject({ condition });
  });
});

describe('An error', () => {
  it('says what was expected, what came, and where', () => {
    expect(errorOf('<a><b></c></a>')).toMatchObject({
      message: 'expected the end tag </b>, got “c” (at character 8)',
      position: 8,
      code: 'xml/not-well-formed',
    });
    expect(errorOf('<a>\u0001</a>').message).toBe('expected a character of XML, got U+0001 (at character 3)');
    expect(errorOf('<a b="1" b="2"/>').message).toContain('expected every attribute once, got b twice');
    expect(errorOf(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff)).message).toBe(
      'expected UTF-8, got the byte 0xff out of place (at character 3)',
    );
  });

  it('does not repeat the text it stumbled over, which may be a secret', () => {
    for (const xml of ['<a>dBs3cret\u0000</a>', '<a>dBs3cret&x</a>', '<a b="dBs3cret<"/>', '<a>dBs3cret]]></a>']) {
      expect(errorOf(xml).message).not.toContain('dBs3cret');
    }
  });
});

function errorOf(xml: string | Uint8Array): XmlError {
  try {
    parseElement(xml);
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error('was accepted');
}
