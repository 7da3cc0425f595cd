import { type Element, INHERITED, NS_XML, parseElement, serialize, XmlError } from '../../src/xml/index.ts';
import { isXmlText } from './characters.ts';
import { randomElement } from './elements.ts';
import { readWithSaxes } from './saxes-oracle.ts';
import { show, type Target } from './target.ts';
import { treeOf } from './tree.ts';

const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';
const encoder = new TextEncoder();

/** What is written is read as the same; what no XML can express is refused. */
export const serializerTarget: Target = {
  name: 'the serializer',
  attempt(random) {
    const badness = random.chance(0.5) ? 0 : 0.05;
    const made = randomElement(random, { badness });
    const outer = random.pick(['', 'u', 'jabber:client']);
    const meant = settle(made, outer);
    let written: string;
    try {
      written = serialize(made, outer);
    } catch (error) {
      if (!(error instanceof XmlError) || error.condition !== 'invalid-xml') throw error;
      return isExpressible(meant) ? `refused ${show(made)}: ${error.message}` : undefined;
    }
    if (!isExpressible(meant)) return `wrote ${show(written)} for ${show(made)}`;
    const expected = `${treeOf({ ...WRAPPER, namespace: outer, children: [meant] })}`;
    const document = `<w xmlns="${outer}">${written}</w>`;
    if (treeOf(parseElement(document)) !== expected) return `${show(document)} is not ${show(made)}`;
    const report = readWithSaxes(encoder.encode(document));
    if (report.outcome === 'accepted' && report.tree === expected) return undefined;
    return `saxes reads ${show(report)} from ${show(document)}, which is ${show(made)}`;
  },
};

const WRAPPER: Omit<Element, 'namespace' | 'children'> = { name: 'w', attributes: {} };

/** As a parser would have made it: no namespace left open, neighbouring texts joined, none of them empty. */
function settle(made: Element, parent: string): Element {
  const namespace = made.namespace === INHERITED ? parent : made.namespace;
  const children: (Element | string)[] = [];
  for (const child of made.children) {
    const last = children.at(-1);
    if (typeof child !== 'string') children.push(settle(child, namespace));
    else if (typeof last === 'string') children[children.length - 1] = last + child;
    else if (child !== '') children.push(child);
  }
  return { ...made, namespace, children };
}

function isExpressible({ name, namespace, attributes, children }: Element): boolean {
  return (
    isName(name) &&
    isXmlText(namespace) &&
    namespace !== NS_XMLNS &&
    Object.entries(attributes).every(([key, value = '']) => isAttribute(key) && isXmlText(value)) &&
    children.every((child) => (typeof child === 'string' ? isXmlText(child) : isExpressible(child)))
  );
}

/** As `Attributes` says: a name, one behind `xml:`, or one behind a namespace that is not that of xml. */
function isAttribute(key: string): boolean {
  if (key === 'xmlns') return false;
  if (!key.startsWith('{')) return isName(key.startsWith('xml:') ? key.slice('xml:'.length) : key);
  const end = key.lastIndexOf('}');
  const namespace = key.slice(1, Math.max(end, 1));
  return !['', NS_XML, NS_XMLNS].includes(namespace) && isXmlText(namespace) && isName(key.slice(end + 1));
}

/** Whether saxes takes it for the name of an element, and all of it. Names without colon only. */
function isName(name: string): boolean {
  if (name.includes(':')) return false;
  const report = readWithSaxes(encoder.encode(`<${name}/>`));
  return report.outcome === 'accepted' && report.tree === treeOf({ name, namespace: '', attributes: {}, children: [] });
}
