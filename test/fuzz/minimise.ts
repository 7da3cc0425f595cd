/** So many attempts are enough for inputs of this size, and keep a night from becoming a week. */
const MOST_ATTEMPTS = 5000;
/** Pieces up to this size are taken out wherever they stand, larger ones between delimiters. */
const SMALL = 8;
const DELIMITERS = Array.from('<> =\'"', (character) => character.charCodeAt(0));

/** A part of an input. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The smallest input that this finds and that still fails: takes out what stands between two delimiters of XML, as much as possible
 * first, then small pieces anywhere, again and again for as long as that leads further.
 */
export async function minimise(
  input: Uint8Array,
  stillFails: (candidate: Uint8Array) => boolean | Promise<boolean>,
): Promise<Uint8Array> {
  let smallest = input;
  let attempts = 0;

  async function shrink(spans: readonly Span[]): Promise<boolean> {
    for (const span of spans) {
      if (++attempts > MOST_ATTEMPTS) return false;
      const candidate = without(smallest, span);
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      return true;
    }
    return false;
  }

  while ((await shrink(betweenDelimiters(smallest))) || (await shrink(smallPieces(smallest)))) {}
  return smallest;
}

function betweenDelimiters(bytes: Uint8Array): Span[] {
  const borders = [0, bytes.length];
  for (const [index, byte] of bytes.entries()) if (DELIMITERS.includes(byte)) borders.push(index, index + 1);
  const ends = [...new Set(borders)].sort((a, b) => a - b);
  const spans = ends.flatMap((start, index) => ends.slice(index + 1).map((end) => ({ start, end })));
  return spans.sort((a, b) => b.end - b.start - (a.end - a.start));
}

function smallPieces(bytes: Uint8Array): Span[] {
  const spans: Span[] = [];
  for (let size = SMALL; size > 0; size--) {
    for (let start = 0; start + size <= bytes.length; start++) spans.push({ start, end: start + size });
  }
  return spans;
}

function without(bytes: Uint8Array, { start, end }: Span): Uint8Array {
  const rest = new Uint8Array(bytes.length - (end - start));
  rest.set(bytes.subarray(0, start));
  rest.set(bytes.subarray(end), start);
  return rest;
}
