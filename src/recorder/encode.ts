import type { Json } from '../errors/index.ts';
import { Sealed } from '../sasl/index.ts';
import { NS_SM } from '../stream/index.ts';
import { type Element, parseElement, serialize } from '../xml/index.ts';
import { KeptError } from './kept-error.ts';
import { KeptElement } from './kept-event.ts';

/** How deep a value may be; what lies deeper is left out. */
const DEEPEST = 12;

/**
 * Puts values of the chart into JSON, so that a replay can make them again. What JSON does not know is an object with one key:
 * `$element` (XML), `$error`, `$sealed`, `$function`, `$object` (of some class that means nothing elsewhere). Ids of sessions that
 * can be resumed (XEP-0198 §5) are secrets: each becomes `session-1` and so on, the same wherever it occurs.
 */
export class Encoder {
  readonly #sessions = new Map<string, string>();

  encode(value: unknown): Json {
    return this.#encode(value, DEEPEST) ?? null;
  }

  /** `undefined` where there is nothing to say. */
  #encode(value: unknown, depth: number): Json | undefined {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'function') return { $function: true };
    if (typeof value !== 'object') return value === undefined ? undefined : String(value);
    if (depth === 0) return { $object: 'too deep' };
    if (Array.isArray(value)) return value.map((each) => this.#encode(each, depth - 1) ?? null);
    if (value instanceof KeptError) return { $error: this.#encodeObject(value.facts, depth) };
    if (value instanceof Error) return this.#encode(new KeptError(value), depth);
    if (value instanceof Sealed) return { $sealed: true };
    if (value instanceof KeptElement) return this.#encodeElement(parseElement(value.text));
    if (isElement(value)) return this.#encodeElement(value);
    if (!isPlain(value)) return { $object: nameOf(value) };
    return this.#encodeObject(value, depth);
  }

  #encodeObject(value: object, depth: number): Json {
    const members: Record<string, Json> = Object.create(null);
    for (const [key, member] of Object.entries(value)) {
      const isSession = key === 'id' && typeof member === 'string' && 'max' in value && 'location' in value;
      const encoded = isSession ? this.#session(member) : this.#encode(member, depth - 1);
      if (encoded !== undefined) members[key] = encoded;
    }
    return members;
  }

  #encodeElement(element: Element): Json {
    try {
      return { $element: serialize(this.#masked(element)) };
    } catch {
      return { $object: 'element' };
    }
  }

  #masked(element: Element): Element {
    const { attributes, children, namespace } = element;
    const own = { ...attributes };
    if (namespace === NS_SM) {
      if (own.id !== undefined) own.id = this.#session(own.id);
      if (own.previd !== undefined) own.previd = this.#session(own.previd);
    }
    return {
      ...element,
      attributes: own,
      children: children.map((child) => (typeof child === 'string' ? child : this.#masked(child))),
    };
  }

  #session(id: string): string {
    const known = this.#sessions.get(id);
    if (known) return known;
    const name = `session-${this.#sessions.size + 1}`;
    this.#sessions.set(id, name);
    return name;
  }
}

function isElement(value: object): value is Element {
  return 'namespace' in value && 'attributes' in value && 'children' in value && 'name' in value;
}

/** Addresses are plain enough: they are made of their parts. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || 'domainpart' in value;
}

function nameOf(value: object): string {
  const { constructor: made } = value;
  return typeof made === 'function' ? made.name : 'object';
}
