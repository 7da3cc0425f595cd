import type { Oracle } from './examination.ts';
import type { OracleReport } from './oracle.ts';

/** Where an oracle is wrong, or knows other rules, and we are right. */
export interface KnownDifference {
  readonly oracle: Oracle;
  /** What it does, and why that is its own affair. */
  readonly reason: string;
  /** The smallest input that shows it. */
  readonly example: string;
  /**
   * The same input without what the oracle stumbles over, if it is in there. The difference is a known one only if nothing is
   * left of it then.
   */
  repair(input: Uint8Array, report: OracleReport): Uint8Array | undefined;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

const SPACE = '(?:\\s|&#(?:9|10|13|32|x0*9|x0*[aAdD]|x0*20);)+';
const DECLARATION = '\\sxmlns(?::[^\\s=]*)?\\s*=\\s*';
const NAMESPACE_AFTER_SPACE = new RegExp(`(${DECLARATION}["'])${SPACE}`, 'g');
const NAMESPACE_BEFORE_SPACE = new RegExp(`(${DECLARATION}(?:"[^"]*?|'[^']*?))${SPACE}(?=["'])`, 'g');
/** A local name that begins with a character that may only stand further behind (Namespaces in XML 1.0 §3, NCName). */
const LOCAL_NAME_START = /:(?=[-.0-9\u00b7\u203f\u2040]|[\u0300-\u036f])/g;
const VERSION = /^(\ufeff?<\?xml\s+version\s*=\s*)(?!["']1\.\d+["'])(?:"[^"]*"|'[^']*')/;
const NOT_ASCII = /[^\0-\x7f]/;

/** All that are known. A new one needs a reason, and belongs here only if it is not ours to mend. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    oracle: 'saxes',
    reason:
      'saxes cuts white space off the names of namespaces, which are to be compared as they are (Namespaces in XML 1.0 §2.3)',
    example: "<a xmlns=' u'/>",
    repair: replacing((text) => text.replace(NAMESPACE_AFTER_SPACE, '$1').replace(NAMESPACE_BEFORE_SPACE, '$1')),
  },
  {
    oracle: 'saxes',
    reason: 'saxes lets a local name behind a prefix begin with any character of names (Namespaces in XML 1.0 §4)',
    example: "<p:1 xmlns:p='u'/>",
    repair: replacing((text) => text.replace(LOCAL_NAME_START, ':a')),
  },
  {
    oracle: 'expat',
    reason: 'expat takes any version for 1.0, but XML 1.0 §2.8 has only versions 1.x',
    example: "<?xml version='2.0'?><a/>",
    repair: replacing((text) => text.replace(VERSION, "$1'1.0'")),
  },
  {
    oracle: 'expat',
    reason: 'expat has the names of the fourth edition of XML 1.0, which knew the letters of Unicode 2.0 only',
    example: '<\u{10000}/>',
    repair: (input, report) => {
      if (report.outcome !== 'rejected' || report.complaint !== 'error 4') return undefined;
      const [refused = ''] = utf8.decode(input.subarray(report.at, report.at + 4));
      return NOT_ASCII.test(refused) ? encoder.encode(utf8.decode(input).replaceAll(refused, '\u00e9')) : undefined;
    },
  },
];

function replacing(replace: (text: string) => string): KnownDifference['repair'] {
  return (input) => {
    const text = utf8.decode(input);
    const replaced = replace(text);
    return replaced === text ? undefined : encoder.encode(replaced);
  };
}
