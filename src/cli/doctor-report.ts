import type { Element } from '../xml/index.ts';
import type { Discovery } from './doctor-discovery.ts';
import type { Examination, Login } from './doctor-examination.ts';
import type { Verdict } from './doctor-verdict.ts';

/** All that `doctor` found out. */
export interface Report {
  readonly domain: string;
  readonly discovery: Discovery;
  readonly examinations: readonly Examination[];
  /** How many endpoints were left out, because there are so many. */
  readonly untried: number;
  readonly verdict: Verdict;
}

/** What the client makes of a mechanism that was offered. */
export interface MechanismFinding {
  readonly name: string;
  /** `chosen`, `not-needed` where it would do and another is preferred, or why it is refused. */
  readonly verdict: string;
  /** In words: a part of a sentence. */
  readonly reason: string;
}

/** Every mechanism that was offered, once, in the order of the server. */
export function mechanismFindings({ offer, choice }: Login): MechanismFinding[] {
  return [...new Set(offer.mechanisms)].map((name) => {
    const refusal = choice.refused.find((refused) => refused.name === name);
    if (refusal) return { name, verdict: refusal.cause, reason: refusal.reason };
    if (name === choice.chosen?.name)
      return { name, verdict: 'chosen', reason: 'it is preferred to all others that may be used' };
    return { name, verdict: 'not-needed', reason: `${choice.chosen?.name} is preferred` };
  });
}

/** Features that are shown: a server may send any number, with names of any length. */
const MOST_FEATURES = 32;

/** What a server offers beside what is looked at more closely. */
export function otherFeatures({ features }: Examination): Pick<Element, 'name' | 'namespace'>[] {
  const children = features?.element.children ?? [];
  return children
    .filter((child) => typeof child !== 'string')
    .filter(({ name, namespace }) => !KNOWN.has(`${namespace} ${name}`))
    .slice(0, MOST_FEATURES)
    .map(({ name, namespace }) => ({ name: name.slice(0, 100), namespace: namespace.slice(0, 200) }));
}

const KNOWN: ReadonlySet<string> = new Set([
  'urn:ietf:params:xml:ns:xmpp-sasl mechanisms',
  'urn:ietf:params:xml:ns:xmpp-tls starttls',
  'urn:xmpp:sasl-cb:0 sasl-channel-binding',
  'urn:xmpp:sasl:2 authentication',
]);

/** Whole days until then; below zero once it is over. */
export function daysUntil(date: Date): number {
  return Math.floor((date.getTime() - Date.now()) / 86_400_000);
}
