import { FORBIDDEN_OR_LONE, NC_NAME, SPECIAL_IN_TEXT, SPECIAL_IN_VALUE, showCharacter } from './characters.ts';
import { type Element, INHERITED } from './element.ts';
import { NS_XML, NS_XMLNS } from './namespaces.ts';
import { XmlError } from './xml-error.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
  ['\t', '&#x9;'],
  ['\n', '&#xA;'],
  ['\r', '&#xD;'],
]);

const MOST_KEPT = 1000;
/** Names that were found to be names, and declarations of namespaces: both repeat. */
const checkedNames = new Set<string>();
const declarations = new Map<string, string>();

/**
 * Writes an element as XML. It says `xmlns="…"` unless its namespace is `outerNamespace`, the default namespace of the
 * place where it will stand (`jabber:client` inside a stream). Everything is escaped; what no XML can express (control
 * characters, lone surrogates, names that are none) throws an {@link XmlError} `invalid-xml`.
 */
export function serialize(element: Element, outerNamespace = ''): string {
  return write(element, outerNamespace, outerNamespace);
}

/**
 * Text as it stands between tags. Throws an {@link XmlError} for characters that XML has no place for. A carriage return
 * is written as a reference, otherwise the reader would take it for a line end.
 */
export function escapeText(text: string): string {
  return SPECIAL_IN_TEXT.test(text) ? escapeWith(text, /[&<>\r]/g, 'text') : text;
}

/** Text as it stands in the value of an attribute, in quotes of either kind; tabs and line ends become references too. */
export function escapeAttribute(text: string): string {
  return SPECIAL_IN_VALUE.test(text) ? escapeWith(text, /[&<>"'\t\n\r]/g, 'the value of an attribute') : text;
}

function write(element: Element, parentNamespace: string, defaultNamespace: string): string {
  const { name, attributes, children } = element;
  const namespace = element.namespace === INHERITED ? parentNamespace : element.namespace;
  if (!checkedNames.has(name)) checkName(name);
  // The namespace of the prefix xml is the one that cannot be the default.
  const isXml = namespace === NS_XML;
  const inner = isXml ? defaultNamespace : namespace;
  const tag = isXml ? `xml:${name}` : name;
  let xml = inner === defaultNamespace ? `<${tag}` : `<${tag}${declare(inner)}`;
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    const written = SPECIAL_IN_VALUE.test(value) ? escapeWith(value, /[&<>"'\t\n\r]/g, `${key} of <${name}>`) : value;
    xml += checkedNames.has(key) && key !== 'xmlns' ? ` ${key}="${written}"` : writeAttribute(key, written, xml.length);
  }
  if (children.length === 0) return `${xml}/>`;
  xml += '>';
  for (const child of children) {
    if (typeof child !== 'string') xml += write(child, namespace, inner);
    else xml += SPECIAL_IN_TEXT.test(child) ? escapeWith(child, /[&<>\r]/g, `the text of <${name}>`) : child;
  }
  return `${xml}</${tag}>`;
}

/** An attribute that is not known to have a plain name. The number makes its prefix unlike others of this element. */
function writeAttribute(key: string, written: string, unique: number): string {
  if (key.charCodeAt(0) !== 0x7b) {
    const local = key.startsWith('xml:') ? key.slice(4) : key;
    if (key === 'xmlns') throw reservedName(key);
    if (!checkedNames.has(local)) checkName(local);
    return ` ${key}="${written}"`;
  }
  const end = key.lastIndexOf('}');
  const namespace = key.slice(1, Math.max(end, 1));
  const local = key.slice(end + 1);
  checkName(local);
  if (namespace === '' || namespace === NS_XML || namespace === NS_XMLNS) {
    throw new XmlError('invalid-xml', `expected an attribute with a namespace of its own, got ${JSON.stringify(key)}`);
  }
  const prefix = `ns${unique}`;
  return ` xmlns:${prefix}="${escapeAttribute(namespace)}" ${prefix}:${local}="${written}"`;
}

function checkName(name: string): void {
  if (!NC_NAME.test(name)) throw reservedName(name);
  if (checkedNames.size >= MOST_KEPT) checkedNames.clear();
  if (name.length <= 64) checkedNames.add(name);
}

function reservedName(name: string): XmlError {
  return new XmlError('invalid-xml', `expected a name without prefix, got ${JSON.stringify(name.slice(0, 64))}`);
}

function declare(namespace: string): string {
  const known = declarations.get(namespace);
  if (known !== undefined) return known;
  if (namespace === NS_XMLNS) throw new XmlError('invalid-xml', `no element can be in the namespace ${NS_XMLNS}`);
  const made = ` xmlns="${escapeAttribute(namespace)}"`;
  if (declarations.size >= MOST_KEPT) declarations.clear();
  if (namespace.length <= 256) declarations.set(namespace, made);
  return made;
}

function escapeWith(text: string, special: RegExp, where: string): string {
  const forbidden = text.search(FORBIDDEN_OR_LONE);
  if (forbidden >= 0) {
    throw new XmlError('invalid-xml', `expected characters of XML in ${where}, got ${showCharacter(text, forbidden)}`);
  }
  return text.replace(special, (character) => ESCAPES.get(character) ?? character);
}
