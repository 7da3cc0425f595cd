import type { Jid } from '../jid/index.ts';
import { type SaslFailureCondition, Sealed } from '../sasl/index.ts';
import {
  buildChallenge,
  buildFailure,
  buildSuccess,
  parseClientSaslElement,
  type ServerExchange,
  type ServerReply,
} from '../sasl/server.ts';
import { StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import { type Accounts, isServerMechanism, type ServerMechanism } from './accounts.ts';
import type { ServerStream } from './server-stream.ts';

/** How often a client may fail to authenticate on one stream (RFC 6120 §6.4.5). */
const MAX_FAILURES = 5;

/** What clients are authenticated against. */
export interface AuthenticationOptions {
  readonly accounts: Accounts;
  readonly mechanisms: readonly ServerMechanism[];
}

/** SASL on one stream, the server's side (RFC 6120 §6.4): as many tries as are allowed, until one succeeds. */
export class Authentication {
  readonly #options: AuthenticationOptions;
  readonly #stream: ServerStream;
  readonly #succeeded: (account: Jid) => void;
  /** The one that waits for a response. */
  #exchange: ServerExchange | undefined;
  #failures = 0;

  constructor(options: AuthenticationOptions, stream: ServerStream, succeeded: (account: Jid) => void) {
    this.#options = options;
    this.#stream = stream;
    this.#succeeded = succeeded;
  }

  /**
   * Takes what the client sent.
   *
   * @throws StreamError `not-authorized` for all but SASL
   */
  received(received: Element): void {
    const message = parseClientSaslElement(received);
    const exchange = this.#exchange;
    this.#exchange = undefined;
    switch (message?.type) {
      case 'auth':
        this.#begin(message.mechanism, message.initial);
        break;
      case 'response':
        // RFC 6120 §4.9.3.12: something before its turn.
        if (exchange === undefined) throw new StreamError('not-authorized');
        this.#compute(exchange, message.payload);
        break;
      case 'malformed':
        this.#refuse(message.condition);
        break;
      case 'abort':
        this.#refuse('aborted');
        break;
      default:
        throw new StreamError('not-authorized');
    }
  }

  #begin(name: string, initial: Sealed<Uint8Array> | undefined): void {
    const { accounts, mechanisms } = this.#options;
    if (isServerMechanism(name) && mechanisms.includes(name)) this.#compute(accounts.createExchange(name), initial);
    else this.#refuse('invalid-mechanism');
  }

  /** Nothing is read meanwhile. */
  #compute(exchange: ServerExchange, payload: Sealed<Uint8Array> | undefined): void {
    this.#stream.suspend();
    const reply = exchange.answer(payload?.reveal()).catch(() => COMPUTATION_FAILED);
    void reply.then((answer) => this.#stream.resume(() => this.#reply(exchange, answer)));
  }

  #reply(exchange: ServerExchange, reply: ServerReply): void {
    if (reply.type === 'failure') {
      this.#refuse(reply.condition, reply.text);
    } else if (reply.type === 'challenge') {
      this.#exchange = exchange;
      this.#stream.send(buildChallenge(new Sealed(reply.data)));
    } else {
      const account = this.#options.accounts.jidOf(reply.username);
      const isOwn = account && (reply.authzid === undefined || reply.authzid === account.bare);
      if (isOwn) this.#succeed(account, reply.data);
      else this.#refuse('invalid-authzid');
    }
  }

  #succeed(account: Jid, additional: Uint8Array | undefined): void {
    this.#stream.send(buildSuccess(additional && new Sealed(additional)));
    this.#stream.restart();
    this.#succeeded(account);
  }

  #refuse(condition: SaslFailureCondition, text?: string): void {
    this.#failures++;
    this.#stream.send(buildFailure(condition, text));
    if (this.#failures < MAX_FAILURES) return;
    this.#stream.fail(new StreamError('policy-violation', { text: 'Too many failures' }));
  }
}

const COMPUTATION_FAILED: ServerReply = {
  type: 'failure',
  condition: 'temporary-auth-failure',
  text: 'The computation failed',
};
