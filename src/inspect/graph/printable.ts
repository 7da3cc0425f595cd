/** Characters that XML has no place for (XML 1.0 §2.2), lone surrogates among them. */
const UNPRINTABLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text as it may stand in a document: names in a machine are any strings. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\u{fffd}');
}
