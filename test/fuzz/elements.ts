import { createAttributes, type Element, INHERITED, type Node, NS_XML } from '../../src/xml/index.ts';
import type { Random } from './random.ts';

const GOOD_NAMES: readonly string[] = [
  ...['a', 'b', 'body', '_', 'a.b-c', '\u00e9', '\u{10000}', '__proto__', 'constructor', 'xml', 'xmlx', 'xmlns'],
];
const BAD_NAMES: readonly string[] = [
  ...['', ' ', 'a b', '1', '-a', 'a:b', ':', 'xml:a', 'a/', 'a>', '<', '&', 'a\u0000', '\ud800', '\u{f0000}'],
  ...['\u00d7', 'a="b"'],
];
const GOOD_NAMESPACES: readonly string[] = [
  ...['', 'u', 'v', 'jabber:client', 'a}b', '{', 'x&y<"\'', NS_XML, '\u00e9', 'a\tb\nc', INHERITED],
];
const BAD_NAMESPACES: readonly string[] = ['http://www.w3.org/2000/xmlns/', 'a\u0001', '\ud800', '\uffff'];
const GOOD_TEXTS: readonly string[] = [
  ...['', 'x', ' ', '\n', '\r', '\r\n', '\t', '<', '>', '&', '"', "'", ']]>', '&amp;', '<![CDATA[', '\u0085'],
  ...['\u2028', '\u{1f600}', '\u{1fffe}', '\ufdd0', '\ufffd', '\u007f', 'long enough for a view'],
];
const BAD_TEXTS: readonly string[] = [
  '\u0000',
  '\u0008',
  '\u000b',
  '\u001f',
  '\ufffe',
  '\uffff',
  '\ud800',
  'a\udc00',
  '\udc00\ud800',
];

/** How much of an element is what no XML can hold. */
export interface ElementOptions {
  /** Share of such names, namespaces and texts. */
  readonly badness: number;
}

/** Any element that a program could give to the serializer, also one that no parser would make. */
export function randomElement(random: Random, options: ElementOptions, depth = 0): Element {
  const { badness } = options;
  const attributes = createAttributes();
  while (random.chance(0.35))
    attributes[attributeKey(random, badness)] = mostlyGood(random, badness, GOOD_TEXTS, BAD_TEXTS);
  const children: Node[] = [];
  for (let count = random.below(4 - depth); count > 0; count--) {
    if (random.chance(0.5)) children.push(randomElement(random, options, depth + 1));
    else children.push(mostlyGood(random, badness, GOOD_TEXTS, BAD_TEXTS));
  }
  return {
    name: mostlyGood(random, badness, GOOD_NAMES, BAD_NAMES),
    namespace: mostlyGood(random, badness, GOOD_NAMESPACES, BAD_NAMESPACES),
    attributes,
    children,
  };
}

function attributeKey(random: Random, badness: number): string {
  const name = mostlyGood(random, badness, GOOD_NAMES, BAD_NAMES);
  if (random.chance(badness))
    return random.pick(['xmlns', 'xmlns:a', '{}a', '{u', '{u}', '}a', `{${NS_XML}}lang`, 'xml:']);
  if (random.chance(0.15)) return `xml:${name}`;
  return random.chance(0.2)
    ? `{${mostlyGood(random, badness, ['u', 'v', 'a}b', '{', '\u00e9'], BAD_NAMESPACES)}}${name}`
    : name;
}

function mostlyGood(random: Random, badness: number, good: readonly string[], bad: readonly string[]): string {
  return random.pick(random.chance(badness) ? bad : good);
}
