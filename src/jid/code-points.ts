/**
 * The derived properties of code points of RFC 8264 §8, from the Unicode tables that the JavaScript engine has. So what is
 * unassigned, and therefore refused, is what the engine does not know yet.
 */

/** LetterDigits (§9.1), ASCII7 (§9.11), and what Exceptions (§9.6) and JoinControl (§9.8) add. */
const IDENTIFIER =
  /^[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}!-~\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u200c-\u200d\u3007\u30fb]*$/u;

/** Besides, OtherLetterDigits (§9.18), Spaces (§9.14), Symbols (§9.15) and Punctuation (§9.16). */
const FREEFORM = /^[\p{L}\p{N}\p{M}\p{S}\p{P}\p{Zs}\u200c\u200d]*$/u;

/** Exceptions that are disallowed (§9.6), OldHangulJamo (§9.9), and PrecisIgnorableProperties (§9.13) less the joiners. */
const DISALLOWED =
  /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]|(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;

/** All code points of decomposition type `<wide>` or `<narrow>` that decompose to something not disallowed. */
const FULLWIDTH_OR_HALFWIDTH = /[\uff01-\uff9f\uffe0-\uffee]/g;

/**
 * Whether a text in NFC has only code points of the IdentifierClass (RFC 8264 §4.2). Those that are allowed in some
 * contexts only count as allowed: see `obeysContextRules`.
 */
export function isIdentifier(text: string): boolean {
  // HasCompat (§9.17). In NFC, nothing but a compatibility equivalent can make a difference.
  return IDENTIFIER.test(text) && !DISALLOWED.test(text) && text.normalize('NFKC') === text;
}

/** The same for the FreeformClass (RFC 8264 §4.3). */
export function isFreeform(text: string): boolean {
  return FREEFORM.test(text) && !DISALLOWED.test(text);
}

/**
 * Maps fullwidth and halfwidth code points to those they stand for (RFC 8264 §5.2.1). Halfwidth Hangul is left alone: it
 * stands for compatibility characters, which are disallowed just as well.
 */
export function mapWidth(text: string): string {
  return text.replace(FULLWIDTH_OR_HALFWIDTH, (character) => character.normalize('NFKC'));
}
