// Stream Management, XEP-0198 version 1.6.2: what both sides say to each other. None of it is a stanza.

import { NS_STANZAS, StanzaError, type StanzaErrorCondition } from '../stanza/index.ts';
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

/** What both sides say when a session is resumed (§5). */
export interface ManagementResumed {
  /** Names the session. */
  readonly previd: string;
  /** How many stanzas of the other side were handled. */
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

/** Says that the stream is managed, to a client; where the session can be resumed, it has an id (§3). */
export function buildEnabled({ id, max, location }: ManagementEnabled): Element {
  const resume = id === undefined ? undefined : 'true';
  return element(`{${NS_SM}}enabled`, { id, resume, max: max?.toString(), location });
}

/** Says that a session goes on, to a client (§5). */
export function buildResumed({ previd, h }: ManagementResumed): Element {
  return element(`{${NS_SM}}resumed`, { previd, h: String(h) });
}

/** Says that the stream is not managed, or the session not resumed, to a client; of one that is known, with its count (§5). */
export function buildManagementFailed(condition: StanzaErrorCondition, h?: number): Element {
  return element(`{${NS_SM}}failed`, { h: h?.toString() }, element(`{${NS_STANZAS}}${condition}`));
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
  const { id, max, location } = received.attributes;
  return { id: (mayResume(received) && id) || undefined, max: parseCount(max), location: location || undefined };
}

/** Reads `<enable/>`, from a client; `undefined` if the element is none. */
export function parseEnable(received: Element): { readonly resume: boolean } | undefined {
  return is(received, 'enable', NS_SM) ? { resume: mayResume(received) } : undefined;
}

/** Reads `<resumed/>`; `undefined` if the element is none, or has no readable count. */
export function parseResumed(received: Element | undefined): ManagementResumed | undefined {
  return received && is(received, 'resumed', NS_SM) ? parseCounted(received) : undefined;
}

/** Reads `<resume/>`, from a client; `undefined` if the element is none, or has no readable count. */
export function parseResume(received: Element): ManagementResumed | undefined {
  return is(received, 'resume', NS_SM) ? parseCounted(received) : undefined;
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

function mayResume({ attributes: { resume } }: Element): boolean {
  return resume === 'true' || resume === '1';
}

function parseCounted({ attributes: { previd, h } }: Element): ManagementResumed | undefined {
  const count = parseCount(h);
  return count === undefined || previd === undefined ? undefined : { previd, h: count };
}

/** An unsigned integer of 32 bits (§8), and nothing that merely looks like one. */
function parseCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:0|[1-9][0-9]{0,9})$/.test(text)) return undefined;
  const count = Number(text);
  return count < 2 ** 32 ? count : undefined;
}
