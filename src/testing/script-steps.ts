import type { Jid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';
import type { ClientLoginOptions } from './client-login.ts';
import type { ClientAuthenticateOptions } from './client-sasl.ts';
import type { ClientSasl2Options } from './client-sasl2.ts';
import type { Expected } from './expectation.ts';
import type { ServerMechanism } from './mechanisms.ts';
import type { Side } from './scripted-line.ts';
import type { BindOptions, LoginOptions } from './scripted-login.ts';
import type { AuthenticateOptions } from './scripted-sasl.ts';
import type { Sasl2StepOptions } from './scripted-sasl2.ts';

/** Steps of a script that were begun. `await` waits for all of them and gives the value of the last. */
export type Conversation<T, TSide extends Side = 'server'> = Promise<T> & StepsOf<T>[TSide];

interface StepsOf<TLast> {
  readonly server: ScriptSteps<TLast>;
  readonly client: ClientSteps<TLast>;
}

/**
 * What scripts of both sides can do. Each step begins when the one before it is done. One that fails ends the script: its error
 * says what was expected, what came, in what that differs, and the conversation so far, in which SASL is masked.
 */
export interface CommonSteps<TLast, TSide extends Side> {
  /** The next thing that the other side sends is this. Its value is the element, or that of the header. */
  receives(expected: Expected): Conversation<Element, TSide>;
  /** The other side sends this sooner or later; what it sends before is passed over. */
  awaits(expected: Expected): Conversation<Element, TSide>;
  /**
   * Sends XML or any bytes as they are, in one write; or what a function makes of the value of the step before. Over a
   * WebSocket that is one message, of text or of bytes, which has to declare its namespaces itself. Fails where the connection is
   * over, as far as this side knows.
   */
  sends(data: string | Uint8Array | ((last: TLast) => string | Uint8Array)): Conversation<void, TSide>;
  /** Closes the stream, if there is one still, and ends the connection. */
  close(): Conversation<void, TSide>;
  /** Ends the connection without a word. */
  end(): Conversation<void, TSide>;
  /** Cuts the connection: the other side gets a reset. */
  reset(): Conversation<void, TSide>;
  /** Reads nothing more, so that the other side's writes pile up. */
  pause(): Conversation<void, TSide>;
  /** Reads on. */
  resume(): Conversation<void, TSide>;
  /** Waits until the connection is gone. Its value is what came and was not asked for, so that a test can expect nothing. */
  closed(): Conversation<string[], TSide>;
}

/** What a script can do as the server. */
export interface ScriptSteps<TLast> extends CommonSteps<TLast, 'server'> {
  /** Awaits the client's stream header and answers it with a server's, changed by these attributes; `undefined` removes one. */
  header(attributes?: Readonly<Record<string, string | undefined>>): Conversation<Element>;
  /** Sends stream features with this XML inside. */
  features(xml: string): Conversation<void>;
  /** STARTTLS from the client's header to the end of the handshake, also of one that failed (RFC 6120 §5.4); it must end in time. */
  startTls(): Conversation<void>;
  /** The handshake alone. It must follow the consent at once, before the client begins. */
  secure(): Conversation<void>;
  /**
   * SASL from the client's header to success (RFC 6120 §6.4), with one mechanism (SCRAM-SHA-256) or with more to choose from.
   * Its value is the account.
   */
  authenticate(options?: ServerMechanism | AuthenticateOptions): Conversation<Jid>;
  /**
   * SASL2 from the client's header to the features that follow its success (XEP-0388), with a resource if the client asks for
   * one. Its value is the address that the client got.
   */
  sasl2(options?: Sasl2StepOptions): Conversation<Jid>;
  /** Resource binding from the client's header to the result (RFC 6120 §7). Its value is the full address. */
  bind(account: Jid | string, options?: BindOptions): Conversation<Jid>;
  /** All of it: STARTTLS where it is possible, SASL, resource binding. Its value is the full address. */
  login(options?: LoginOptions): Conversation<Jid>;
}

/** What a script can do as the client. */
export interface ClientSteps<TLast> extends CommonSteps<TLast, 'client'> {
  /** Sends a client's stream header, changed by these attributes, and awaits the server's, which is its value; `undefined` removes one. */
  header(attributes?: Readonly<Record<string, string | undefined>>): Conversation<Element, 'client'>;
  /** Awaits stream features with this XML inside, among others; they are its value. */
  features(xml?: string): Conversation<Element, 'client'>;
  /** STARTTLS from the client's header to the end of the handshake (RFC 6120 §5.4). Fails unless the certificate is right. */
  startTls(): Conversation<void, 'client'>;
  /** The handshake alone, once the server consented. */
  secure(): Conversation<void, 'client'>;
  /** SASL from the client's header to its outcome (RFC 6120 §6.4), which is its value: `<success/>`, once the server proved itself. */
  authenticate(options: ClientAuthenticateOptions): Conversation<Element, 'client'>;
  /** SASL2 from the client's header to its outcome (XEP-0388), which is its value, and after success to the features that follow. */
  sasl2(options: ClientSasl2Options): Conversation<Element, 'client'>;
  /** Resource binding from the client's header to the result (RFC 6120 §7). Its value is the full address. */
  bind(resource?: string): Conversation<Jid, 'client'>;
  /** All of it: STARTTLS where it is possible and offered, SASL, resource binding. Its value is the full address. */
  login(options: ClientLoginOptions): Conversation<Jid, 'client'>;
}
