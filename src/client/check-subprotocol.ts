import { OptionError, shown } from '../errors/index.ts';
import { type Check, callable, hasFunctions, isFunction, isObject, isText, isTexts, text } from './kinds.ts';

/**
 * A subprotocol that is none would end the client when its session begins: it is looked at before.
 *
 * @param place who takes it, as in `client.use()`
 * @throws OptionError with what was expected, what came, and where
 */
export function requireSubprotocol(place: string, subprotocol: unknown): void {
  requireParts(place, subprotocol, PARTS);
}

/**
 * The same for one that has a door.
 *
 * @throws OptionError with what was expected, what came, and where
 */
export function requireClientSubprotocol(place: string, subprotocol: unknown): void {
  requireParts(place, subprotocol, PARTS_WITH_DOOR);
}

type Parts = Readonly<Record<string, Check>>;

const PARTS: Parts = {
  name: text,
  features: [isTexts, 'a list of texts'],
  routes: [(value) => Array.isArray(value) && value.every(isRoute), 'a list of routes'],
  logic: [(value) => hasFunctions(value, ['transition', 'getInitialSnapshot']), 'logic of XState'],
  inline: [(value) => value === undefined || isFunction(value), 'a function, or absent'],
};

const PARTS_WITH_DOOR: Parts = { ...PARTS, api: callable };

function requireParts(place: string, subprotocol: unknown, parts: Parts): void {
  if (!isObject(subprotocol)) throw wrong(place, 'a subprotocol', subprotocol);
  for (const [name, [fits, kind]] of Object.entries(parts)) {
    const value: unknown = Reflect.get(subprotocol, name);
    if (!fits(value)) throw wrong(place, `a subprotocol whose \`${name}\` is ${kind}`, value);
  }
}

function isRoute(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, payload, namespaces }: { kind?: unknown; payload?: unknown; namespaces?: unknown } = value;
  if (kind === 'iq') return isText(payload);
  return (kind === 'message' || kind === 'presence') && (namespaces === undefined || isTexts(namespaces));
}

function wrong(place: string, what: string, got: unknown): OptionError {
  // Who forgets the brackets gives the function that makes one.
  const hint = isFunction(got) ? 'Call the function that makes it, as in `use(messageProtocol())`.' : undefined;
  return new OptionError(`Expected ${what} for ${place}, got ${shown(got)}`, { hint });
}
