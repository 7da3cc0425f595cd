import type { Jid } from '../jid/index.ts';
import type { SoftwareVersion } from '../payloads/index.ts';
import type { StanzaError } from '../stanza/index.ts';
import { type Element, element } from '../xml/index.ts';
import type { Accounts } from './accounts.ts';
import type { FastTokens } from './fast-tokens.ts';
import type { OfflineMessages } from './offline.ts';
import type { Registry } from './registry.ts';
import type { Resumptions } from './resumptions.ts';

/** What the parts of a server share. */
export interface Hub {
  readonly domain: Jid;
  readonly accounts: Accounts;
  readonly fastTokens: FastTokens;
  readonly registry: Registry;
  readonly offline: OfflineMessages;
  /** `undefined` where streams are not managed. */
  readonly resumptions: Resumptions | undefined;
  /** Whether all accounts see each other's presence. */
  readonly friends: boolean;
  readonly software: SoftwareVersion;
}

/** A stanza as it is handed on: with the sender's address, and for this recipient. */
export function addressed(stanza: Element, from: Jid, to: Jid | undefined): Element {
  const attributes = { ...stanza.attributes, from: from.full, to: to?.full };
  return element(`{${stanza.namespace}}${stanza.name}`, attributes, stanza.children);
}

/** The error that goes back to the sender of a stanza, who is in its `from`; none for errors and answers (RFC 6120 §8.3.1). */
export function errorAnswer(stanza: Element, error: StanzaError): Element | undefined {
  const { type, id, from, to } = stanza.attributes;
  if (type === 'error' || type === 'result') return undefined;
  return element(`{${stanza.namespace}}${stanza.name}`, { type: 'error', id, from: to, to: from }, error.toElement());
}
