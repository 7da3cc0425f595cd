import { join } from 'node:path';
import { createJid, JidError } from '../../src/jid/index.ts';
import { part } from './jid-words.ts';
import { PythonProcess } from './python.ts';
import { Random } from './random.ts';
import { type Failure, show } from './target.ts';

/** What Python makes of a text: a localpart and a resourcepart; null if it is none, false if it cannot tell. */
type Prepared = readonly [localpart: string | null | false, resourcepart: string | null | false];

/** What came of it. */
export interface PrecisCampaign {
  /** The version of Unicode in Python, whose newer characters it cannot tell. */
  readonly unicode: string;
  /** How many texts were compared, as one or the other. */
  readonly compared: number;
  readonly failures: readonly Failure[];
}

const BATCH = 200;
const MOST_FAILURES = 10;

/** Compares parts of addresses with what Python's tables say; `undefined` where there is no `python3`. */
export async function runPrecisCampaign(
  folder: string,
  { seed, count, first = 0 }: { readonly seed: number; readonly count: number; readonly first?: number },
): Promise<PrecisCampaign | undefined> {
  const python = await PythonProcess.start(join(folder, 'precis.py'));
  if (python === undefined) return undefined;
  const [unicode = ''] = await python.ask('', 1);
  const failures: Failure[] = [];
  let compared = 0;
  for (let done = 0; done < count && failures.length < MOST_FAILURES; done += BATCH) {
    const start = first + done;
    const size = Math.min(BATCH, count - done);
    const texts = Array.from({ length: size }, (_, offset) => part(new Random(seed, start + offset)));
    const [answer = '[]'] = await python.ask(`${show(texts)}\n`, 1);
    const prepared: readonly Prepared[] = JSON.parse(answer);
    for (const [offset, expected] of prepared.entries()) {
      const complaint = compare(texts[offset] ?? '', expected);
      compared += expected.filter((each) => each !== false).length;
      if (complaint !== undefined) failures.push({ index: start + offset, complaint });
    }
  }
  await python.stop();
  return { unicode, compared, failures };
}

function compare(text: string, [localpart, resourcepart]: Prepared): string | undefined {
  const got: Prepared = [
    prepare(() => createJid({ localpart: text, domainpart: 'a' }).localpart),
    prepare(() => createJid({ domainpart: 'a', resourcepart: text }).resourcepart),
  ];
  const differs = [localpart, resourcepart].some((each, index) => each !== false && each !== got[index]);
  return differs ? `expected ${show([localpart, resourcepart])}, got ${show(got)} for ${show(text)}` : undefined;
}

function prepare(make: () => string | undefined): string | null {
  try {
    return make() ?? null;
  } catch (error) {
    if (error instanceof JidError) return null;
    throw error;
  }
}
