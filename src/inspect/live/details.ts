import { isMachineSnapshot } from 'xstate';
import { statePath } from '../../../machines/index.ts';
import { XmppError } from '../../errors/index.ts';
import { Sealed } from '../../sasl/index.ts';
import { outlineElement } from './outline.ts';

/** UTF-16 units of a whole text, and of one text in it. */
const LONGEST = 600;
const LONGEST_TEXT = 200;
/** How deep objects are looked into, and how many of their values are shown. */
const DEEPEST = 4;
const MOST_VALUES = 24;
/** What a value of such a name may be is nobody's business: machines of the application come by here as well. */
const SECRET = /pass(?:word|phrase)|secret|token|credential|private/i;

/**
 * What an event brought beside its type, as text for people: bounded, and without what is secret. Events may be those of somebody
 * else's machine: whatever they do when they are looked at is survived.
 */
export function describeDetails(event: object): string {
  const summary = new Summary();
  try {
    summary.addFields(event, 'type', DEEPEST);
  } catch {
    summary.add(UNREADABLE);
  }
  return summary.text;
}

/** An error in one line: its code and its message. */
export function describeError(error: unknown): string {
  try {
    if (error instanceof XmppError) return `${error.code}: ${error.message}`.slice(0, LONGEST);
    return `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`.slice(0, LONGEST);
  } catch {
    return UNREADABLE;
  }
}

const UNREADABLE = '(cannot be read)';

/** A text that grows until it is long enough. */
class Summary {
  text = '';

  get isFull(): boolean {
    return this.text.length >= LONGEST;
  }

  add(piece: string): void {
    if (this.isFull) return;
    const room = LONGEST - this.text.length;
    this.text += piece.length < room ? piece : `${piece.slice(0, room - 1)}…`;
  }

  /** `name: value, name: value`, without what is a function or nothing. */
  addFields(holder: object, omitted: string | undefined, depth: number): void {
    let count = 0;
    for (const name in holder) {
      if (name === omitted || this.isFull) continue;
      const value = read(holder, name);
      if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue;
      if (count > 0) this.add(', ');
      count += 1;
      if (count > MOST_VALUES) return this.add('…');
      this.add(`${name}: `);
      if (SECRET.test(name)) this.add('[hidden]');
      else this.addValue(value, depth - 1);
    }
  }

  addValue(value: unknown, depth: number): void {
    if (typeof value === 'string') this.add(JSON.stringify(shorten(value)));
    else if (typeof value !== 'object' || value === null) this.add(String(value));
    else {
      try {
        this.#addObject(value, depth);
      } catch {
        this.add(UNREADABLE);
      }
    }
  }

  #addObject(value: object, depth: number): void {
    const known = describeKnown(value);
    if (known !== undefined) return this.add(known);
    if (depth <= 0) return this.add(Array.isArray(value) ? '[…]' : '{…}');
    if (Array.isArray(value)) return this.#addList(value, depth);
    const { length } = this.text;
    this.addFields(value, undefined, depth);
    if (this.text.length === length) return this.add('{}');
    this.text = `${this.text.slice(0, length)}{ ${this.text.slice(length)}`;
    this.add(' }');
  }

  #addList(values: readonly unknown[], depth: number): void {
    this.add('[');
    for (const [index, value] of values.slice(0, MOST_VALUES).entries()) {
      if (this.isFull) return;
      if (index > 0) this.add(', ');
      this.addValue(typeof value === 'function' ? undefined : value, depth - 1);
    }
    this.add(values.length > MOST_VALUES ? `, … (${values.length})]` : ']');
  }
}

/** What has a short form of its own. */
function describeKnown(value: object): string | undefined {
  if (value instanceof Sealed) return value.toString();
  if (value instanceof Error) return describeError(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  if (isMachineSnapshot(value)) return `[${shorten(statePath(value.value))}]`;
  // Every actor of a client is given these: much, and always the same.
  if ('credentialKinds' in value && 'timeouts' in value) return '[settings of the client]';
  if ('sessionId' in value && 'send' in value && 'id' in value) return `[actor ${shorten(String(value.id))}]`;
  if ('bare' in value && 'full' in value && typeof value.full === 'string') return shorten(value.full);
  return outlineElement(value, LONGEST_TEXT);
}

function read(holder: object, name: string): unknown {
  try {
    return Reflect.get(holder, name);
  } catch {
    return UNREADABLE;
  }
}

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
