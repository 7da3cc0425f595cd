import { ASCII, SPACE } from './characters.ts';
import type { Cursor } from './cursor.ts';

const GREATER = 0x3e;

/** Reads an end tag from behind its `</`. */
export class EndTagScanner {
  private matched = 0;

  /** Whether the tag is complete. It must repeat the name of the start tag letter by letter. */
  scan(cursor: Cursor, name: string): boolean {
    const { text } = cursor;
    let at = cursor.position;
    const end = at + name.length;
    if (this.matched === 0 && end < text.length && text.slice(at, end) === name) {
      if (text.charCodeAt(end) === GREATER) {
        cursor.position = end + 1;
        return true;
      }
      this.matched = name.length;
      at = end;
    }
    for (; this.matched < name.length && at < text.length; at++, this.matched++) {
      if (text.charCodeAt(at) !== name.charCodeAt(this.matched)) throw cursor.unexpected(at, `the end tag </${name}>`);
    }
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === GREATER) {
        cursor.position = at + 1;
        this.matched = 0;
        return true;
      }
      if (code > 0x20 || ASCII[code] !== SPACE) throw cursor.unexpected(at, `“>” of the end tag </${name}>`);
      at++;
    }
    cursor.position = at;
    return false;
  }

  clear(): void {
    this.matched = 0;
  }
}
