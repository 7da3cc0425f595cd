import { type Element, type Node, NS_XML } from '../../src/xml/index.ts';

// Between the parts of a tree stand control characters, which no XML has.
const NAME_IN = '\x01';
const START = '\x02';
const ATTRIBUTE = '\x03';
const VALUE = '\x04';
const END = '\x05';
const ROOT_TEXT = '\x06';
const START_ENDS = '\x07';
/** Text that is empty, or not one string with what is beside it: no parser of ours makes it. */
const NOT_ONE = '\x08';

/** Trees as texts that are the same exactly if the trees are; expat.py and the reader of saxes make the same form. */
export class TreeText {
  depth = 0;
  #text = '';

  /** Attributes are pairs of expanded name and value. */
  start(name: string, attributes: readonly (readonly [string, string])[]): void {
    this.depth++;
    this.#text += START + name;
    const sorted = attributes.length < 2 ? attributes : [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, value] of sorted) this.#text += ATTRIBUTE + key + VALUE + value;
    this.#text += START_ENDS;
  }

  end(): void {
    this.depth--;
    this.#text += END;
  }

  /** Text directly inside the root is marked, since a stream has none. */
  text(content: string): void {
    if (content !== '') this.#text += this.depth === 1 ? ROOT_TEXT + content + ROOT_TEXT : content;
  }

  /** The start tag of an element of ours. */
  header({ name, namespace, attributes }: Element): void {
    const pairs = Object.entries(attributes).map(([key, value = '']) => [expandedAttribute(key), value] as const);
    this.start(expandedName(namespace, name), pairs);
  }

  element(element: Element): void {
    this.header(element);
    let previous: Node | undefined;
    for (const child of element.children) {
      if (typeof child !== 'string') this.element(child);
      else if (child === '' || typeof previous === 'string') this.text(NOT_ONE + child);
      else this.text(child);
      previous = child;
    }
    this.end();
  }

  toString(): string {
    return joinRootTexts(this.#text);
  }
}

/** The text of an element with all that is in it. */
export function treeOf(element: Element): string {
  const tree = new TreeText();
  tree.element(element);
  return tree.toString();
}

/** Joins texts directly inside the root that stand beside each other. */
export function joinRootTexts(tree: string): string {
  return tree.replaceAll(ROOT_TEXT + ROOT_TEXT, '');
}

/** The same tree without text directly inside its root. */
export function withoutRootText(tree: string): string {
  return tree
    .split(ROOT_TEXT)
    .filter((_, index) => index % 2 === 0)
    .join('');
}

/** A name together with its namespace. */
export function expandedName(namespace: string, local: string): string {
  return namespace === '' ? local : namespace + NAME_IN + local;
}

function expandedAttribute(key: string): string {
  if (key.startsWith('xml:')) return expandedName(NS_XML, key.slice('xml:'.length));
  if (!key.startsWith('{')) return key;
  const end = key.lastIndexOf('}');
  return expandedName(key.slice(1, end), key.slice(end + 1));
}
