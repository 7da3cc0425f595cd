/** Local names; some repeat, so that they come more often. */
export const NAMES: readonly string[] = [
  ...['a', 'a', 'b', 'b', 'c', 'd', 'iq', 'message', 'presence', 'body', 'x', 'query', 'item', 'a.b', 'a-b', '_', 'A'],
  ...['a1', 'xmlx', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '\u00e9', '\u0416', '\u6d88\u606f'],
  ...['a\u0301', 'a\u00b7', 'n'.repeat(64), 'n'.repeat(65)],
];

/** Where the ranges of characters begin and end that names may have (XML 1.0 §2.3); earlier editions had others. */
export const NAME_BORDERS: readonly number[] = [
  ...[
    0xb7, 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2ff, 0x300, 0x36f, 0x370, 0x37d, 0x37f, 0x1fff, 0x200c, 0x200d, 0x203f,
    0x2040,
  ],
  ...[0x2070, 0x218f, 0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffd, 0x10000, 0x1f600, 0xeffff],
  ...[0x220],
];

/** No qualified names, or of a prefix that must not be used so. */
export const BAD_NAMES: readonly string[] = [
  ...[
    ':',
    ':a',
    'a:',
    'p:q:a',
    'p::a',
    'p:1',
    'p:-',
    '1',
    '-a',
    '.',
    'a!',
    'xml:a',
    'xmlns:a',
    'xmlns',
    'a\u00d7',
    '\u0301',
  ],
];

/** Prefixes; all of them may be declared. */
export const PREFIXES: readonly string[] = ['p', 'p', 'q', 'stream', 'a', 'xmlp', '\u00e9'];

/** Names of attributes. */
export const ATTRIBUTES: readonly string[] = [
  ...['a', 'b', 'c', 'to', 'from', 'id', 'type', 'xml:lang', 'xml:space', 'xmlx', '__proto__', 'constructor'],
  ...['\u00e9'],
];

/** Names of namespaces, as they stand in quotes. */
export const NAMESPACES: readonly string[] = [
  ...['u', 'u', 'v', 'jabber:client', 'http://etherx.jabber.org/streams', 'urn:x', 'a}b', '{', '\u00e9', 'x&amp;y'],
];

/** Those that nobody may declare, or only for one prefix (Namespaces in XML 1.0 §3). */
export const RESERVED_NAMESPACES: readonly string[] = [
  'http://www.w3.org/XML/1998/namespace',
  'http://www.w3.org/2000/xmlns/',
];

/** What may stand in text and values as it is. */
export const TEXTS: readonly string[] = [
  ...['x', 'Hello', 'one two', ' ', '  ', '\n', '\r', '\r\n', '\r\r\n', '\t', ' \n ', ']', ']]', '] ]>', '>', '/>'],
  ...['=', '?', '!', '-', '--', '#', ';', 'xmlns', '\u007f', '\u0080', '\u0085', '\u00e9', '\u07ff', '\u0800'],
  ...['\u2028', '\u20ac', '\ud7ff', '\ue000', '\ufdd0', '\ufeff', '\ufffd', '\u{10000}', '\u{1f600}', '\u{1fffe}'],
  ...['\u{10ffff}'],
];

/** References that stand for a character. */
export const REFERENCES: readonly string[] = [
  ...['&lt;', '&gt;', '&amp;', '&quot;', '&apos;', '&#65;', '&#x41;', '&#x0041;', '&#x1F600;', '&#x1f600;'],
  ...['&#0000065;'],
  ...[
    '&#9;',
    '&#10;',
    '&#13;',
    '&#xD;',
    '&#32;',
    '&#x20;',
    '&#60;',
    '&#38;',
    '&#xE000;',
    '&#xFFFD;',
    '&#x10FFFF;',
    '&#1114111;',
  ],
];

/** White space; the space comes most often. */
export const SPACES: readonly string[] = [' ', ' ', ' ', ' ', '\n', '\t', '  ', '\r\n', '\r'];

/** What a mutation puts somewhere: most of it is wrong in most places. */
export const ODD: readonly string[] = [
  ...['<', '>', '/', '</', '/>', '=', '"', "'", '&', ';', '#', '!', '?', '[', ']', ':', '-', ' ', '\n', '\r', '\t'],
  ...['', '<!', '<?', '?>', '<!-', '<!--', '-->', '<!-- c -->', '<!-- a--b -->', '<!--->', '<!---->', '<!-- --->'],
  ...['<![', '<![CDATA', '<![CDATA[', ']]', ']]>', '<![CDATA[]]>', '<![CDATA[x]]>', '<![cdata[x]]>', '<![ CDATA[x]]>'],
  ...['<?p?>', '<?p x?>', '<?p', '<? p?>', '<?xml?>', '<?XML x?>', '<?xml-p?>', '<?xmlx?>', '<?p:q?>', '<?xml x?>'],
  ...["<?xml version='1.0'?>", '<?xml version="1.1"?>', "<?xml version='1.0' encoding='utf-8'?>"],
  ...["<?xml version='2.0'?>", "<?xml version='1.0' encoding='UTF-16'?>", "<?xml encoding='UTF-8'?>"],
  ...["<?xml version='1.0' standalone='maybe'?>", '<!DOCTYPE a>', '<!DOCTYPE a []>', "<!DOCTYPE a [<!ENTITY e 'x'>]>"],
  ...['<!doctype a>', '<!ELEMENT a ANY>', '<!DOCTYPE', '&e;', '&nbsp;', '&LT;', '&lt', '&amp', '& ', '&&', '&;'],
  ...['&#;', '&#x;', '&#0;', '&#X41;', '&#x41', '&#-1;', '&# 65;'],
  ...[
    '&#65 ;',
    '&#xD800;',
    '&#xDFFF;',
    '&#xFFFE;',
    '&#xFFFF;',
    '&#x110000;',
    '&#1114112;',
    '&#1;',
    '&#x1F;',
    '&#99999999999;',
  ],
  ...['&#x1_0;', '&p:q;', '&\u00e9;', '&1;', '&-;', '&amp;lt;', '&#\u0661;', '&lt;;', '&apos', '&quot', '&quo;'],
  ...['&a;', '&amp ;', ' a="1"', ' a="2"', " b='3'", ' p:a="4"', ' q:a="5"', ' a', ' a=', ' a=x', ' ="x"', ' a="<"'],
  ...[" a='&'", ' a = "x"', ' xmlns=""', ' xmlns="u"', ' xmlns="v"', ' xmlns:p="u"', ' xmlns:p="v"', ' xmlns:q="u"'],
  ...[' xmlns:p=""', ' xmlns:="u"', ' xmlns:xml="u"', ' xmlns:xmlns="u"'],
  ...[' xmlns:p="http://www.w3.org/XML/1998/namespace"', ' xmlns:xmlns=""'],
  ...[' xmlns:xml="http://www.w3.org/XML/1998/namespace"', ' xmlns="http://www.w3.org/XML/1998/namespace"'],
  ...[' xmlns="http://www.w3.org/2000/xmlns/"', ' xmlns:p="http://www.w3.org/2000/xmlns/"', ' xmlns:p="&#117;"'],
  ...[' xmlns:p=" u "', ' xmlns="u "', 'p:', ':p', 'p:q:', 'xml:', 'xmlns:', 'xmlns', 'xml', 'p:1', '1', '-', '.'],
  ...['\u00b7', '\u0301', '\u00d7', '\u037e', '<a>', '</a>', '<b/>', '<p:a/>', '<xml:a/>', '<xmlns:a/>', '<a:/>'],
  ...['<:a/>', '<a:b:c/>', '<xmlns/>', '<1/>', '< a/>', '</a >', '</ a>', '<a//>', '<a/ >', '</a/>', '<>', '</>'],
  ...['\u0000', '\u0001', '\u000b', '\u001f', '\ufffe', '\uffff', '\ufeff', '\u00a0', '\u2000', '\u2028', '\u0085'],
  ...['\u3000', '\u{10000}', '\u{f0000}', 'text', '<![CDATA[]]]]><![CDATA[>]]>', `&${'\u{10000}'.repeat(40)};`],
  ...[`&a${'\u{10000}'.repeat(40)};`, `<a${'\u{10000}'.repeat(40)}:b/>`, `${'\u{10000}'.repeat(40)}:b:`],
];

/** Bytes that are no UTF-8 in most places: parts, overlong forms, surrogates, beyond the end; and some that matter. */
export const ODD_BYTES: readonly Uint8Array[] = [
  ...['00', '08', '0b', '0d', '1f', '7f', '80', 'bf', 'c3', 'fe', 'ff', 'c080', 'c1bf', 'e080af', 'e09fbf', 'eda080'],
  ...['edbfbf', 'eda0bdedb880', 'f08080af', 'f08fbfbf', 'f4908080', 'f5808080', 'e282', 'f09f98', 'f09f'],
  ...['f888808080', 'efbbbf', 'efbb', 'efbfbe', 'efbfbf', 'feff', 'fffe', 'c285', 'c2a0', 'e280a8', 'f09f9880'],
].map((digits) => Uint8Array.from(Buffer.from(digits, 'hex')));
