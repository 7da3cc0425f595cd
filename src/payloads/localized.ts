import { type Element, textOf } from '../xml/index.ts';

/**
 * The text of one of several children that differ in their language: that in the language of the parent, which needs no
 * `xml:lang` of its own, else the first (RFC 6120 §8.1.5, RFC 6121 §5.2.3).
 */
export function localizedText(parent: Element, name: string): string | undefined {
  let first: Element | undefined;
  for (const child of parent.children) {
    if (typeof child === 'string' || child.name !== name || child.namespace !== parent.namespace) continue;
    const lang = child.attributes['xml:lang'];
    if (lang === undefined || lang === parent.attributes['xml:lang']) return textOf(child);
    first ??= child;
  }
  return first && textOf(first);
}

/** The texts of all children of this name by language; that of the parent counts where they have none, else `''`. */
export function localizedTexts(parent: Element, name: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const child of parent.children) {
    if (typeof child === 'string' || child.name !== name || child.namespace !== parent.namespace) continue;
    const lang = child.attributes['xml:lang'] ?? parent.attributes['xml:lang'] ?? '';
    if (!texts.has(lang)) texts.set(lang, textOf(child));
  }
  return texts;
}
