import { describe, expect, it } from 'vitest';
import { element, type XmlLimits } from '../../src/xml/index.ts';
import { bytesOf, expectSameEverywhere, HEADER, tokensOf } from './support.ts';

describe('An element in the usual spelling', () => {
  const read = (xml: string) => tokensOf([bytesOf(HEADER + xml), bytesOf(xml)]).at(-1);

  it('may be a whole stanza that is empty, or one text', () => {
    expect(read('<a/>')).toEqual({ type: 'element', element: element('{jabber:client}a') });
    expect(read("<a b=''></a>")).toEqual({ type: 'element', element: element('{jabber:client}a', { b: '' }) });
    expect(read('<a>b</a>')).toEqual({ type: 'element', element: element('{jabber:client}a', {}, 'b') });
  });

  it('ends the namespace that it declares', () => {
    expect(read("<a><b xmlns='u'><c/><d xmlns='v'/></b><c xmlns=''>d</c><c/></a>")).toEqual({
      type: 'element',
      element: element(
        '{jabber:client}a',
        {},
        element('{u}b', {}, element('c'), element('{v}d')),
        element('{}c', {}, 'd'),
        element('c'),
      ),
    });
  });

  it('has children and attributes of its own, also where there are none', () => {
    const tokens = tokensOf([bytesOf(`${HEADER}<a/><a/><a><b/><b></b></a>`)]);
    const lists = new Set(
      tokens.flatMap((token) => {
        if (token.type === 'header') return [token.header.children];
        if (token.type !== 'element') return [];
        const inner = token.element.children.map((child) => (typeof child === 'string' ? [] : child.children));
        return [token.element.children, ...inner];
      }),
    );
    expect(lists.size).toBe(6);
  });

  it('may have an attribute whose name is that of an inherited property', () => {
    expect(read("<a __proto__='1' constructor='2'/>")).toEqual({
      type: 'element',
      element: element('{jabber:client}a', { ['__proto__']: '1', constructor: '2' }),
    });
    const twice = "<a __proto__='1' __proto__='1'/>";
    expect(read(twice)).toMatchObject({ error: { condition: 'not-well-formed' } });
  });
});

describe('The limits hold in every spelling', () => {
  it.each<[string, string, Partial<XmlLimits>]>([
    ['depth', '<a><b><b/></b></a>', { maxDepth: 2 }],
    ['depth of a text', '<a><b><b>text</b></b></a>', { maxDepth: 2 }],
    ['depth of one stanza', '<a/>', { maxDepth: 0 }],
    ['attributes', "<a><b c='1' d='2' e='3'>text</b></a>", { maxAttributes: 2 }],
    ['attributes with a declaration', "<a><b c='1' xmlns='u' e='3'/></a>", { maxAttributes: 2 }],
    ['attributes twice', "<a><b c='1' d='2' c='3'/></a>", { maxAttributes: 2 }],
    ['bytes', "<a><b c='12345'>text</b></a>", { maxElementBytes: 27 }],
    ['bytes beyond ASCII', "<a><b c='\u20ac'>\u20ac</b></a>", { maxElementBytes: 24 }],
  ])('%s', (_, stanza, limits) => {
    const header = "<s a='1' b='2'>";
    const tokens = expectSameEverywhere(header + stanza, limits);
    expect(tokens).toMatchObject([{ type: 'header' }, { condition: 'policy-violation' }]);
  });

  it('and what just fits is read', () => {
    const limits = { maxDepth: 3, maxAttributes: 2, maxElementBytes: 41 };
    const xml = "<s><a><b c='12345' d='6'><b>text</b></b></a>";
    expect(expectSameEverywhere(xml, limits)).toMatchObject([{ type: 'header' }, { type: 'element' }]);
  });
});
