import { isXmlText } from './characters.ts';
import { judgeBoth, judgeCut, judgeDocument, judgeMessage, judgeStream } from './judge.ts';
import type { OracleReport } from './oracle.ts';
import type { Random } from './random.ts';
import { cuttings, readDocument, readStream, rewriteDocument } from './xml-subject.ts';

/**
 * Who contradicts: the same input in other chunks, the other parser of ours, what the serializer makes of it, or an oracle; the
 * message of an error that cannot be sent; or we threw what nobody may see.
 */
export type Witness = 'chunks' | 'parsers' | 'serializer' | 'message' | 'crash' | Oracle;

/** A difference that was seen. */
export interface Suspicion {
  readonly witness: Witness;
  readonly complaint: string;
}

/** What the oracles say about an input, as far as they were asked. */
export type Reports = Readonly<Partial<Record<Oracle, OracleReport | undefined>>>;

/** Parsers of others. */
export type Oracle = 'saxes' | 'expat';

/** What was seen of an input. */
export interface Examination {
  readonly suspicions: readonly Suspicion[];
  /** Outcome of the tokenizer on the whole input. */
  readonly outcome: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads an input in all ways and compares them, and with what the oracles say. */
export function examine(input: Uint8Array, reports: Reports, random: Random): Examination {
  const suspicions: Suspicion[] = [];
  const note = (witness: Witness, complaint: string | undefined) => {
    if (complaint !== undefined) suspicions.push({ witness, complaint });
  };
  const clean = () => isClean(input);
  try {
    const whole = readStream(input, [input.length]);
    const document = readDocument(input);
    note('message', judgeMessage(whole) ?? judgeMessage(document));
    for (const ends of cuttings(input.length, random)) {
      note('chunks', judgeCut(whole, readStream(input, ends, { readsLate: random.chance(0.2) })));
    }
    note('parsers', judgeBoth(whole, document));
    if (document.outcome === 'accepted') note('serializer', judgeCut(document, rewriteDocument(input)));
    for (const oracle of ['saxes', 'expat'] as const) {
      const report = reports[oracle];
      if (report === undefined) continue;
      note(oracle, judgeStream(whole, report, clean));
      note(oracle, judgeDocument(document, report, clean));
    }
    return { suspicions, outcome: whole.outcome };
  } catch (error) {
    return { suspicions: [...suspicions, { witness: 'crash', complaint: String(error) }], outcome: 'crash' };
  }
}

/** Whether all bytes of an input are UTF-8, and all characters those that XML has. */
function isClean(input: Uint8Array): boolean {
  try {
    return isXmlText(utf8.decode(input));
  } catch {
    return false;
  }
}
