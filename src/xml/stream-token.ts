import type { Element } from './element.ts';
import type { XmlError } from './xml-error.ts';

/** What a tokenizer makes of a stream. */
export type StreamToken =
  /** The root's start tag, without children. */
  | {
      readonly type: 'header';
      readonly header: Element;
      /** The default namespace declared there: that of stanzas (RFC 6120 §4.8.2); empty for none. */
      readonly contentNamespace: string;
    }
  /** A complete element directly inside the root. */
  | { readonly type: 'element'; readonly element: Element }
  /** The root's end tag. */
  | { readonly type: 'end' }
  /** The input is not acceptable. Comes once; nothing is read after it. */
  | { readonly type: 'error'; readonly error: XmlError };

/** Takes the bytes of a stream and gives its parts, one when asked for one. */
export interface Tokenizer {
  /** Takes the next bytes, cut anywhere. They are decoded at once: the array may be used again. */
  write(bytes: Uint8Array): void;
  /** The next token; `undefined` if it needs more bytes. The caller may act between two tokens, see {@link restart}. */
  read(): StreamToken | undefined;
  /**
   * A new stream header is expected, as after authentication (RFC 6120 §4.3.3): what was declared and open is forgotten.
   * Bytes that were written but not read belong to the new stream. An error stays.
   */
  restart(): void;
  /** Whether bytes, or a part of a character, are left that no token was made of (RFC 6120 §5.3.3: none may be). */
  readonly hasUnread: boolean;
}
