import { NS_CLIENT } from '../stanza/index.ts';
import { NS_STREAM } from '../stream/index.ts';
import { type Attributes, type Element, escapeAttribute } from '../xml/index.ts';

/** The text of a server's header; attributes that are `undefined` are left out. */
export function serverHeader(attributes: Attributes): string {
  return `<?xml version="1.0"?><stream:stream xmlns="${NS_CLIENT}" xmlns:stream="${NS_STREAM}"${written(attributes)}>`;
}

/** A header as logs and errors show it: without its namespaces. */
export function openingTag(header: Element): string {
  return `<stream:stream${written(header.attributes)}>`;
}

function written(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}
