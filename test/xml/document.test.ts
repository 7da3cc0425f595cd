import { describe, expect, it } from 'vitest';
import { parseElement, XmlError } from '../../src/xml/index.ts';

describe('A document that is read as a whole', () => {
  it('says where it is wrong', () => {
    expect(refusalOf('<a>\n<b>\r\n</c></a>')).toMatchObject({
      message: 'expected the end tag </b>, got “c” (at character 10)',
      position: 10,
    });
    expect(refusalOf('<a b="1" c/>').message).toBe(
      'expected white space and an attribute with a quoted value, “>” or “/>”, got “c” (at character 9)',
    );
    expect(refusalOf('<a>x]]></a>').message).toBe(
      'expected no “]]>” outside a CDATA section, got “>” (at character 6)',
    );
    expect(refusalOf('<a><').message).toBe('expected the start of an element, got the end (at character 4)');
    expect(refusalOf('<a/><!---->').message).toBe('expected elements and text, got a comment (at character 7)');
  });
});

describe('The limits of a document', () => {
  const POLICY = { condition: 'policy-violation' };

  it('count bytes of UTF-8: of the root and what follows, and of what stands before it', () => {
    for (const text of ['xxxx', '\u00e9\u00e9', '\u{1f600}']) {
      expect(parseElement(`<a>${text}</a>`, { maxElementBytes: 11 }).name).toBe('a');
      expect(refusalOf(`<a>${text}x</a>`, { maxElementBytes: 11 })).toMatchObject(POLICY);
    }
    expect(parseElement('  <a/>', { maxElementBytes: 4, maxHeaderBytes: 2 }).name).toBe('a');
    expect(refusalOf('   <a/>', { maxElementBytes: 4, maxHeaderBytes: 2 })).toMatchObject(POLICY);
  });

  it('count the name of a namespace for each attribute that repeats it in the tree', () => {
    const attributes = Array.from({ length: 10 }, (_, at) => ` p:a${at}=''`).join('');
    const xml = `<a xmlns:p='${'u'.repeat(100)}'${attributes}/>`;
    expect(parseElement(xml, { maxElementBytes: xml.length + 1000 }).name).toBe('a');
    expect(refusalOf(xml, { maxElementBytes: xml.length + 999 })).toMatchObject(POLICY);
  });

  it('count elements inside each other, attributes with declarations, and prefixes that are declared at once', () => {
    expect(parseElement('<a><b/><b/></a>', { maxDepth: 2 }).children).toHaveLength(2);
    expect(refusalOf('<a><b><c/></b></a>', { maxDepth: 2 })).toMatchObject(POLICY);
    expect(parseElement("<a b='' xmlns='u'/>", { maxAttributes: 2 }).name).toBe('a');
    expect(refusalOf("<a b='' xmlns='u' c=''/>", { maxAttributes: 2 })).toMatchObject(POLICY);
    const twice = "<a><b xmlns:p='u'/><b xmlns:p='u' xmlns:q='u'/></a>";
    expect(parseElement(twice, { maxPrefixes: 2 }).children).toHaveLength(2);
    expect(refusalOf("<a xmlns:o='u'><b xmlns:p='u' xmlns:q='u'/></a>", { maxPrefixes: 2 })).toMatchObject(POLICY);
  });
});

function refusalOf(...parameters: Parameters<typeof parseElement>): XmlError {
  try {
    parseElement(...parameters);
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error('was accepted');
}
