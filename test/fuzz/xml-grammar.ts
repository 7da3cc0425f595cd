import type { Random } from './random.ts';
import {
  ATTRIBUTES,
  BAD_NAMES,
  NAME_BORDERS,
  NAMES,
  NAMESPACES,
  PREFIXES,
  REFERENCES,
  RESERVED_NAMESPACES,
  SPACES,
  TEXTS,
} from './xml-words.ts';

/** Lengths around which parsers keep their books differently. */
const LENGTHS: readonly number[] = [12, 13, 14, 63, 64, 65, 127, 128, 129, 511, 512, 513];
const LONG_LENGTHS: readonly number[] = [4095, 4096, 4097, 65535, 65536, 65537];
const VERSIONS: readonly string[] = ['1.1', '1.2', '1.10', '1.', '2.0', '1.0a', ''];
const ENCODINGS: readonly string[] = ['UTF-8', 'utf-8', 'Utf-8', 'UTF-8', 'UTF-16', 'UTF8'];
const DEEPEST = 5;

/**
 * A document in small pieces: delimiters, names, pieces of values and text. As it is, it is well-formed but for some rare
 * mistakes that a mutation would hardly make, such as a prefix that is not declared, or an attribute twice.
 */
export function documentPieces(random: Random): string[] {
  const draft = new Draft(random);
  if (random.chance(0.03)) draft.add('\ufeff');
  if (random.chance(0.01)) draft.add(random.pick(SPACES));
  if (random.chance(0.25)) draft.addDeclaration();
  if (random.chance(0.1)) draft.add(random.pick(SPACES));
  if (random.chance(0.02)) draft.addRestricted();
  if (random.chance(0.4)) draft.addStream();
  else draft.addElement(0);
  if (random.chance(0.1)) draft.add(random.pick(SPACES));
  if (random.chance(0.01)) draft.addRestricted();
  return draft.pieces;
}

class Draft {
  readonly pieces: string[] = [];
  readonly #random: Random;
  /** Prefixes that are declared, innermost last. */
  readonly #scope: string[] = [];
  /** Whether text may stand directly inside the root. */
  readonly #hasRootText: boolean;

  constructor(random: Random) {
    this.#random = random;
    this.#hasRootText = random.chance(0.35);
  }

  add(...pieces: readonly string[]): void {
    this.pieces.push(...pieces);
  }

  addDeclaration(): void {
    const random = this.#random;
    const quote = this.#quote();
    this.add('<?xml');
    this.#addPair('version', random.chance(0.9) ? '1.0' : random.pick(VERSIONS), quote);
    if (random.chance(0.3)) this.#addPair('encoding', random.pick(ENCODINGS), quote);
    if (random.chance(0.1)) this.#addPair('standalone', random.pick(['yes', 'no', 'yes', 'no', 'maybe']), quote);
    if (random.chance(0.1)) this.add(random.pick(SPACES));
    this.add('?>');
  }

  addRestricted(): void {
    this.add(this.#random.pick(['<!-- c -->', '<?p x?>', '<!DOCTYPE a>', "<!DOCTYPE a [<!ENTITY e 'x'>]>"]));
  }

  /** A root as servers send it, with stanzas and white space in it. */
  addStream(): void {
    const random = this.#random;
    this.add('<', 'stream:stream');
    this.#addPair('xmlns', 'jabber:client', "'");
    this.#addPair('xmlns:stream', 'http://etherx.jabber.org/streams', "'");
    this.#addPair('id', 's1', "'");
    this.add('>');
    this.#scope.push('stream');
    for (let count = random.below(4); count > 0; count--) {
      if (random.chance(0.2)) this.add(random.pick(SPACES));
      this.addElement(1);
    }
    if (random.chance(0.1)) this.addContent(1);
    this.#scope.pop();
    this.add('</', 'stream:stream', '>');
  }

  addElement(depth: number): void {
    const random = this.#random;
    const outer = this.#scope.length;
    const start = this.pieces.length;
    this.#addDeclarations();
    // Its own prefixes may be used in its name, which stands before them.
    const name = this.#name(random.chance(0.2), NAMES);
    this.pieces.splice(start, 0, '<', name);
    this.#addAttributes();
    if (random.chance(0.1)) this.add(random.pick(SPACES));
    if (random.chance(0.25)) this.add('/>');
    else {
      this.add('>');
      this.addContent(depth);
      this.add('</', random.chance(0.995) ? name : random.pick(NAMES));
      if (random.chance(0.05)) this.add(random.pick(SPACES));
      this.add('>');
    }
    this.#scope.length = outer;
  }

  addContent(depth: number): void {
    const random = this.#random;
    for (let count = random.below(4); count > 0; count--) {
      if (depth < DEEPEST && random.chance(0.5)) this.addElement(depth + 1);
      else if (depth > 0 || this.#hasRootText) this.#addCharacters();
      else this.add(random.pick(SPACES));
    }
  }

  #addCharacters(): void {
    const random = this.#random;
    if (random.chance(0.12)) {
      const content = random.pick(TEXTS);
      this.add('<![CDATA[', random.chance(0.3) ? '<&' : '', content, ']]>');
    } else if (random.chance(0.005)) this.addRestricted();
    else this.#addText('<');
  }

  /** Text and references, without the character that ends it. */
  #addText(end: string): void {
    const random = this.#random;
    if (random.chance(0.01)) this.add('t'.repeat(random.pick(random.chance(0.01) ? LONG_LENGTHS : LENGTHS)));
    for (let count = random.between(1, 3); count > 0; count--) {
      const piece = random.pick(random.chance(0.25) ? REFERENCES : TEXTS);
      if (!piece.includes(end)) this.add(piece);
    }
  }

  #addDeclarations(): void {
    const random = this.#random;
    for (let chance = 0.15; random.chance(chance); chance /= 10) {
      this.#addPair('xmlns', random.chance(0.2) ? '' : this.#namespace(), '"');
    }
    const outer = this.#scope.length;
    while (random.chance(0.15)) {
      const prefix = random.pick(PREFIXES);
      if (this.#scope.includes(prefix, outer)) continue;
      this.#scope.push(prefix);
      this.#addPair(`xmlns:${prefix}`, this.#namespace(), '"');
    }
  }

  #namespace(): string {
    return this.#random.pick(this.#random.chance(0.01) ? RESERVED_NAMESPACES : NAMESPACES);
  }

  #addAttributes(): void {
    const random = this.#random;
    const used = new Set<string>();
    while (random.chance(0.45)) {
      const name = this.#name(random.chance(0.15), ATTRIBUTES);
      if (used.has(name) && !random.chance(0.1)) continue;
      used.add(name);
      const quote = this.#quote();
      const [before, after] = random.chance(0.03) ? [random.pick(SPACES), random.pick(SPACES)] : ['', ''];
      this.add(random.pick(SPACES), name, before, '=', after, quote);
      if (random.chance(0.9)) this.#addText(quote);
      this.add(quote);
    }
  }

  /** An attribute without references. */
  #addPair(name: string, value: string, quote: string): void {
    this.add(' ', name, '=', quote, value, quote);
  }

  #name(isPrefixed: boolean, names: readonly string[]): string {
    const random = this.#random;
    if (random.chance(0.002)) return random.pick(BAD_NAMES);
    const local = random.chance(0.004) ? this.#rareName() : random.pick(names);
    if (!isPrefixed || local.includes(':')) return local;
    if (this.#scope.length === 0) return random.chance(0.03) ? `p:${local}` : local;
    return `${random.pick(random.chance(0.01) ? PREFIXES : this.#scope)}:${local}`;
  }

  /** A character at the edge of what names may have, or just beyond it. */
  #rareName(): string {
    const random = this.#random;
    const character = String.fromCodePoint(random.pick(NAME_BORDERS) + random.pick([-1, 0, 0, 1]));
    return random.chance(0.5) ? character : `a${character}`;
  }

  #quote(): string {
    return this.#random.chance(0.5) ? '"' : "'";
  }
}
