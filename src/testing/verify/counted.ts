import { NS_CLIENT } from '../../stanza/index.ts';
import type { Element } from '../../xml/index.ts';

/** Whether stream management counts this (XEP-0198 §4). */
export function isCounted({ name, namespace }: Element): boolean {
  return namespace === NS_CLIENT && ['iq', 'message', 'presence'].includes(name);
}
