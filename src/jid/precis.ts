import { obeysBidiRule } from './bidi.ts';
import { isFreeform, isIdentifier, mapWidth } from './code-points.ts';
import { obeysContextRules } from './context.ts';
import { JidError } from './jid-error.ts';

/** The most bytes of UTF-8 that a part of a JID may have (RFC 7622 §3.1). */
export const MAX_PART_BYTES = 1023;

// Printable ASCII less space and the characters that RFC 7622 §3.3.1 excludes: " & ' / : < > @
const ASCII_LOCALPART = /^[!#-%(-.0-9;=?A-~]+$/;
const ASCII_RESOURCEPART = /^[ -~]+$/;
const FORBIDDEN_IN_LOCALPART = /["&'/:<>@]/;
const NON_ASCII_SPACE = /[^\P{Zs} ]/gu;

const LOCALPART = `a localpart: 1 to ${MAX_PART_BYTES} bytes of letters, digits and signs, without spaces and "&'/:<>@`;
const RESOURCEPART = `a resourcepart: 1 to ${MAX_PART_BYTES} bytes without control characters`;

const utf8 = new TextEncoder();

/**
 * A localpart as the UsernameCaseMapped profile of PRECIS has it (RFC 7622 §3.3, RFC 8265 §3.3): width and case mapped,
 * NFC, of the IdentifierClass, unambiguous where it runs from right to left.
 *
 * What RFC 8265 calls preparation is done after the mappings, as RFC 8264 §7 has it, so that letters which Unicode only
 * keeps for round trips (the signs for kelvin and angstrom, decomposed Hangul) become the ordinary ones.
 *
 * @throws JidError
 */
export function prepareLocalpart(text: string): string {
  if (ASCII_LOCALPART.test(text) && text.length <= MAX_PART_BYTES) return text.toLowerCase();
  const prepared = mapLocalpart(text);
  if (
    !fits(prepared) ||
    !isIdentifier(prepared) ||
    FORBIDDEN_IN_LOCALPART.test(prepared) ||
    !obeysContextRules(prepared) ||
    !obeysBidiRule([prepared]) ||
    mapLocalpart(prepared) !== prepared
  ) {
    throw new JidError('invalid-localpart', LOCALPART, text);
  }
  return prepared;
}

/**
 * A resourcepart as the OpaqueString profile of PRECIS has it (RFC 7622 §3.4, RFC 8265 §4.2): every space is U+0020,
 * NFC, of the FreeformClass, and case is kept.
 *
 * @throws JidError
 */
export function prepareResourcepart(text: string): string {
  if (ASCII_RESOURCEPART.test(text) && text.length <= MAX_PART_BYTES) return text;
  const prepared = text.replace(NON_ASCII_SPACE, ' ').normalize('NFC');
  if (!fits(prepared) || !isFreeform(prepared) || !obeysContextRules(prepared)) {
    throw new JidError('invalid-resourcepart', RESOURCEPART, text);
  }
  return prepared;
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  return utf8.encode(text).length;
}

function fits(part: string): boolean {
  return part !== '' && byteLength(part) <= MAX_PART_BYTES;
}

function mapLocalpart(text: string): string {
  // Σ becomes σ wherever it stands: JavaScript would make it ς at the end of a word, so that the lower case of a name
  // depended on its context, and two spellings of one account would differ.
  return mapWidth(text).replaceAll('Σ', 'σ').toLowerCase().normalize('NFC');
}
