import type { Talker } from './cuts.talkers.ts';

/** What became of texts that were said in order. */
export interface Damage {
  /** Never heard. */
  readonly lost: number;
  /** Heard again. */
  readonly doubled: number;
  /** Heard later than one that was said later. */
  readonly reordered: number;
  /** Heard, and never said. */
  readonly damaged: number;
}

/** Nothing happened to any of them. */
export const UNHARMED: Damage = { lost: 0, doubled: 0, reordered: 0, damaged: 0 };

/** Texts that one says and another hears. */
export interface Speech {
  /** How many were said and not heard. */
  readonly waiting: number;
  /** Says the next ones. */
  goOn(count: number): void;
  damage(): Damage;
}

/** Prepares so many texts, each of them another, short or long, and hard to escape. */
export function createSpeech(random: () => number, count: number, speaker: Talker, listener: Talker): Speech {
  const texts = Array.from({ length: count }, (_, index) => `${index}: ${excerpt(random)}`);
  let said = 0;
  return {
    get waiting() {
      return said - listener.heard.length;
    },
    goOn(more) {
      for (const end = said + more; said < end; said += 1) speaker.say(texts[said] ?? '');
    },
    damage: () => compare(texts, listener.heard),
  };
}

/** Compares what was said with what was heard. */
function compare(said: readonly string[], heard: readonly string[]): Damage {
  const places = new Map(said.map((text, index) => [text, index]));
  const met = new Set<number>();
  let [doubled, reordered, damaged, last] = [0, 0, 0, -1];
  for (const text of heard) {
    const place = places.get(text);
    if (place === undefined) damaged += 1;
    else if (met.has(place)) doubled += 1;
    else if (place < last) reordered += 1;
    if (place === undefined) continue;
    met.add(place);
    last = Math.max(last, place);
  }
  return { lost: said.length - met.size, doubled, reordered, damaged };
}

function excerpt(random: () => number): string {
  return [...TEXT].slice(0, Math.floor(random() * 200)).join('');
}

const TEXT = `${'O Romeo, Romeo, wherefore art thou <Romeo>? "Deny" thy father & refuse thy name; '.repeat(2)}♥💘 Ωραῖος ]]> ${'’'.repeat(40)}`;
