import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureOf } from '../../src/errors/index.ts';

const SECRET = 'balcony';

it('of a system is told by its kind and its code', () => {
  expect(failureOf(thrownBy(() => mkdirSync('/dev/null/here')))).toBe('Error ENOTDIR');
  expect(failureOf(thrownBy(() => Reflect.apply(mkdirSync, undefined, [7])))).toBe('TypeError ERR_INVALID_ARG_TYPE');
  expect(failureOf(coded('SQLITE_FULL'))).toBe('Error SQLITE_FULL');
});

it.each([
  ['an error without code', new RangeError(SECRET), 'RangeError'],
  ['a code that is a text of somebody', coded(SECRET), 'Error'],
  ['a code that is a sentence', coded('NO SPACE'), 'Error'],
  ['a code that is a number', coded(28), 'Error'],
  ['a code that is long', coded('A'.repeat(41)), 'Error'],
  ['a code of what is no error', { code: 'ENOSPC' }, 'object'],
  ['a text', SECRET, 'string'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'object'],
])('with %s is told by its kind', (_title, cause, told) => {
  expect(failureOf(cause)).toBe(told);
});

function coded(code: unknown): Error {
  return Object.assign(new Error(SECRET), { code });
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
