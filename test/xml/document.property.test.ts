import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, type Element, parseElement, serialize, XmlError } from '../../src/xml/index.ts';
import { elements, fragments } from './arbitraries.ts';
import { bytesOf } from './support.ts';

describe('A document that is read as a whole', () => {
  it('is the element that the tokenizer of streams makes of it, or is refused as it refuses it', () => {
    const whole = elements({ isMixed: true }).map((made) => serialize(made));
    const damaged = fc
      .tuple(whole, fc.array(fc.tuple(fc.nat(), fc.nat(2), fragments), { maxLength: 3 }))
      .map(([xml, damages]) => damages.reduce((text, damage) => spoil(text, ...damage), xml));
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(damaged, (xml) => {
        fc.pre(!/^\ufeff|^<\?xml/.test(xml));
        const expected = fromStream(xml);
        expect(fromDocument(xml)).toEqual(expected);
        if (expected === undefined) refused++;
        else accepted++;
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
  });
});

/** Puts a fragment into a text, in the place of some of its characters. */
function spoil(text: string, place: number, removed: number, fragment: string): string {
  const at = place % (text.length + 1);
  return text.slice(0, at) + fragment + text.slice(at + removed);
}

function fromDocument(xml: string): Element | undefined {
  try {
    return parseElement(bytesOf(xml));
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

/** The element, where it is the only one in a stream that declares nothing. */
function fromStream(xml: string): Element | undefined {
  const tokenizer = createTokenizer();
  tokenizer.write(bytesOf(`<stream>${xml}`));
  tokenizer.read();
  const [only, another] = [tokenizer.read(), tokenizer.read()];
  return only?.type === 'element' && !another && !tokenizer.hasUnread ? only.element : undefined;
}
