import { join } from 'node:path';
import type { OracleReport } from './oracle.ts';
import { PythonProcess } from './python.ts';
import { joinRootTexts } from './tree.ts';

/** Expat in a Python process that reads one batch of documents after the other. */
export class ExpatOracle {
  /** Its version, as in `expat_2.5.0`. */
  readonly version: string;
  readonly #process: PythonProcess;

  /** Starts `expat.py` of this folder; `undefined` where there is no `python3`. */
  static async start(folder: string): Promise<ExpatOracle | undefined> {
    const process = await PythonProcess.start(join(folder, 'expat.py'));
    return process && new ExpatOracle(process, (await process.ask('', 1)).join(''));
  }

  private constructor(process: PythonProcess, version: string) {
    this.#process = process;
    this.version = version;
  }

  /** Reports in the order of the documents. */
  async read(documents: readonly Uint8Array[]): Promise<OracleReport[]> {
    const lines = await this.#process.ask(batchOf(documents), documents.length);
    return lines.map((line) => reportOf(JSON.parse(line)));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

/** What expat.py writes about a document. */
interface Line {
  readonly tree?: string;
  readonly restricted?: string;
  readonly error?: number;
  readonly at?: number;
  readonly rootContent?: boolean;
  readonly contentNamespace?: string;
  readonly encoding?: string;
}

function batchOf(documents: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([uint32(documents.length), ...documents.flatMap((each) => [uint32(each.length), each])]);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function reportOf(line: Line): OracleReport {
  const { tree, restricted, error = 0, at = 0, rootContent = false, contentNamespace = '', encoding } = line;
  const facts = { hasRootContent: rootContent, contentNamespace, encoding };
  if (tree !== undefined) return { outcome: 'accepted', tree: joinRootTexts(tree), facts };
  if (restricted !== undefined) return { outcome: 'restricted', by: restricted, facts };
  return { outcome: 'rejected', complaint: `error ${error}`, conditions: CONDITIONS.get(error) ?? [], at, facts };
}

const FORM = ['not-well-formed'];
/** One tag can have several mistakes, in names and in values. */
const TAG = ['bad-namespace-prefix', 'not-well-formed', 'restricted-xml'];

/** What errors of expat mean in XMPP, by the numbers of its `enum XML_Error`; of those that can mean one thing only. */
const CONDITIONS: ReadonlyMap<number, readonly string[]> = new Map([
  [7, FORM], // mismatched tag
  [8, TAG], // duplicate attribute
  [11, ['restricted-xml']], // undefined entity
  [14, FORM], // reference to a character that XML has not
  [17, FORM], // XML declaration not at the start
  [27, TAG], // unbound prefix
  [28, TAG], // a prefix is undeclared
  [30, FORM], // XML declaration not well-formed
  [38, TAG], // reserved prefix xml
  [39, TAG], // reserved prefix xmlns
  [40, TAG], // reserved namespace
]);
