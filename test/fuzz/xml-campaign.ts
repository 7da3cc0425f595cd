import { type Examination, examine, type Oracle, type Reports, type Suspicion, type Witness } from './examination.ts';
import type { ExpatOracle } from './expat-oracle.ts';
import { KNOWN_DIFFERENCES, type KnownDifference } from './known-differences.ts';
import { minimise } from './minimise.ts';
import type { OracleReport } from './oracle.ts';
import { Random } from './random.ts';
import { readWithSaxes } from './saxes-oracle.ts';
import { xmlInput } from './xml-mutations.ts';

/** What is to be compared. */
export interface XmlCampaignOptions {
  readonly seed: number;
  /** Index of the first input; 0 by default. */
  readonly first?: number;
  readonly count: number;
  /** Without it, only saxes is asked. */
  readonly expat: Pick<ExpatOracle, 'read'> | undefined;
  /** Hears now and then how many inputs are done. */
  readonly onProgress?: (done: number) => void;
}

/** What came of it. */
export interface XmlCampaign {
  /** Differences that are not known; of those that look alike, the first three. */
  readonly findings: readonly Finding[];
  /** How many more there were. */
  readonly more: number;
  /** How often each known difference came, by its reason. */
  readonly known: ReadonlyMap<string, number>;
  /** How many inputs the tokenizer accepted, and refused with which condition. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** A difference that nobody can explain yet. */
export interface Finding extends Suspicion {
  readonly index: number;
  /** The smallest input that shows it; the whole one if it was not seen a second time. */
  readonly input: Uint8Array;
  /** False if it depends on the inputs before. */
  readonly isRepeatable: boolean;
}

const MOST_ALIKE = 3;
/** Then there is no need to go on. */
const MOST_FINDINGS = 30;
/** Few enough to fit into a pipe, so that expat need not wait for us. */
const BATCH = 200;
/** Inputs with more known differences than that are taken for unknown ones. */
const MOST_REPAIRS = 8;

/** Compares inputs of a seed: our parsers, in several chunkings, with each other and with the oracles. */
export async function runXmlCampaign(options: XmlCampaignOptions): Promise<XmlCampaign> {
  const campaign = new Campaign(options);
  const { first = 0, count, onProgress } = options;
  let next = campaign.prepare(first, Math.min(BATCH, count));
  for (let done = 0; done < count && campaign.findings.length < MOST_FINDINGS; ) {
    const present = await next;
    done += present.length;
    // Expat reads the next batch while this one is examined.
    next = campaign.prepare(first + done, Math.min(BATCH, count - done));
    for (const prepared of present) {
      if (campaign.findings.length < MOST_FINDINGS) await campaign.examine(prepared);
    }
    onProgress?.(done);
  }
  await next;
  return campaign;
}

/** An input, and what expat says about it. */
interface Prepared {
  readonly index: number;
  readonly input: Uint8Array;
  readonly expat: OracleReport | undefined;
}

class Campaign implements XmlCampaign {
  readonly findings: Finding[] = [];
  more = 0;
  readonly known = new Map<string, number>();
  readonly outcomes = new Map<string, number>();
  /** How many findings there are of a kind. */
  readonly #kinds = new Map<string, number>();
  readonly #seed: number;
  readonly #expat: Pick<ExpatOracle, 'read'> | undefined;

  constructor({ seed, expat }: XmlCampaignOptions) {
    this.#seed = seed;
    this.#expat = expat;
  }

  async prepare(first: number, size: number): Promise<readonly Prepared[]> {
    const inputs = Array.from({ length: size }, (_, offset) => xmlInput(new Random(this.#seed, first + offset)));
    const reports = await this.#expat?.read(inputs);
    return inputs.map((input, offset) => ({ index: first + offset, input, expat: reports?.[offset] }));
  }

  async examine({ index, input, expat }: Prepared): Promise<void> {
    const { suspicions, outcome } = this.#look(index, input, { saxes: readWithSaxes(input), expat });
    count(this.outcomes, outcome);
    for (const { witness, complaint } of suspicions) {
      const known = await this.#explain(index, input, witness);
      if (known === undefined) await this.#note(index, input, { witness, complaint });
      else for (const reason of known) count(this.known, reason);
    }
  }

  /** The reasons of known differences, if those are all that there is to this suspicion. */
  async #explain(index: number, input: Uint8Array, witness: Witness): Promise<readonly string[] | undefined> {
    if (witness !== 'saxes' && witness !== 'expat') return undefined;
    const reasons: string[] = [];
    for (let current = input; reasons.length <= MOST_REPAIRS; ) {
      const report = await this.#ask(witness, current);
      if (report === undefined) return undefined;
      const { suspicions } = this.#look(index, current, { [witness]: report });
      if (suspicions.length === 0) return reasons.length === 0 ? undefined : reasons;
      const repaired = repair(current, witness, report);
      if (repaired === undefined) return undefined;
      reasons.push(repaired.known.reason);
      current = repaired.input;
    }
    return undefined;
  }

  async #note(index: number, input: Uint8Array, suspicion: Suspicion): Promise<void> {
    const kind = kindOf(suspicion);
    count(this.#kinds, kind);
    if ((this.#kinds.get(kind) ?? 0) > MOST_ALIKE) {
      this.more++;
      return;
    }
    const stillFails = (candidate: Uint8Array) => this.#isUnexplained(index, candidate, suspicion.witness);
    const isRepeatable = await stillFails(input);
    const smallest = isRepeatable ? await minimise(input, stillFails) : input;
    this.findings.push({ ...suspicion, index, input: smallest, isRepeatable });
  }

  async #isUnexplained(index: number, input: Uint8Array, witness: Witness): Promise<boolean> {
    const isOracle = witness === 'saxes' || witness === 'expat';
    const reports = isOracle ? { [witness]: await this.#ask(witness, input) } : {};
    const { suspicions } = this.#look(index, input, reports);
    if (!suspicions.some((each) => each.witness === witness)) return false;
    return (await this.#explain(index, input, witness)) === undefined;
  }

  #look(index: number, input: Uint8Array, reports: Reports): Examination {
    return examine(input, reports, new Random(~this.#seed, index));
  }

  async #ask(oracle: Oracle, input: Uint8Array): Promise<OracleReport | undefined> {
    return oracle === 'saxes' ? readWithSaxes(input) : (await this.#expat?.read([input]))?.[0];
  }
}

/** Who complains of what, without what is quoted. */
function kindOf({ witness, complaint }: Suspicion): string {
  return `${witness} ${complaint.replace(/["“].*/su, '').replace(/\d+/g, '')}`;
}

function repair(
  input: Uint8Array,
  oracle: Oracle,
  report: OracleReport,
): { readonly known: KnownDifference; readonly input: Uint8Array } | undefined {
  for (const known of KNOWN_DIFFERENCES) {
    const repaired = known.oracle === oracle ? known.repair(input, report) : undefined;
    if (repaired !== undefined) return { known, input: repaired };
  }
  return undefined;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
