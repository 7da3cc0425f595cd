import { OptionError, shown } from '../errors/index.ts';

/** Texts of which there are only a few, by name. */
export type Choices<Options> = readonly (readonly [name: keyof Options & string, fitting: readonly string[]])[];

/**
 * JavaScript can give anything: what a stanza is built from must be an object, and its texts must be texts.
 *
 * @param what that is built, as in `a message`
 * @param choices for texts of which there are only a few: those that may be
 * @throws OptionError with what was expected and what came
 */
export function requireTexts<Options extends object>(
  what: string,
  options: Options,
  texts: readonly (keyof Options & string)[],
  choices: Choices<Options>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`Expected what ${what} is built from in an object, got ${shown(options)}`);
  }
  for (const name of texts) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'string') throw wrong(what, name, 'a text', value);
  }
  for (const [name, fitting] of choices) {
    const value: unknown = options[name];
    if (value !== undefined && !fitting.some((each) => each === value)) {
      throw wrong(what, name, `one of ${fitting.join(', ')}`, value);
    }
  }
}

function wrong(what: string, name: string, kind: string, got: unknown): OptionError {
  return new OptionError(`Expected \`${name}\` of ${what}, ${kind}, got ${shown(got)}`);
}
