/** XML 1.0 §2.2, Char. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Whether XML has all characters of a text. */
export function isXmlText(text: string): boolean {
  return CHARACTERS.test(text);
}
