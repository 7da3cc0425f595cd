import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Element, parseElement, serialize } from '../../src/xml/index.ts';
import { fromObject, toObject } from '../../src/xml/object.ts';
import { elements, fragments, namespace, text } from './arbitraries.ts';
import { bytesOf, comparable, HEADER, tokensOf } from './support.ts';

const runs = { numRuns: 500 };

describe('Whatever an element holds', () => {
  it('it is the same after it was written and read', () => {
    fc.assert(
      fc.property(elements({ isMixed: true }), (made) => {
        expect(parseElement(serialize(made))).toEqual(made);
      }),
      runs,
    );
  });

  it('it is the same in a stream, in chunks of any size', () => {
    fc.assert(
      fc.property(elements({ isMixed: true }), fc.array(fc.nat(40), { maxLength: 20 }), (made, sizes) => {
        const bytes = bytesOf(HEADER + serialize(made, 'jabber:client'));
        expect(tokensOf(cutInto(bytes, sizes))).toMatchObject([{ type: 'header' }, { type: 'element', element: made }]);
      }),
      runs,
    );
  });

  it('it says the same in any surrounding namespace', () => {
    fc.assert(
      fc.property(elements({ isMixed: true }), namespace, (made, outer) => {
        fc.pre(!outer.startsWith('http://www.w3.org/'));
        const wrapper = { ...made, name: 'w', namespace: outer, attributes: {}, children: [made] };
        expect(serialize(wrapper)).toContain(serialize(made, outer));
        expect(parseElement(serialize(wrapper)).children).toEqual([made]);
      }),
      runs,
    );
  });

  it('written in references only, or as a CDATA section, it reads the same', () => {
    fc.assert(
      fc.property(text, (content) => {
        const references = [...content].map((character) => `&#${character.codePointAt(0)};`).join('');
        expect(parseElement(`<a b='${references}'>${references}</a>`)).toEqual(
          parseElement(serialize(textElement(content))),
        );
        const section = content.replaceAll('\r', '').replaceAll(']]>', ']]]]><![CDATA[>');
        expect(parseElement(`<a><![CDATA[${section}]]></a>`).children.join('')).toBe(content.replaceAll('\r', ''));
      }),
      runs,
    );
  });

  it('its object view is the same element again, if text and elements are not mixed', () => {
    fc.assert(
      fc.property(elements({ isMixed: false }), (made) => {
        const normal = grouped(made);
        expect(fromObject(toObject(normal))).toEqual(normal);
      }),
      runs,
    );
  });
});

describe('Whatever bytes come', () => {
  it('the tokens are the same wherever the chunks end', () => {
    const input = fc.array(fragments, { maxLength: 30 }).map((parts) => bytesOf(`<a>${parts.join('')}`));
    const damaged = fc.tuple(input, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(input, damaged), fc.array(fc.nat(9), { maxLength: 40 }), (bytes, sizes) => {
        expect(comparable(tokensOf(cutInto(bytes, sizes)))).toEqual(comparable(tokensOf([bytes])));
      }),
      { numRuns: 5000 },
    );
  });
});

function cutInto(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(bytes.slice(start, start + size));
    start += size;
  }
  chunks.push(bytes.slice(start));
  return chunks;
}

function textElement(content: string): Element {
  return { name: 'a', namespace: '', attributes: { b: content }, children: content === '' ? [] : [content] };
}

/** The same with children of one name side by side, since an object has them in one place. */
function grouped(made: Element): Element {
  const groups = new Map<string, Element[]>();
  const texts: string[] = [];
  for (const child of made.children) {
    if (typeof child === 'string') texts.push(child);
    // Elements in the namespace of xml carry its prefix.
    else {
      const key = (child.namespace.startsWith('http://www.w3.org/XML') ? 'xml:' : '') + child.name;
      groups.set(key, [...(groups.get(key) ?? []), grouped(child)]);
    }
  }
  return { ...made, children: [...texts, ...[...groups.values()].flat()] };
}
