import { expect, it } from 'vitest';
import { JidError, parseJid } from '../../src/jid/index.ts';
import { explain } from '../../src/recorder/index.ts';
import { buildIq, buildIqError, buildIqResult, StanzaError } from '../../src/stanza/index.ts';
import { element } from '../../src/xml/index.ts';

/** What is called, with what, and what it says; JavaScript has no types. */
it.each<[call: (...given: never[]) => unknown, given: unknown[], message: string]>([
  [parseJid, [], 'Expected an address as text, got none'],
  [parseJid, [42], 'Expected an address as text, got 42'],
  [buildIq, [], 'Expected `options` of buildIq(), an object, got none'],
  [buildIq, [{ type: 'get', to: null }], 'Expected an address as text or as a Jid, got null'],
  [buildIq, [{ type: 'get', to: {} }], 'Expected an address as text or as a Jid, got a value of type object'],
  [buildIqResult, [], 'Expected `request` of an answer, an object, got none'],
  [buildIqError, [{}, new StanzaError('conflict')], 'Expected `request` of an answer, an object, got none'],
  [element, [], 'Expected the name of an element, got none'],
  [element, ['a', {}, null], 'Expected an element, a text, a number or undefined as a child, got null'],
  [element, ['a', {}, [false]], 'Expected an element, a text, a number or undefined as a child, got false'],
  [explain, [], 'Expected the snapshot of a machine for explain(), got none'],
  [explain, [{}], 'Expected the snapshot of a machine for explain(), got a value of type object'],
])('%o with %j says what it expected', (call, given, message) => {
  expect(() => Reflect.apply(call, undefined, given)).toThrow(
    expect.objectContaining({ name: 'OptionError', message }),
  );
});

it.each([['busy'], [undefined], ['toString']])(
  'a stanza error has a condition of RFC 6120, and not %s',
  (condition) => {
    expect(() => Reflect.construct(StanzaError, [condition])).toThrow(
      expect.objectContaining({
        name: 'OptionError',
        message: expect.stringMatching(/^Expected a condition of RFC 6120/),
      }),
    );
  },
);

it('a text that is no address is none all the same', () => {
  expect(() => parseJid('')).toThrow(JidError);
});
