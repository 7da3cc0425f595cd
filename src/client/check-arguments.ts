import { OptionError, shown } from '../errors/index.ts';
import { type Check, isObject } from './kinds.ts';

/**
 * JavaScript can give anything; what is wrong must not get as far as the actors.
 *
 * @param place the function that was called, as in `client.send()`
 * @throws OptionError with what was expected, what came, and where
 */
export function requireArgument(place: string, name: string, value: unknown, [fits, kind]: Check): void {
  if (!fits(value)) throw new OptionError(`Expected \`${name}\` of ${place}, ${kind}, got ${shown(value)}`);
}

/**
 * The same for an object of options, which may be absent, as may each option in it.
 *
 * @throws OptionError with what was expected, what came, and where
 */
export function requireOptions(place: string, options: unknown, checks: Readonly<Record<string, Check>>): void {
  if (options === undefined) return;
  if (!isObject(options)) throw new OptionError(`Expected options of ${place} in an object, got ${shown(options)}`);
  for (const [name, check] of Object.entries(checks)) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined) requireArgument(place, name, value, check);
  }
}
