/**
 * Unicode's bidirectional classes, as far as they are needed for code points of the IdentifierClass. Engines have no property
 * for them. Unicode reserves these blocks for scripts that run from right to left, so that the class of a letter there is R
 * or AL; outside of them there is none.
 */
const RIGHT_TO_LEFT_BLOCKS = '\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}';
const ARABIC_NUMBER = '\u0660-\u0669\u{10d30}-\u{10d39}\u{10d40}-\u{10d49}';
const EUROPEAN_NUMBER = '0-9\u06f0-\u06f9';
/** Classes ES, CS, ET, ON and BN: signs of ASCII, and modifier letters, dots and joiners beyond it. */
const NEUTRAL =
  '!-/:-@\\[-`{-~\u00b7\u02b9\u02ba\u02c6-\u02cf\u02ec\u0375\u200c\u200d\u2e2f\u30fb\ua67f\ua717-\ua71f\ua788';
/** Class NSM is the general category Mn less these, whose class is L. */
const MARK_FROM_LEFT_TO_RIGHT = '[\u0cbf\u0cc6\u{11a07}\u{11a08}\u{11c3f}]';

const NSM = `(?!${MARK_FROM_LEFT_TO_RIGHT})\\p{Mn}`;
const R_OR_AL = `(?![\\p{Mn}${ARABIC_NUMBER}${EUROPEAN_NUMBER}])[${RIGHT_TO_LEFT_BLOCKS}]`;
const L = `(?:${MARK_FROM_LEFT_TO_RIGHT}|[^${RIGHT_TO_LEFT_BLOCKS}${EUROPEAN_NUMBER}${NEUTRAL}\\p{Mn}])`;

const HAS_RIGHT_TO_LEFT = new RegExp(`${R_OR_AL}|[${ARABIC_NUMBER}]`, 'u');
/** Conditions 1 to 3. */
const FROM_RIGHT_TO_LEFT = new RegExp(
  `^(?=${R_OR_AL})(?:(?!${L})[^])*(?:${R_OR_AL}|[${ARABIC_NUMBER}${EUROPEAN_NUMBER}])(?:${NSM})*$`,
  'u',
);
/** Conditions 1, 5 and 6. */
const FROM_LEFT_TO_RIGHT = new RegExp(
  `^(?=${L})(?!.*(?:${R_OR_AL}|[${ARABIC_NUMBER}])).*(?:${L}|[${EUROPEAN_NUMBER}])(?:${NSM})*$`,
  'u',
);
const HAS_EUROPEAN_NUMBER = new RegExp(`[${EUROPEAN_NUMBER}]`, 'u');
const HAS_ARABIC_NUMBER = new RegExp(`[${ARABIC_NUMBER}]`, 'u');

/**
 * Whether labels of the IdentifierClass can be shown beside text of the other direction without misleading: the Bidi Rule of
 * RFC 5893 §2, which holds for all of them as soon as one has a code point from right to left.
 */
export function obeysBidiRule(labels: readonly string[]): boolean {
  return !labels.some((label) => HAS_RIGHT_TO_LEFT.test(label)) || labels.every(obeysConditions);
}

function obeysConditions(label: string): boolean {
  if (FROM_LEFT_TO_RIGHT.test(label)) return true;
  const mixesNumbers = HAS_EUROPEAN_NUMBER.test(label) && HAS_ARABIC_NUMBER.test(label); // condition 4
  return FROM_RIGHT_TO_LEFT.test(label) && !mixesNumbers;
}
