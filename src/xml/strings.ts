/** V8 copies shorter pieces; from this length on a piece is a view that keeps the whole string it was cut from. */
export const SHORTEST_VIEW = 13;
/** Longer ones hardly repeat. */
export const LONGEST_SHARED = 128;
const PAGE = 4096;
const SLOTS = 1024;

const shared: string[] = new Array<string>(SLOTS).fill('');

/** The same characters in a string of their own: a concatenation is written out when a part of it is asked for. */
export function copy(text: string): string {
  return text.length < SHORTEST_VIEW ? text : ` ${text}`.slice(1);
}

/**
 * A part of `source` that comes again and again, such as an address or a namespace: one string serves all, so that its
 * hash is computed once. The table is as large as it gets; a newcomer replaces the text that had its slot. For {@link SHORTEST_VIEW}
 * to {@link LONGEST_SHARED} characters: shorter ones are cheap to hash.
 */
export function share(source: string, start: number, end: number): string {
  const size = end - start;
  const slot = hashOf(source, start, size) & (SLOTS - 1);
  const known = shared[slot];
  // A view costs next to nothing; comparing it is twice as fast as `startsWith`.
  const piece = source.slice(start, end);
  if (piece === known) return known;
  const made = copy(piece);
  shared[slot] = made;
  return made;
}

/** {@link share} for a whole string that keeps no other one in memory. */
export function shareWhole(text: string): string {
  return text.length < SHORTEST_VIEW || text.length > LONGEST_SHARED ? text : share(text, 0, text.length);
}

/**
 * Text that arrives in pieces. A plain concatenation of single characters would take 32 bytes for each until it is read;
 * here small pieces are written out once they are a page together.
 */
export class TextBuffer {
  private pages = '';
  /** What came last; empty only if nothing came. */
  private page = '';

  get isEmpty(): boolean {
    return this.page.length === 0;
  }

  append(piece: string): void {
    if (this.page.length < PAGE) {
      this.page += piece;
    } else if (piece.length > 0) {
      this.pages += copy(this.page);
      this.page = piece;
    }
  }

  /** Everything appended, as one string of its own; the buffer is empty then. */
  take(): string {
    const text = copy(this.pages.length === 0 ? this.page : this.pages + this.page);
    this.clear();
    return text;
  }

  clear(): void {
    this.pages = '';
    this.page = '';
  }
}

function hashOf(text: string, start: number, size: number): number {
  const half = text.charCodeAt(start + (size >> 1));
  const third = text.charCodeAt(start + (size >> 2));
  const last = text.charCodeAt(start + size - 1);
  const beforeLast = text.charCodeAt(start + size - 2);
  return size + 7 * text.charCodeAt(start) + 31 * half + 127 * third + 511 * last + 61 * beforeLast;
}
