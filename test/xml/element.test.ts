import { describe, expect, it } from 'vitest';
import {
  childOf,
  childrenOf,
  childTextOf,
  createAttributes,
  element,
  firstChildOf,
  INHERITED,
  is,
  parseElement,
  textOf,
} from '../../src/xml/index.ts';

describe('An element that is built', () => {
  it('is plain data', () => {
    expect(element('{u}a', { b: 'c', d: 1, e: undefined }, 'x', 2, undefined, ['y', [element('f')]], '')).toEqual({
      name: 'a',
      namespace: 'u',
      attributes: { b: 'c', d: '1' },
      children: ['x2y', { name: 'f', namespace: 'u', attributes: {}, children: [] }],
    });
  });

  it('takes the namespace it is put into, with all its children that have none', () => {
    const orphan = element('b', {}, element('c', {}, element('{v}d', {}, element('e'))));
    expect(orphan.namespace).toBe(INHERITED);
    expect(element('{u}a', {}, orphan)).toEqual(parseElement("<a xmlns='u'><b><c><d xmlns='v'><e/></d></c></b></a>"));
    expect(orphan.namespace).toBe(INHERITED);
  });

  it('may be in a namespace with braces', () => {
    expect(element('{a}b}c')).toMatchObject({ name: 'c', namespace: 'a}b' });
  });

  it('has attributes without prototype', () => {
    const { attributes } = element('{}a', { ['__proto__']: 'b', constructor: 'c' });
    expect(Object.entries(attributes)).toEqual([
      ['__proto__', 'b'],
      ['constructor', 'c'],
    ]);
    expect('toString' in createAttributes()).toBe(false);
  });
});

describe('In an element', () => {
  const parent = parseElement("<a xmlns='u'>x<b>1</b>y<b xmlns='v'>2</b><c/><b>3</b>z</a>");

  it('children are found by name and namespace', () => {
    expect(childOf(parent, 'b')?.children).toEqual(['1']);
    expect(childOf(parent, 'b', 'v')?.children).toEqual(['2']);
    expect(childOf(parent, 'b', 'w')).toBeUndefined();
    expect(childrenOf(parent, 'b').map(textOf)).toEqual(['1', '3']);
    expect(childrenOf(parent, 'b', 'v').map(textOf)).toEqual(['2']);
    expect(firstChildOf(parent)?.name).toBe('b');
    expect(firstChildOf(element('{}a', {}, 'x'))).toBeUndefined();
  });

  it('text is what stands directly inside', () => {
    expect(textOf(parent)).toBe('xyz');
    expect(textOf(element('{}a'))).toBe('');
    expect(childTextOf(parent, 'b', 'v')).toBe('2');
    expect(childTextOf(parent, 'c')).toBe('');
    expect(childTextOf(parent, 'd')).toBeUndefined();
  });

  it('both parts of a name count', () => {
    expect(is(parent, 'a', 'u')).toBe(true);
    expect(is(parent, 'a', 'v')).toBe(false);
    expect(is(parent, 'b', 'u')).toBe(false);
  });
});
