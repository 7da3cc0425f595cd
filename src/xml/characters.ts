/** Classes of ASCII characters, one bit each, for {@link ASCII}. */
export const SPACE = 1;
/** May stand in a qualified name. Every character beyond ASCII may until the name is checked as a whole. */
export const NAME = 2;

/** The classes of each ASCII character. */
export const ASCII = /* @__PURE__ */ createClasses();

/** Control characters that XML has no place for, for a class of a regular expression. */
const CONTROLS = '\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff';

/** A character that XML 1.0 §2.2 forbids in well-formed Unicode text: most control characters, U+FFFE and U+FFFF. */
export const FORBIDDEN = new RegExp(`[${CONTROLS}]`);
/** The same for strings that may hold lone surrogates: those of a caller, not of a UTF-8 decoder. */
export const FORBIDDEN_OR_LONE = new RegExp(`[${CONTROLS}\\p{Surrogate}]`, 'u');
/** A character that makes a closer look necessary: a forbidden one, a tab or a line end. */
export const CONTROL = new RegExp(`[${CONTROLS}\\t\\n\\r]`);
/** The same for strings that may hold lone surrogates. */
export const CONTROL_OR_SURROGATE = new RegExp(`[${CONTROLS}\\t\\n\\r\\ud800-\\udfff]`);
export const BEYOND_ASCII = /[^ -~\t\n\r]/;
/** A character that text cannot hold as it is, or perhaps not at all. */
export const SPECIAL_IN_TEXT = new RegExp(`[&<>\\r${CONTROLS}\\ud800-\\udfff]`);
/** The same for the value of an attribute, in quotes of either kind. */
export const SPECIAL_IN_VALUE = new RegExp(`[&<>"'\\t\\n\\r${CONTROLS}\\ud800-\\udfff]`);

const NAME_START =
  'A-Z_a-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef' +
  '\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const NAME_REST = `${NAME_START}\\-.0-9\\xb7\\u0300-\\u036f\\u203f\\u2040`;

/** A whole name without colon (Namespaces in XML 1.0, NCName). */
export const NC_NAME = new RegExp(`^[${NAME_START}][${NAME_REST}]*$`, 'u');

/** How a character is shown in messages: printable ASCII as it is, everything else by its code point. */
export function showCharacter(text: string, at: number): string {
  const code = text.codePointAt(at);
  if (code === undefined) return 'the end';
  if (code > 0x20 && code < 0x7f) return `“${String.fromCharCode(code)}”`;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Bytes of a part of well-formed text in UTF-8. */
export function utf8Length(text: string, start: number, end: number): number {
  let bytes = end - start;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // Each half of a surrogate pair stands for two of the four bytes.
    bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function createClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  for (const space of ' \t\n') classes[space.charCodeAt(0)] = SPACE;
  const names = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:';
  for (let at = 0; at < names.length; at++) classes[names.charCodeAt(at)] = NAME;
  return classes;
}
