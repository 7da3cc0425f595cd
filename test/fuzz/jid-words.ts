import type { Random } from './random.ts';

/** Characters of addresses, and those that rules are about. */
const CHARACTERS: readonly string[] = [
  ...'abcxyzABCXYZ0189.-_@/ \\',
  ...['!', '#', '"', '&', "'", ':', '<', '>', '%', '[', ']', '(', '~', '\u007f', '\0', '\t', '\u0080', '\u00a0'],
  ...['\u00ad', '\u00df', '\u1e9e', '\u03a3', '\u03c3', '\u03c2', '\u0130', '\u0131', 'I\u0307', '\u00e9', 'e\u0301'],
  ...['\u0301', '\u212b', '\uff21', '\uff20', '\uff0f', '\uff0e', '\uff76', '\uff9e', '\uffa1', '\u3000', '\u3002'],
  ...['\u2024', '\ufe52', '\u1fb3', '\u0345', '\u0390', '\u05d0', '\u05d1', '\u05b0', '\u0628', '\u062c', '\u0661'],
  ...['\u06f1', '\u0640', '\u200c', '\u200d', '\u0905', '\u094d', '\u0915', '\u00b7', 'l\u00b7l', '\u0375\u03b1'],
  ...['\u05d0\u05f3', '\u30fb', '\u30ab', '\u6f22', '\u1100', '\uac00', '\u2163', '\u00bd', '\u265a', '\u{1f600}'],
  ...['\u{1d400}', '\u{20000}', '\ufe0f', '\ufeff', '\u202e', '\u2028', '\ue000', '\ufffe', '\ufdd0', '\u0378'],
  ...['\ud800', '\udc00', '\u01c5', '\u0140', '\u0149', '\u1f88', '\u0958', '\u2126'],
];
/** Text from right to left, and what may stand in it or not (RFC 5893 §2). */
const RIGHT_TO_LEFT: readonly string[] = [
  ...[
    '\u05d0',
    '\u05d1',
    '\u0628',
    '\u062c',
    '\u0661',
    '\u06f1',
    '1',
    'a',
    '-',
    '\u05b0',
    '\u0301',
    '\u05f3',
    '\u200c',
    '.',
    '_',
  ],
];
const SEEDS: readonly string[] = [
  ...['user@example.com/res', 'example.com', 'a@b', 'a@b/c/d@e', 'USER@EXAMPLE.COM/Res', 'a@127.0.0.1', 'a@[::1]/x'],
  ...['[fe80::1]', 'xn--bcher-kva.example', 'b\u00fccher.example', 'xn--', 'a@xn--a', '1.2.3', '0x7f.1', 'a..b', '.a'],
  ...['a.', '-a.b', 'a@b.c-', 'a_b.c', '[::ffff:1.2.3.4]', '[1]', 'a@', '@a', '/a', 'a/', '', 'a@b/'],
  ...['d\\27artagnan@mus.lit', '\u05d0.example'],
];
const LENGTHS: readonly number[] = [62, 63, 64, 255, 256, 1022, 1023, 1024, 3071, 3072];

/** A text that is an address, or nearly. */
export function addressText(random: Random): string {
  if (random.chance(0.3)) return random.pick(SEEDS) + (random.chance(0.5) ? part(random) : '');
  const local = random.chance(0.6) ? `${part(random)}@` : '';
  const domain = random.chance(0.7) ? random.pick(['example.com', 'a.b', `${part(random)}.example`]) : part(random);
  return local + domain + (random.chance(0.5) ? `/${part(random)}` : '');
}

/** A part of an address. */
export function part(random: Random): string {
  if (random.chance(0.02))
    return random.pick(['a', '\u00e9', '\u{20000}']).repeat(random.pick(LENGTHS) >> random.below(3));
  const kind = random.below(10);
  const choices = kind < 3 ? ['a', 'B', '1', '-', '.'] : kind < 5 ? RIGHT_TO_LEFT : undefined;
  let text = '';
  for (let count = random.between(1, 5); count > 0; count--) text += choices ? random.pick(choices) : one(random);
  return text;
}

/** A character that matters, or any code point. */
function one(random: Random): string {
  if (random.chance(0.85)) return random.pick(CHARACTERS);
  return String.fromCodePoint(random.below(random.chance(0.8) ? 0x3000 : 0x110000));
}
