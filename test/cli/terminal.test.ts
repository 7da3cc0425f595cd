import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { createStyle, createTerminal, escapeControls, shorten, wrap } from '../../src/cli/terminal.ts';

describe('text of others', () => {
  test.each([
    ['plain text, ünï¢ødé, 漢字', 'plain text, ünï¢ødé, 漢字'],
    ['\u001b[2J\u001b]0;title\u0007', '\\u{1b}[2J\\u{1b}]0;title\\u{7}'],
    ['\u009b31m', '\\u{9b}31m'],
    ['one\ntwo\r\nthree\tfour', 'one\\ntwo\\r\\nthree\\tfour'],
    ['line\u2028separator\u2029', 'line\\u{2028}separator\\u{2029}'],
    ['abc\u202edcba', 'abc\\u{202e}dcba'],
    ['\u2066isolated\u2069', '\\u{2066}isolated\\u{2069}'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['lone \ud800 surrogate', 'lone \\u{d800} surrogate'],
    ['delete \u007f', 'delete \\u{7f}'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('%j cannot command the terminal', (text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  test('joiners stay: scripts and emoji need them', () => {
    expect(escapeControls('👩\u200d🚀 می\u200cخواهم')).toBe('👩\u200d🚀 می\u200cخواهم');
  });

  test('what is endless is cut', () => {
    expect(shorten('a'.repeat(30), 30)).toBe('a'.repeat(30));
    expect(shorten('a'.repeat(31), 10)).toBe('aaaaaaaaaa… (21 more characters)');
  });
});

test('text is broken at spaces, and words that are too long are not', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('immeasurable word', 5)).toEqual(['immeasurable', 'word']);
  expect(wrap('one two three', Number.POSITIVE_INFINITY)).toEqual(['one two three']);
});

describe('colours', () => {
  test.each([
    ['a terminal', {}, true, true, '\u001b[31mno\u001b[39m'],
    ['a file', {}, false, true, 'no'],
    ['NO_COLOR', { NO_COLOR: '1' }, true, true, 'no'],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true, '\u001b[31mno\u001b[39m'],
    ['--no-color', {}, true, false, 'no'],
    ['a dumb terminal', { TERM: 'dumb' }, true, true, 'no'],
  ])('%s', (_case, env, isTTY, colors, shown) => {
    expect(createTerminal(ioOf({ env, isTTY }), { colors }).style.red('no')).toBe(shown);
  });

  test('style without colours is the text itself', () => {
    expect(createStyle(false).bold('plain')).toBe('plain');
  });
});

test('a file has no width', () => {
  expect(createTerminal(ioOf({ env: {}, isTTY: true })).columns).toBe(80);
  expect(createTerminal(ioOf({ env: {}, isTTY: false })).columns).toBeUndefined();
});

function ioOf({ env, isTTY }: { env: Record<string, string>; isTTY: boolean }): Io {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  return { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env, signal: new AbortController().signal };
}
