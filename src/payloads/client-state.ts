// Client State Indication, XEP-0352 version 1.0.0.

import { type Element, element } from '../xml/index.ts';

/** Namespace of Client State Indication, and its name where features are listed. */
export const NS_CLIENT_STATE = 'urn:xmpp:csi:0';

/** Whether somebody uses the client at the moment. It has nothing to do with presence (XEP-0352 §5). */
export type ClientState = 'active' | 'inactive';

/**
 * What tells the server the state of the client (XEP-0352 §4.2), also along with resource binding (XEP-0386 §3.2). It is no
 * stanza, and nobody answers it.
 */
export function buildClientState(state: ClientState): Element {
  return element(`{${NS_CLIENT_STATE}}${state}`);
}
