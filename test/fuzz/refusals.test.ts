import { describe, expect, it } from 'vitest';
import { createLine, DIALECTS, OPEN } from '../actors/fake-wire.ts';

/** 41 UTF-16 units: whoever repeats the first 32, 64 or 100 of several cuts a character in half. */
const NAME = `a${'\u{10000}'.repeat(20)}`;

describe.each(DIALECTS)(
  'what a server sends in a stream of $name, with letters beyond ASCII in its names',
  (dialect) => {
    it.each([
      ['an entity', `<a>&${NAME};</a>`, 'restricted-xml'],
      ['an entity with a middle dot in its name', '<a>&a\u00b7;</a>', 'restricted-xml'],
      ['a reference that is none', `<a>&#${NAME};</a>`, 'not-well-formed'],
      ['a prefix that nobody declared', `<${NAME}${NAME.slice(1)}:b/>`, 'bad-namespace-prefix'],
      ['something that is no name', `<${NAME}${NAME}:1/>`, 'not-well-formed'],
    ])('is refused with a stream error that the server is told: %s', (_title, garbage, condition) => {
      const { framing, header } = dialect;
      const line = createLine({}, () => [], { framing });
      line.tell(OPEN);
      line.receive(header, garbage);
      expect(line.events.map(outcomeOf)).toEqual(['stream.opened', `stream/${condition}`]);
      expect(line.sent.join('')).toContain(`<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
    });

    it.each([
      ['its namespace', 'urn:ietf:params:xml:ns:xmpp-framing'],
      ['another one', 'u'],
    ])('is refused with a stream error that the server is told: what is no opening, in %s', (_title, namespace) => {
      const line = createLine({}, () => [], { framing: dialect.framing });
      line.tell(OPEN);
      line.receive(`<a${'\u{10000}'.repeat(60)} xmlns='${namespace}'/>`);
      const isOpening = !dialect.framing.joins && namespace !== 'u';
      expect(line.events.map(outcomeOf)).toEqual([`stream/${isOpening ? 'bad-format' : 'invalid-namespace'}`]);
    });
  },
);

function outcomeOf(event: {
  readonly type: string;
  readonly error?: { readonly level: string; readonly condition: string };
}): string {
  return event.error ? `${event.error.level}/${event.error.condition}` : event.type;
}
