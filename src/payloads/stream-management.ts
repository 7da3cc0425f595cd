// Stream Management, XEP-0198 version 1.6.2: what both sides say to each other. None of it is a stanza.

import { StanzaError } from '../stanza/index.ts';
import { NS_SM } from '../stream/index.ts';
import { type Element, element, is } from '../xml/index.ts';

/** What the server says when it begins to manage the stream (§3). */
export interface ManagementEnabled {
  /** Names the session, and is all that it takes besides a login to resume it: a secret. `undefined` where it cannot be. */
  readonly id: string | undefined;
  /** How many seconds the server keeps the session after the connection is lost; `undefined` where it does not say. */
  readonly max: number | undefined;
  /** Where it wants the client to come back, host and maybe port (RFC 6120 §4.9.3.19). Untrusted. */
  readonly location: string | undefined;
}

/** What the server says when a session is resumed (§5). */
export interface ManagementResumed {
  /** Names the session. */
  readonly previd: string;
  /** How many of our stanzas it handled. */
  readonly h: number;
}

/** What the server says when it does not manage the stream, or knows no such session (§3, §5). */
export interface ManagementFailed {
  /** How many of our stanzas it handled before it forgot the session. */
  readonly h: number | undefined;
  readonly error: StanzaError;
}

/** Asks the server to manage the stream, and to let the session be resumed. */
export function buildEnable(): Element {
  return element(`{${NS_SM}}enable`, { resume: 'true' });
}

/** Asks for an earlier session; `h` is how many of the server's stanzas were handled. */
export function buildResume(previd: string, h: number): Element {
  return element(`{${NS_SM}}resume`, { previd, h: String(h) });
}

/** Asks how many stanzas were handled (§4). */
export function buildAckRequest(): Element {
  return element(`{${NS_SM}}r`);
}

/** Says how many stanzas were handled (§4). */
export function buildAck(h: number): Element {
  return element(`{${NS_SM}}a`, { h: String(h) });
}

/** Reads `<enabled/>`; `undefined` if the element is none. An id without leave to resume is worth nothing. */
export function parseEnabled(received: Element | undefined): ManagementEnabled | undefined {
  if (!received || !is(received, 'enabled', NS_SM)) return undefined;
  const { id, resume, max, location } = received.attributes;
  const mayResume = resume === 'true' || resume === '1';
  return { id: (mayResume && id) || undefined, max: parseCount(max), location: location || undefined };
}

/** Reads `<resumed/>`; `undefined` if the element is none, or has no readable count. */
export function parseResumed(received: Element | undefined): ManagementResumed | undefined {
  if (!received || !is(received, 'resumed', NS_SM)) return undefined;
  const h = parseCount(received.attributes.h);
  const { previd } = received.attributes;
  return h === undefined || previd === undefined ? undefined : { previd, h };
}

/** Reads `<failed/>`; `undefined` if the element is none. */
export function parseManagementFailed(received: Element | undefined): ManagementFailed | undefined {
  if (!received || !is(received, 'failed', NS_SM)) return undefined;
  return { h: parseCount(received.attributes.h), error: StanzaError.fromElement({ ...received, name: 'error' }) };
}

/** The count of an `<a/>`; `undefined` if the element is none, or its count cannot be read. */
export function parseAck(received: Element): number | undefined {
  return is(received, 'a', NS_SM) ? parseCount(received.attributes.h) : undefined;
}

/** An unsigned integer of 32 bits (§8), and nothing that merely looks like one. */
function parseCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:0|[1-9][0-9]{0,9})$/.test(text)) return undefined;
  const count = Number(text);
  return count < 2 ** 32 ? count : undefined;
}
