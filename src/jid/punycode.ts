/** Parameters of RFC 3492 §5. */
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 0x80;

const MAX_CODE_POINT = 0x10ffff;

/** A domain name in lower case with its A-labels as U-labels; `undefined` where one of them encodes nothing (RFC 3492 §6.2). */
export function toUnicode(name: string): string | undefined {
  const labels = name.split('.').map((label) => (label.startsWith('xn--') ? decode(label.slice(4)) : label));
  return labels.includes(undefined) ? undefined : labels.join('.');
}

function decode(encoded: string): string | undefined {
  const delimiter = encoded.lastIndexOf('-');
  const codePoints = delimiter > 0 ? [...encoded.slice(0, delimiter)] : [];
  let next = delimiter > 0 ? delimiter + 1 : 0;
  let codePoint = INITIAL_N;
  let bias = INITIAL_BIAS;
  let place = 0;
  while (next < encoded.length) {
    const before = place;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(encoded[next++]);
      if (digit === undefined) return undefined;
      place += digit * weight;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const length = codePoints.length + 1;
    bias = adapt(place - before, length, before === 0);
    codePoint += Math.floor(place / length);
    place %= length;
    // Not a number either, where the digits led beyond all numbers.
    if (!(codePoint <= MAX_CODE_POINT)) return undefined;
    codePoints.splice(place++, 0, String.fromCodePoint(codePoint));
  }
  return codePoints.join('');
}

/** RFC 3492 §5: letters are 0 to 25, digits 26 to 35. */
function digitOf(character: string | undefined): number | undefined {
  const value = Number.parseInt(character ?? '', BASE);
  return Number.isNaN(value) ? undefined : (value + 26) % BASE;
}

/** RFC 3492 §6.1. */
function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor((BASE * rest) / (rest + SKEW));
}
