import type { RecordedElement } from '../errors/index.ts';
import { type Element, firstChildOf } from '../xml/index.ts';

/** How many elements are remembered. */
const SIZE = 64;

/** The outside of an element that went over the wire. Used again and again: most of them are never looked at. */
class Slot {
  order = 0;
  at = 0;
  direction: RecordedElement['direction'] = 'SEND';
  name = '';
  type: string | undefined;
  id: string | undefined;
  payloadName: string | undefined;
  payloadNamespace: string | undefined;
}

/** The last elements that went over the wire, without what is in them. */
export class ElementRing {
  readonly #slots: Slot[] = [];
  #next = 0;

  add(order: number, at: number, direction: RecordedElement['direction'], element: Element): void {
    const slot = this.#slot();
    const { attributes } = element;
    const payload = firstChildOf(element);
    slot.order = order;
    slot.at = at;
    slot.direction = direction;
    slot.name = element.name;
    slot.type = attributes.type;
    slot.id = attributes.id;
    slot.payloadName = payload?.name;
    slot.payloadNamespace = payload?.namespace;
  }

  /** Those that went before `end`, in their order; times are counted from `origin`. */
  list(origin: number, end: number): Ordered<RecordedElement>[] {
    return this.#slots
      .filter(({ order }) => order < end)
      .map((slot) => ({ order: slot.order, entry: recordedElement(slot, origin) }))
      .toSorted((one, other) => one.order - other.order);
  }

  #slot(): Slot {
    const index = this.#next;
    this.#next = (index + 1) % SIZE;
    const slot = this.#slots[index];
    if (slot) return slot;
    const added = new Slot();
    this.#slots.push(added);
    return added;
  }
}

/** An entry, and its place among all of a recording. */
export interface Ordered<Entry> {
  readonly order: number;
  readonly entry: Entry;
}

function recordedElement(slot: Slot, origin: number): RecordedElement {
  const { at, direction, name, type, id, payloadName, payloadNamespace } = slot;
  return {
    kind: 'stanza',
    at: at - origin,
    direction,
    name,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(payloadName === undefined ? {} : { payload: `{${payloadNamespace}}${payloadName}` }),
  };
}
