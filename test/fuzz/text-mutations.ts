import type { Random } from './random.ts';

const ANY: readonly string[] = [
  ...[',', '=', ' ', '\0', '\n', '\u007f', '\u00e9', '\u0661', '\ufeff', '\u{1f600}', '"', '+', '/', '-', '%', '\\'],
  ...[':', '@', '0', '1', '9', 'a', 'z', 'A', 'Z', 'm=', 'i=', 'r=', 's=', 'v=', 'e=', 'x=', ',,', '==', '===', '=2C'],
  ...['=3D', '=3d'],
];

/** A text that was changed in some places: pieces taken out, doubled, exchanged, put in. */
export function mutateText(text: string, random: Random, odd: readonly string[] = ANY): string {
  let mutated = text;
  for (let count = random.between(1, 3); count > 0; count--) mutated = mutateOnce(mutated, random, odd);
  return mutated;
}

function mutateOnce(text: string, random: Random, odd: readonly string[]): string {
  const at = random.below(text.length + 1);
  const size = random.chance(0.7) ? 1 : random.between(1, 8);
  const [before, piece, after] = [text.slice(0, at), text.slice(at, at + size), text.slice(at + size)];
  switch (random.below(6)) {
    case 0:
      return before + after;
    case 1:
      return before + piece + piece + after;
    case 2:
      return before + random.pick(odd) + after;
    case 3:
      return before + String.fromCharCode(random.between(0x20, 0x7e)) + after;
    case 4: {
      const other = random.below(text.length + 1);
      return text.slice(0, Math.min(at, other)) + text.slice(Math.max(at, other));
    }
    default:
      return before + random.pick(odd) + piece + after;
  }
}
