import { type Element, serialize } from '../../xml/index.ts';

/** The beginning of an element as XML, for people: about so many UTF-16 units. `undefined` where the value is no element. */
export function outlineElement(value: object, most: number): string | undefined {
  return isElement(value) ? new Outline(most).write(value, '') : undefined;
}

/** A whole element as XML, as it stands in a stream. One that no XML can express gives a sentence instead. */
export function writeElement(element: Element): string {
  try {
    return serialize(element, 'jabber:client');
  } catch (error) {
    return `(cannot be written as XML: ${error instanceof Error ? error.message : 'unknown reason'})`;
  }
}

function isElement(value: object): value is Element {
  return (
    'name' in value &&
    typeof value.name === 'string' &&
    'namespace' in value &&
    typeof value.namespace === 'string' &&
    'attributes' in value &&
    typeof value.attributes === 'object' &&
    'children' in value &&
    Array.isArray(value.children)
  );
}

/** Stops in the middle of an element: whoever sends a large one costs no more than whoever sends a small one. */
class Outline {
  readonly #most: number;
  #text = '';

  constructor(most: number) {
    this.#most = most;
  }

  write(element: Element, outerNamespace: string): string {
    this.#write(element, outerNamespace);
    return this.#isFull ? `${this.#text.slice(0, this.#most)}…` : this.#text;
  }

  get #isFull(): boolean {
    return this.#text.length > this.#most;
  }

  #write({ name, namespace, attributes, children }: Element, outerNamespace: string): void {
    this.#add(`<${name}`);
    if (namespace !== outerNamespace && namespace > '\u0000') this.#add(` xmlns="${namespace}"`);
    for (const key in attributes) {
      if (this.#isFull) return;
      if (attributes[key] !== undefined) this.#add(` ${key}="${escapeMarkup(attributes[key].slice(0, this.#most))}"`);
    }
    if (children.length === 0) return this.#add('/>');
    this.#add('>');
    for (const child of children) {
      if (this.#isFull) return;
      if (typeof child === 'string') this.#add(escapeMarkup(child.slice(0, this.#most)));
      else this.#write(child, namespace);
    }
    this.#add(`</${name}>`);
  }

  #add(piece: string): void {
    this.#text += piece;
  }
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
