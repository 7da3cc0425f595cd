// Session establishment, RFC 3921 §3: of no effect since RFC 6120, but some servers still require it.

import { buildIq } from '../stanza/index.ts';
import { NS_SESSION } from '../stream/index.ts';
import { type Element, element } from '../xml/index.ts';

/** The iq that establishes the session; its answer is empty. */
export function buildSessionRequest(id: string): Element {
  return buildIq({ type: 'set', id }, element(`{${NS_SESSION}}session`));
}
