import { obeysBidiRule } from './bidi.ts';
import { isIdentifier, mapWidth } from './code-points.ts';
import { obeysContextRules } from './context.ts';

/** What IDNA2008 takes for a dot (RFC 5895 §2). */
const IDEOGRAPHIC_FULL_STOP = /\u3002/g;
const NON_ASCII = /[^\0-\x7f]/;
const ASCII_OUTSIDE_LDH = /[\0-,/:-`{-\x7f]/;
/** RFC 5892 §2.4, IgnorableBlocks: combining marks for symbols, musical notation, Greek musical notation. */
const IGNORABLE_BLOCKS = /[\u20d0-\u20ff\u{1d100}-\u{1d24f}]/u;
/** RFC 5891 §4.2.3.1: hyphens that say "this label is encoded" have no place in one that is not. */
const HYPHENS_OF_A_LABEL = /^..--/u;

/**
 * Applies the mappings of RFC 5895 §2, which are fewer than those of the URL parser: dots, width, NFC. Case is left to the
 * parser, but for one letter that not all of them keep.
 *
 * @returns `undefined` where the name has a code point that IDNA2008 refuses, and the URL parser would map to others or to
 * nothing
 */
export function mapDomain(text: string): string | undefined {
  const mapped = mapWidth(text).replace(IDEOGRAPHIC_FULL_STOP, '.').replaceAll('ẞ', 'ß').normalize('NFC');
  return isIdentifier(mapped) ? mapped : undefined;
}

/** Whether each label of a name in lower case is plain ASCII or a U-label of IDNA2008 (RFC 5891 §4.2, RFC 5892). */
export function hasOnlyValidLabels(name: string): boolean {
  const labels = name.split('.');
  return labels.every((label) => !NON_ASCII.test(label) || isULabel(label)) && obeysBidiRule(labels);
}

/**
 * The URL parser has ruled out what is unstable under case folding and compatibility mapping, and marks at the beginning.
 * Without that, the code points of RFC 5892 §3 are those of the IdentifierClass with less of ASCII and without some blocks.
 */
function isULabel(label: string): boolean {
  return (
    isIdentifier(label) &&
    !ASCII_OUTSIDE_LDH.test(label) &&
    !IGNORABLE_BLOCKS.test(label) &&
    !HYPHENS_OF_A_LABEL.test(label) &&
    obeysContextRules(label)
  );
}
