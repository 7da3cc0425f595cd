import fc from 'fast-check';
import { type Element, element } from '../../src/xml/index.ts';

/** Strings of characters that XML has, all of them, with those that matter to a parser more often. */
export const text = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...'<>&"\']; \t\n\r', ']]>', '&amp;', '<![CDATA[', '\u{1f600}') },
      { weight: 2, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 8 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''));

/** Names without prefix. */
const name = fc
  .oneof(
    fc.constantFrom(
      'a',
      'b',
      'body',
      '__proto__',
      'constructor',
      'toString',
      '_',
      '\u00e9',
      '\u6d88\u606f',
      '\u{10000}',
      'a.b-c_d',
    ),
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9._-]{0,20}$/),
  )
  .filter((candidate) => candidate !== 'xmlns');

/** Names of namespaces; the empty one too. */
export const namespace = fc.oneof(
  fc.constantFrom('', 'u', 'v', 'jabber:client', 'a}b', '{', 'http://www.w3.org/XML/1998/namespace'),
  text.map((candidate) => candidate.replaceAll('\r', '')),
);

const attributeName = fc.oneof(
  { weight: 3, arbitrary: name },
  { weight: 1, arbitrary: name.map((local) => `xml:${local}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(namespace, name)
      .filter(([uri]) => uri !== '' && uri !== 'http://www.w3.org/XML/1998/namespace')
      .map(([uri, local]) => `{${uri}}${local}`),
  },
);

const attributes = fc.dictionary(attributeName, text, { maxKeys: 4, noNullPrototype: false });

/** What documents are made of, and what breaks them. */
export const fragments = fc.constantFrom(
  ...[
    '<',
    '>',
    '</',
    '/>',
    '<a',
    '</a>',
    '<a>',
    '<b/>',
    " c='d'",
    '"',
    "'",
    '=',
    '&',
    '&lt;',
    '&#',
    ';',
    ' ',
    '\n',
    '\r',
  ],
  ...[
    ']',
    ']]>',
    '<![CDATA[',
    '<!--',
    '<?',
    '?>',
    "<?xml version='1.0'?>",
    ':',
    'p:',
    " xmlns:p='u'",
    " xmlns='v'",
    'x',
  ],
  ...['\u00e9', '\u20ac', '\u{1f600}', '\u0000', '\ufffe', '\ufeff'],
);

interface Options {
  /** Whether text may stand beside elements. */
  readonly isMixed: boolean;
}

/** Elements as a parser could have made them. */
export function elements({ isMixed }: Options): fc.Arbitrary<Element> {
  const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
    tree: fc
      .tuple(
        name,
        namespace,
        attributes,
        fc.oneof(
          { depthSize: 'small' },
          text.map((only) => [only]),
          fc.array(isMixed ? fc.oneof(tie('tree'), text) : tie('tree'), { maxLength: 4 }),
        ),
      )
      .map(([local, uri, own, children]) => element(`{${uri}}${local}`, own, ...children)),
  }));
  return tree;
}
