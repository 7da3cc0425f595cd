import { NS_CLIENT } from '../stanza/index.ts';
import { type Framing, NS_FRAMING, NS_STREAM } from '../stream/index.ts';
import { type Attributes, type Element, element, escapeAttribute, serialize } from '../xml/index.ts';

/** What opens a stream, as text; attributes that are `undefined` are left out. */
export function streamHeader(attributes: Attributes, { joins }: Pick<Framing, 'joins'>): string {
  if (!joins) return serialize(element(`{${NS_FRAMING}}open`, attributes));
  return `<?xml version="1.0"?><stream:stream xmlns="${NS_CLIENT}" xmlns:stream="${NS_STREAM}"${written(attributes)}>`;
}

/** A header as logs and errors show it: a start tag without its namespaces. */
export function openingTag(header: Element): string {
  if (header.namespace === NS_FRAMING) return serialize(header);
  return `<stream:stream${written(header.attributes)}>`;
}

/** An element as it stands in a stream: without the namespace of stanzas, and that of streams as the prefix `stream`. */
export function inStream(shown: Element): string {
  const xml = serialize(shown, NS_CLIENT);
  const { name, namespace } = shown;
  if (namespace !== NS_STREAM) return xml;
  const inside = xml.slice(`<${name} xmlns="${NS_STREAM}"`.length);
  return `<stream:${name}${inside.replace(new RegExp(`</${name}>$`), `</stream:${name}>`)}`;
}

function written(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}
