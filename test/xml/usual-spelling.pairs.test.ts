import { describe, expect, it } from 'vitest';
import { expectSameEverywhere, FOOTER, HEADER } from './support.ts';

/** What a stanza may have between its tags; joined in all pairs, each of which is a border between two ways of reading. */
const PIECES = [
  'text',
  'a text of more than twelve characters',
  '&amp;',
  'a &lt; b &amp; c &gt; d &quot;e&apos;',
  'a &lt; b &lt; c &lt; d &lt; e &lt; f',
  'R\u00f4meo &#38; \u{1f339}',
  ']] >',
  '<![CDATA[<b>&amp;]]>',
  '<b/>',
  '<b></b>',
  '<b>text</b>',
  '<b >text</b >',
  '<b>text<![CDATA[ and text]]></b>',
  '<b><![CDATA[text]]></b>',
  '<b>a&amp;b</b>',
  '<b>a&#38;b</b>',
  '<b><b><b/></b>text<b>text</b></b>',
  "<b c='1' d=\"2'\"/>",
  "<b c='&lt;&amp;' d='\t'>text</b>",
  "<b c='&#9;' d=''/>",
  "<b\tc='1'\n d='2'  e = '3' />",
  "<b xmlns='urn:example:other'><b/><b xmlns=''/><b xmlns='urn:example:third'>text</b></b><b/>",
  "<b xmlns='urn:example:other&amp;'/>",
  "<p:b xmlns:p='urn:example:p' p:c='1' c='2'><b p:c='3'/><p:b>text</p:b><b>text</b></p:b>",
  "<b xml:lang='en'>text</b>",
  '<b.b-b_1>text</b.b-b_1>',
  '<\u00e9l\u00e9ment \u00e0="1">text</\u00e9l\u00e9ment>',
  `<${'long'.repeat(20)}>text</${'long'.repeat(20)}>`,
];

/** What ends in an error, in the middle of what does not. */
const WRONG = [
  '</b>',
  '<b></c>',
  '<b></bb>',
  '<b>text</c>',
  '<b>text</b/>',
  '<b>text</ b>',
  '< b>',
  '<b/ >',
  '<b>]]></b>',
  ']]>',
  '<b>a&amp;]]></b>',
  '<b>&nothing;</b>',
  '<b>&ampp;</b>',
  '<b>& </b>',
  "<b c='1' c='2'/>",
  "<b c='1' d='2' c=''/>",
  "<b xmlns='u' xmlns='u'/>",
  "<b xmlns='http://www.w3.org/2000/xmlns/'/>",
  "<b xmlns='http://www.w3.org/XML/1998/namespace'/>",
  "<b xmlns:p='u' xmlns:q='u' p:c='1' q:c='2'/>",
  "<p:b xmlns:p='u'><p:b/></p:b><p:b/>",
  "<b p:c='1'/>",
  "<b c='1'd='2'/>",
  "<b c='1'/ d='2'>",
  "<b c='<'/>",
  "<b c='1/>",
  '<b c=1/>',
  '<b c/>',
  '<b =""/>',
  '<1b/>',
  '<b 1c=""/>',
  '<b:c:d/>',
  '<?b?>',
  '<!-- b -->',
];

describe('Elements in the usual spelling and in any other are the same', () => {
  it.each(PIECES)('%j between all others, wherever a chunk ends', (piece) => {
    for (const other of PIECES) {
      const tokens = expectSameEverywhere(`${HEADER}<a>${piece}${other}</a><a/>${FOOTER}`);
      expect(tokens).toMatchObject([{ type: 'header' }, { type: 'element' }, { type: 'element' }, { type: 'end' }]);
    }
  });

  it.each(WRONG)('%j is refused with the same words, wherever a chunk ends', (piece) => {
    for (const before of ['', 'text', '<b/>', "<b c='&amp;'>text</b>", '<b><b>']) {
      const tokens = expectSameEverywhere(`${HEADER}<a>${before}${piece}<b/></a></a></a>`);
      expect(tokens.at(-1)).toMatchObject({ condition: expect.any(String), message: expect.any(String) });
    }
  });

  it.each(WRONG)('%j is refused also directly in the stream', (piece) => {
    expectSameEverywhere(`${HEADER}<a/>${piece}<a/>`);
  });
});
