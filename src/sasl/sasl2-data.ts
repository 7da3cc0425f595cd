import { type Element, element, textOf } from '../xml/element.ts';
import { decodeBase64, encodeBase64 } from './bytes.ts';
import { Sealed } from './sealed.ts';

/** An element that holds data in base64; empty for empty data, since absent data have no element (XEP-0388 §2.2). */
export function buildData(name: string, data: Sealed<Uint8Array>): Element {
  return element(name, {}, encodeBase64(data.reveal()));
}

/**
 * The data in an element. Answers `'malformed'` for child elements and for anything but strict base64. White space around it
 * is no error: senders SHOULD NOT make any (XEP-0388 §2.2), yet the examples there have it.
 */
export function readData(holder: Element): Sealed<Uint8Array> | 'malformed' {
  const text = readText(holder);
  const bytes = text === undefined ? undefined : decodeBase64(text.trim());
  return bytes ? new Sealed(bytes) : 'malformed';
}

/** The character data of an element; `undefined` if there are elements among them. */
export function readText(holder: Element): string | undefined {
  return holder.children.every((child) => typeof child === 'string') ? textOf(holder) : undefined;
}
