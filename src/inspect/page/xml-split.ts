/** A piece of XML text. All pieces of a text, put together, are that text. */
export interface XmlPiece {
  /** `other`: what is none of these, for instance the end of a text that was cut. */
  readonly kind: 'open' | 'close' | 'empty' | 'text' | 'other';
  readonly text: string;
}

/** A part of a tag. All parts of a tag, put together, are the tag. */
export interface TagPart {
  readonly kind: 'mark' | 'name' | 'attribute' | 'value';
  readonly text: string;
}

/** An element with what is in it, or a text. */
export type XmlNode =
  | { readonly kind: 'element'; readonly tag: XmlPiece; readonly children: readonly XmlNode[]; readonly end: string }
  | { readonly kind: 'text'; readonly text: string };

/** `>` in the value of an attribute ends no tag; `<` stands in none. */
const PIECES = /<(?:"[^"<]*"|'[^'<]*'|[^'"<>])*>|[^<]+|</g;
const FIRST_TAG = /^<[^\s<>/!?](?:"[^"<]*"|'[^'<]*'|[^'"<>])*>/;
const TAG = /^<\/?[^\s<>/!?]/;
const PARTS = /(\s+)|([^\s=<>/"']+)(?=\s*=)|("[^"]*"|'[^']*')|([^\s=<>/"']+)|([=<>/"'])/g;

/**
 * Cuts XML into tags and texts. It is for text that our own serializer wrote, perhaps cut short; it never fails, and it loses
 * no character.
 */
export function splitXml(xml: string): XmlPiece[] {
  return [...xml.matchAll(PIECES)].map(([text]) => ({ kind: kindOf(text), text }));
}

/** Cuts a tag into its parts, for colours. */
export function splitTag(tag: string): TagPart[] {
  let hasName = false;
  return [...tag.matchAll(PARTS)].map(([text, , attribute, value]) => {
    if (value !== undefined) return { kind: 'value', text };
    if (attribute !== undefined && hasName) return { kind: 'attribute', text };
    if (/^[\s=<>/"']/.test(text)) return { kind: 'mark', text };
    hasName = true;
    return { kind: 'name', text };
  });
}

/** The tree that the pieces make. Elements whose end is missing end with the text. */
export function xmlTree(xml: string): XmlNode[] {
  const root: XmlNode[] = [];
  const open: { tag: XmlPiece; children: XmlNode[] }[] = [];
  const here = () => open.at(-1)?.children ?? root;
  for (const piece of splitXml(xml)) {
    if (piece.kind === 'open') open.push({ tag: piece, children: [] });
    else if (piece.kind === 'empty') here().push({ kind: 'element', tag: piece, children: [], end: '' });
    else if (piece.kind === 'close' && open.length > 0) finish(piece.text);
    else here().push({ kind: 'text', text: piece.text });
  }
  while (open.length > 0) finish('');
  return root;

  function finish(end: string): void {
    const element = open.pop();
    if (element) here().push({ kind: 'element', ...element, end });
  }
}

/** An attribute of the first tag of a text, as it is written there; `undefined` if it has none of this name. */
export function firstAttribute(xml: string, name: string): string | undefined {
  const [tag = ''] = FIRST_TAG.exec(xml) ?? [];
  const parts = splitTag(tag);
  const at = parts.findIndex(({ kind, text }) => kind === 'attribute' && text === name);
  return at < 0
    ? undefined
    : parts
        .slice(at)
        .find(({ kind }) => kind === 'value')
        ?.text.slice(1, -1);
}

function kindOf(text: string): XmlPiece['kind'] {
  if (!text.startsWith('<')) return 'text';
  if (!TAG.test(text) || !text.endsWith('>')) return 'other';
  if (text.startsWith('</')) return 'close';
  return text.endsWith('/>') ? 'empty' : 'open';
}
