import { NC_NAME } from './characters.ts';
import { XmlError } from './xml-error.ts';

/** How much of what is no name an error repeats, in UTF-16 units. */
const QUOTED_LENGTH = 64;

/** The prefix, empty for none, and the local name of a qualified name (Namespaces in XML 1.0 §4). */
export function splitName(raw: string): { readonly prefix: string; readonly local: string } {
  const colon = raw.indexOf(':');
  const prefix = colon < 0 ? '' : raw.slice(0, colon);
  const local = raw.slice(colon + 1);
  if (NC_NAME.test(local) && (colon < 0 || NC_NAME.test(prefix))) return { prefix, local };
  throw new XmlError(
    'not-well-formed',
    `expected a qualified name, got ${JSON.stringify(raw.slice(0, QUOTED_LENGTH))}`,
  );
}
