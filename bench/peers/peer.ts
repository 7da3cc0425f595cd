import type { ParseJid } from '../jid.ts';
import type { Login, RealServer } from '../logins/place.ts';
import type { BenchAddress } from '../servers/control.ts';
import type { BenchItem } from '../servers/stanzas.ts';

export { DOMAIN, LOCALPART, PASSWORD, type RealServer } from '../logins/place.ts';
export type { BenchAddress } from '../servers/control.ts';
export { NS_UNANSWERED } from '../servers/script.ts';
export { type BenchItem, NS_ATOM, NS_EVENT } from '../servers/stanzas.ts';

/**
 * One library, as the benchmark uses it. A file of this folder exports it as `peer`; `measure.ts` does the counting, the
 * same for all, in a process that loads this one library only.
 *
 * Each method does what a careful user of the library writes for the task: no private functions, nothing left out
 * that an application needs.
 */
export interface Peer {
  /** Its name in the table, with the version and the transport. */
  readonly title: string;
  /** Logs in without TLS, SASL PLAIN or ANONYMOUS, with no extras that can be switched off; resolves when online. */
  connect(address: BenchAddress): Promise<PeerConnection>;
  /**
   * Logs in as an application does that leaves everything as it is: SCRAM, over STARTTLS where the peer speaks TCP. The
   * process trusts the server's authority (`NODE_EXTRA_CA_CERTS`).
   */
  logIn?(server: RealServer): ReturnType<Login>;
  /** Reads an address and brings it into normal form. Absent: this peer has no such thing. */
  readonly parseJid?: ParseJid;
}

export interface PeerConnection {
  /**
   * Hands each chat message's body and the fields of each item of a PubSub event to the reader, from now on. Called once.
   */
  receive(reader: Reader): void;
  /** Sends one chat message. When a promise is returned, the last one of every 100 is awaited. */
  send(to: string, body: string): Promise<void> | void;
  /** Asks the server (XEP-0199) and resolves with its answer. */
  ping(): Promise<unknown>;
  /** Ends the session. Need not be awaited by the benchmark for the socket to be gone. */
  close(): unknown;
  /**
   * Adds `count` handlers (subprotocols, plug-ins, listeners: the library's way of reacting to one kind of stanza),
   * for iqs with payloads `urn:example:0` … that never come. Absent: this peer has no such thing.
   */
  addHandlers?(count: number): void;
  /** Sends a request with a payload in `NS_UNANSWERED` and a time-out of minutes: it stays pending. */
  request?(): void;
}

/** Where a peer puts what it has read: what was not a string, or is not all, makes the run fail. */
export interface Reader {
  message(body: string): void;
  item(item: BenchItem): void;
}
