/** How a library reads an address and brings it into normal form. */
export type ParseJid = (text: string) => unknown;

/** Addresses that come again and again: as many as an account has correspondents, or a room occupants. */
const SEEN = 200;
/** Addresses measured at once; few enough to be where the processor has what it read lately, as in a stream. */
const BATCH = 2000;
const BATCHES = 50;

/** Microseconds for one address: `seen` that came before, `unseen` whose every part is new. */
export function measureJids(parse: ParseJid): { readonly seen: number; readonly unseen: number } {
  // One after the other: so many new addresses would drive the others out of any cache.
  const seen = batches(() => costOf(parse, (index) => addressOf(index % SEEN)));
  const unseen = batches((batch) => costOf(parse, (index) => addressOf(SEEN + batch * BATCH + index)));
  return { seen: median(seen), unseen: median(unseen) };
}

function batches(measure: (batch: number) => number): readonly number[] {
  return Array.from({ length: BATCHES }, (_, batch) => measure(batch));
}

function addressOf(number: number): string {
  return `friar${number}@cell${number}.verona.example/herbs-${number}`;
}

function costOf(parse: ParseJid, textOf: (index: number) => string): number {
  const texts = cutOut(textOf);
  const start = performance.now();
  for (const text of texts) parse(text);
  return ((performance.now() - start) * 1000) / texts.length;
}

/** Texts as a stream gives them: each cut out of a longer one, and none ever compared or hashed before. */
function cutOut(textOf: (index: number) => string): readonly string[] {
  const texts: string[] = [];
  while (texts.length < BATCH) {
    const chunk = Array.from({ length: 100 }, (_, index) => textOf(texts.length + index));
    const joined = Buffer.from(chunk.join('"')).toString();
    let start = 0;
    for (const { length } of chunk) {
      texts.push(joined.slice(start, start + length));
      start += length + 1;
    }
  }
  return texts;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
