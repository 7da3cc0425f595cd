/** Whether a value will do, and what is expected where it does not. JavaScript can give anything. */
export type Check = readonly [fits: (value: unknown) => boolean, expected: string];

/** As text, which need not be right yet, or as a `Jid`. */
export const address: Check = [(value) => typeof value === 'string' || isJid(value), 'an address'];
/** Whatever can be called. */
export const callable: Check = [isFunction, 'a function'];
/** Options, handlers, a message. */
export const record: Check = [isObject, 'an object'];
/** A name, a place: nothing that may be empty. */
export const text: Check = [isText, 'a text that is not empty'];
/** Not what JavaScript takes for one of the two. */
export const truth: Check = [(value) => typeof value === 'boolean', 'true or false'];

/** What is in it is looked at when it is written. */
export const anElement: Check = [isElement, 'an element'];

/** Whatever behaves as one: there are others than the platform's own. */
export const abortSignal: Check = [
  (value) => isObject(value) && 'aborted' in value && hasFunctions(value, ['addEventListener', 'removeEventListener']),
  'an AbortSignal',
];

/** How long to wait; without end is possible. */
export const milliseconds: Check = [(value) => typeof value === 'number' && value >= 0, 'milliseconds from 0'];

/** A list or a function is an object to JavaScript; here, nobody means either. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it can be called. */
export function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** Whether it is a text with something in it. */
export function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Whether it is a list of texts, which may be empty. */
export function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Whether it has all of these methods. */
export function hasFunctions(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => isFunction(Reflect.get(value, name)));
}

/** Whether it has all of these texts, none of them empty. */
export function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => isText(Reflect.get(value, name)));
}

function isJid(value: unknown): boolean {
  return hasTexts(value, ['domainpart', 'bare', 'full']);
}

function isElement(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, attributes, children }: { name?: unknown; attributes?: unknown; children?: unknown } = value;
  return isText(name) && isObject(attributes) && Array.isArray(children);
}
