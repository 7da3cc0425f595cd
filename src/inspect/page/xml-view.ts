import { button, make } from './elements.ts';
import { splitTag, splitXml, type XmlNode, xmlTree } from './xml-split.ts';

/** Children that are shown at once; the others on request, so that a stanza of a megabyte does not stop the page. */
const MOST_CHILDREN = 200;
/** Beyond so many characters, elements start folded. */
const OPEN_UP_TO = 20_000;
/** Characters of a stanza that a line of the log shows. */
const LINE_LENGTH = 400;

/** XML as a tree that can be folded, with colours. Not one character is lost or added: copied, it is the same XML. */
export function xmlView(xml: string): HTMLElement {
  const isOpen = xml.length <= OPEN_UP_TO;
  return make('div', { class: 'xml', translate: 'no' }, ...children(xmlTree(xml), 0, isOpen));
}

/** The beginning of XML on one line, with colours. */
export function xmlLine(xml: string): HTMLElement {
  const pieces = splitXml(xml.slice(0, LINE_LENGTH));
  const shown = pieces.flatMap(({ kind, text }) =>
    kind === 'text' ? [make('b', { class: 'xml-text' }, text)] : tag(text),
  );
  return make('code', { class: 'xml-line', translate: 'no' }, ...shown);
}

function children(nodes: readonly XmlNode[], depth: number, isOpen: boolean): Node[] {
  const shown: Node[] = nodes.slice(0, MOST_CHILDREN).map((node) => nodeView(node, depth, isOpen));
  const rest = nodes.slice(MOST_CHILDREN);
  if (rest.length === 0) return shown;
  const more = button(`${rest.length.toLocaleString('en')} more`, () =>
    more.replaceWith(...children(rest, depth, isOpen)),
  );
  return [...shown, more];
}

function nodeView(node: XmlNode, depth: number, isOpen: boolean): Node {
  if (node.kind === 'text') return make('div', { class: 'xml-text' }, node.text);
  const only = node.children.length === 1 ? node.children[0] : undefined;
  if (node.children.length === 0 || (only?.kind === 'text' && only.text.length < 120)) {
    const text = only?.kind === 'text' ? [make('span', { class: 'xml-text' }, only.text)] : [];
    return make('div', {}, ...tag(node.tag.text), ...text, ...tag(node.end));
  }
  return foldable(node, depth, isOpen);
}

/** What is folded is made only when somebody opens it. */
function foldable(node: Extract<XmlNode, { kind: 'element' }>, depth: number, isOpen: boolean): HTMLElement {
  const content = make('div', { class: 'xml-children' });
  const count = make('span', { class: 'xml-count' }, `${node.children.length} inside`);
  const details = make('details', {}, make('summary', {}, ...tag(node.tag.text), count), content);
  if (node.end !== '') content.after(make('div', {}, ...tag(node.end)));
  const fill = (): void => {
    if (details.open && !content.hasChildNodes()) content.append(...children(node.children, depth + 1, isOpen));
  };
  details.addEventListener('toggle', fill);
  details.open = isOpen || depth === 0;
  fill();
  return details;
}

function tag(text: string): Node[] {
  return splitTag(text).map((part) => make('span', { class: `xml-${part.kind}` }, part.text));
}
