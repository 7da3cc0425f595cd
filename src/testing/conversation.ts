import { type Jid, parseJid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';
import type { Expected } from './expectation.ts';
import type { ServerMechanism } from './mechanisms.ts';
import { closeStream, type ScriptedLine } from './scripted-line.ts';
import {
  authenticate,
  type BindOptions,
  bind,
  features,
  header,
  type LoginOptions,
  login,
  sasl2,
  startTls,
} from './scripted-login.ts';
import type { AuthenticateOptions } from './scripted-sasl.ts';
import type { Sasl2StepOptions, ScriptedUsers } from './scripted-sasl2.ts';

/** Steps of a script that were begun. `await` waits for all of them and gives the value of the last. */
export type Conversation<T> = Promise<T> & ScriptSteps<T>;

/**
 * What a script can do. Each step begins when the one before it is done. One that fails ends the script: its error says
 * what was expected, what came, and the conversation so far.
 */
export interface ScriptSteps<TLast> {
  /** The next thing that the client sends is this. Its value is the element, or that of the header. */
  receives(expected: Expected): Conversation<Element>;
  /** The client sends this sooner or later; what it sends before is passed over. */
  awaits(expected: Expected): Conversation<Element>;
  /**
   * Sends XML or any bytes as they are, in one write; or what a function makes of the value of the step before. Over a
   * WebSocket that is one message, of text or of bytes, which has to declare its namespaces itself.
   */
  sends(data: string | Uint8Array | ((last: TLast) => string | Uint8Array)): Conversation<void>;
  /** Awaits the client's stream header and answers it with a server's, changed by these attributes; `undefined` removes one. */
  header(attributes?: Readonly<Record<string, string | undefined>>): Conversation<Element>;
  /** Sends stream features with this XML inside. */
  features(xml: string): Conversation<void>;
  /** STARTTLS from the client's header to the end of the handshake, also one that failed (RFC 6120 §5.4). */
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
  /** Closes the stream, and ends the connection. */
  close(): Conversation<void>;
  /** Ends the connection without a word. */
  end(): Conversation<void>;
  /** Cuts the connection: the client gets a reset. */
  reset(): Conversation<void>;
  /** Reads nothing more, so that the client's writes pile up. */
  pause(): Conversation<void>;
  /** Reads on. */
  resume(): Conversation<void>;
  /** Waits until the connection is gone. Its value is what came and was not asked for, so that a test can expect nothing. */
  closed(): Conversation<string[]>;
}

/** Begins a script, or goes on after the step that is `last`. */
export function scriptSteps<TLast>(line: ScriptedLine, users: ScriptedUsers, last: Promise<TLast>): ScriptSteps<TLast> {
  const step = <T>(action: (last: TLast) => T | PromiseLike<T>): Conversation<T> => {
    const done = last.then(action);
    return Object.assign(done, scriptSteps(line, users, done));
  };
  return {
    receives: (expected) => step(() => line.receive(expected)),
    awaits: (expected) => step(() => line.await(expected)),
    sends: (data) => step((value) => line.send(typeof data === 'function' ? data(value) : data)),
    header: (attributes) => step(() => header(line, attributes)),
    features: (xml) => step(() => features(line, xml)),
    startTls: () => step(() => startTls(line)),
    secure: () => step(() => line.secure()),
    authenticate: (options = {}) =>
      step(() => authenticate(line, users, typeof options === 'string' ? { mechanism: options } : options)),
    sasl2: (options) => step(() => sasl2(line, users, options)),
    bind: (account, options) =>
      step(() => bind(line, typeof account === 'string' ? parseJid(account) : account, options)),
    login: (options) => step(() => login(line, users, options)),
    close: () => step(() => closeStream(line)),
    end: () => step(() => line.link.end()),
    reset: () => step(() => line.link.reset()),
    pause: () => step(() => line.link.pause()),
    resume: () => step(() => line.link.resume()),
    closed: () => step(() => line.rest()),
  };
}
