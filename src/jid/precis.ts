import { JidError } from './jid-error.ts';

/** The most bytes of UTF-8 that a part of a JID may have (RFC 7622 §3.1). */
export const MAX_PART_BYTES = 1023;

// Printable ASCII less space and the characters that RFC 7622 §3.3.1 excludes: " & ' / : < > @
const ASCII_LOCALPART = /^[!#-%(-.0-9;=?A-~]+$/;
const ASCII_RESOURCEPART = /^[ -~]+$/;

/**
 * The IdentifierClass of RFC 8264 §4.2 as far as Unicode properties tell it: letters, digits, marks, printable ASCII and
 * the four exceptions of RFC 5892 §2.6 that are none of these. What is allowed only in some contexts (RFC 5892 Appendix
 * A) is refused as long as those rules are not checked, apart from digits.
 */
const IDENTIFIER = /^[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}!-~\u06fd\u06fe\u0f0b\u3007]+$/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const FORBIDDEN_IN_LOCALPART = /["&'/:<>@]/;
const CONTROL_OR_SURROGATE = /[\p{Cc}\p{Cs}]/u;
const NON_ASCII_SPACE = /[^\P{Zs} ]/gu;
/** All characters that decompose as `<wide>` or `<narrow>`, which the width mapping rule is about (RFC 8264 §5.2.1). */
const FULLWIDTH_OR_HALFWIDTH = /[\u3000\uff01-\uffee]/g;

const LOCALPART = `a localpart: 1 to ${MAX_PART_BYTES} bytes of letters, digits and signs, without spaces and "&'/:<>@`;
const RESOURCEPART = `a resourcepart: 1 to ${MAX_PART_BYTES} bytes without control characters`;

const utf8 = new TextEncoder();

/**
 * A localpart as the UsernameCaseMapped profile of PRECIS has it (RFC 7622 §3.3, RFC 8265 §3.3): width and case mapped,
 * NFC. The rule for text from right to left is not checked yet.
 *
 * @throws JidError
 */
export function prepareLocalpart(text: string): string {
  if (ASCII_LOCALPART.test(text) && text.length <= MAX_PART_BYTES) return text.toLowerCase();
  const prepared = mapLocalpart(text);
  if (
    !IDENTIFIER.test(prepared) ||
    INVISIBLE.test(prepared) ||
    FORBIDDEN_IN_LOCALPART.test(prepared) ||
    hasCompatibilityEquivalent(prepared) ||
    byteLength(prepared) > MAX_PART_BYTES
  ) {
    throw new JidError('invalid-localpart', LOCALPART, text);
  }
  return prepared;
}

/**
 * A resourcepart as the OpaqueString profile of PRECIS has it (RFC 7622 §3.4, RFC 8265 §4.2): every space is U+0020,
 * NFC, and case is kept. The FreeformClass is not checked yet beyond control characters.
 *
 * @throws JidError
 */
export function prepareResourcepart(text: string): string {
  if (ASCII_RESOURCEPART.test(text) && text.length <= MAX_PART_BYTES) return text;
  const prepared = text.replace(NON_ASCII_SPACE, ' ').normalize('NFC');
  if (prepared === '' || CONTROL_OR_SURROGATE.test(prepared) || byteLength(prepared) > MAX_PART_BYTES) {
    throw new JidError('invalid-resourcepart', RESOURCEPART, text);
  }
  return prepared;
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  return utf8.encode(text).length;
}

/** RFC 8264 §9.17: such a character looks like another one, and mapping again would change it. */
function hasCompatibilityEquivalent(text: string): boolean {
  return text.normalize('NFKC') !== text || mapLocalpart(text) !== text;
}

function mapLocalpart(text: string): string {
  // Σ becomes σ wherever it stands: JavaScript would make it ς at the end of a word, so that the lower case of a name
  // depended on its context, and two spellings of one account would differ.
  return text
    .replace(FULLWIDTH_OR_HALFWIDTH, (character) => character.normalize('NFKC'))
    .replaceAll('Σ', 'σ')
    .toLowerCase()
    .normalize('NFC');
}
