import { DUAL_JOINING, LEFT_JOINING, RIGHT_JOINING, TRANSPARENT } from './joining-types.ts';

const CONTEXTUAL = /[\u00b7\u0375\u05f3\u05f4\u0660-\u0669\u06f0-\u06f9\u200c-\u200d\u30fb]/;

/** A breach of the rules in Appendix A.3 (middle dot), A.4 (keraia), and A.5 and A.6 (geresh and gershayim). */
const BREACH = /(?:^|[^l])\u00b7|\u00b7(?!l)|\u0375(?!\p{Script=Greek})|(?:^|\P{Script=Hebrew})[\u05f3\u05f4]/u;
const KATAKANA_MIDDLE_DOT = '\u30fb';
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
const ARABIC_INDIC_DIGIT = /[\u0660-\u0669]/;
const EXTENDED_ARABIC_INDIC_DIGIT = /[\u06f0-\u06f9]/;

const JOINER = /[\u200c\u200d]/g;
const NON_JOINER = '\u200c';
const LAST_CODE_POINT = /.$/su;
const JOINS_ON_THE_LEFT = new RegExp(`[${DUAL_JOINING}${LEFT_JOINING}][${TRANSPARENT}]*$`, 'u');
const JOINS_ON_THE_RIGHT = new RegExp(`^[${TRANSPARENT}]*[${DUAL_JOINING}${RIGHT_JOINING}]`, 'u');

/** Whether each code point that is allowed only in some contexts stands in one of them (RFC 5892 Appendix A). */
export function obeysContextRules(text: string): boolean {
  if (!CONTEXTUAL.test(text)) return true;
  if (BREACH.test(text)) return false;
  if (text.includes(KATAKANA_MIDDLE_DOT) && !JAPANESE.test(text)) return false; // A.7
  if (ARABIC_INDIC_DIGIT.test(text) && EXTENDED_ARABIC_INDIC_DIGIT.test(text)) return false; // A.8, A.9
  for (const { 0: joiner, index } of text.matchAll(JOINER)) {
    if (!mayJoin(joiner, text.slice(0, index), text.slice(index + 1))) return false;
  }
  return true;
}

/** Appendix A.1 and A.2: both joiners may follow a virama; the non-joiner may also part two letters that would join. */
function mayJoin(joiner: string, before: string, after: string): boolean {
  if (isVirama(LAST_CODE_POINT.exec(before)?.[0] ?? '')) return true;
  return joiner === NON_JOINER && JOINS_ON_THE_LEFT.test(before) && JOINS_ON_THE_RIGHT.test(after);
}

/** Marks of class 8 and 10, next to a virama, which is what class 9 is for. */
const CLASS_8 = '\u3099';
const CLASS_10 = '\u05b0';

/**
 * Whether the canonical combining class is 9. Engines do not tell it, but canonical order sorts marks by it: one that goes
 * before class 10 and behind class 8 has this class.
 */
function isVirama(character: string): boolean {
  const isProbe = character === CLASS_8 || character === CLASS_10;
  const sorted = (CLASS_10 + character + CLASS_8).normalize('NFD');
  return !isProbe && character !== '' && sorted === CLASS_8 + character + CLASS_10;
}
