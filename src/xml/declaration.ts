import { XmlError } from './xml-error.ts';

const S = '[ \\t\\n]';
const EQUALS = `${S}*=${S}*`;
const DECLARATION = new RegExp(
  `^${S}+version${EQUALS}(?:"1\\.\\d+"|'1\\.\\d+')` +
    `(?:${S}+encoding${EQUALS}(?:"([A-Za-z][\\w.-]*)"|'([A-Za-z][\\w.-]*)'))?` +
    `(?:${S}+standalone${EQUALS}(?:"(?:yes|no)"|'(?:yes|no)'))?${S}*$`,
);

/**
 * Checks what stands between `<?xml` and `?>` (XML 1.0 §2.8). Any version 1.x is read as 1.0, as the fifth edition asks;
 * the encoding can only be UTF-8 (RFC 6120 §11.6).
 */
export function checkDeclaration(declaration: string): void {
  const parts = DECLARATION.exec(declaration);
  if (!parts) {
    throw new XmlError('not-well-formed', "expected <?xml version='1.0'?>, got an XML declaration of another form");
  }
  const encoding = parts[1] ?? parts[2] ?? 'UTF-8';
  if (encoding.toUpperCase() !== 'UTF-8') {
    throw new XmlError('unsupported-encoding', `expected the encoding UTF-8, got ${encoding.slice(0, 32)}`);
  }
}
