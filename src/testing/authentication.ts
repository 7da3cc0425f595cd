import type { Jid } from '../jid/index.ts';
import { tryParseJid } from '../jid/index.ts';
import { Sealed } from '../sasl/index.ts';
import type { ServerReply } from '../sasl/server.ts';
import { StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import type { Attempt, ProfileMessage, Refusal, SaslProfile } from './sasl-profile.ts';
import type { ServerStream } from './server-stream.ts';

/** How often a client may fail to authenticate on one stream (RFC 6120 §6.4.5). */
const MAX_FAILURES = 5;

/** What an authentication needs. */
export interface AuthenticationInput {
  readonly stream: ServerStream;
  /** All that the client may use. */
  readonly profiles: readonly SaslProfile[];
  /** The address of an account. */
  jidOf(username: string): Jid | undefined;
}

interface Running {
  readonly profile: SaslProfile;
  readonly attempt: Attempt;
}

/** SASL on one stream, the server's side: as many tries as are allowed, in any of its profiles, until one succeeds. */
export class Authentication {
  readonly #input: AuthenticationInput;
  /** The one that waits for a response. */
  #waiting: Running | undefined;
  #failures = 0;

  constructor(input: AuthenticationInput) {
    this.#input = input;
  }

  /**
   * Takes what the client sent.
   *
   * @throws StreamError `not-authorized` for all but SASL
   */
  received(received: Element): void {
    this.#input.stream.allowSpace(true);
    for (const profile of this.#input.profiles) {
      const message = profile.read(received);
      if (message) {
        this.#take(profile, message);
        return;
      }
    }
    throw new StreamError('not-authorized');
  }

  #take(profile: SaslProfile, message: ProfileMessage): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (message.type === 'refused') {
      this.#refuse(profile, message);
    } else if (message.type === 'begin') {
      this.#compute({ profile, attempt: message.attempt }, message.attempt.initial);
    } else {
      // RFC 6120 §4.9.3.12: something before its turn.
      if (waiting?.profile !== profile) throw new StreamError('not-authorized');
      this.#compute(waiting, message.payload);
    }
  }

  /** Nothing is read meanwhile. */
  #compute(running: Running, payload: Sealed<Uint8Array> | undefined): void {
    const { stream } = this.#input;
    stream.suspend();
    const reply = running.attempt.exchange.answer(payload?.reveal()).catch(() => COMPUTATION_FAILED);
    void reply.then((answer) => stream.resume(() => this.#reply(running, answer)));
  }

  #reply(running: Running, reply: ServerReply): void {
    const { stream, jidOf } = this.#input;
    const { profile, attempt } = running;
    if (reply.type === 'failure') {
      this.#refuse(profile, reply);
    } else if (reply.type === 'challenge') {
      this.#waiting = running;
      stream.allowSpace(!profile.isExclusive);
      stream.send(profile.challenge(new Sealed(reply.data)));
    } else {
      const account = jidOf(reply.username);
      const refusal = account ? refuse(account, reply.authzid, attempt) : NO_ACCOUNT;
      if (account === undefined || refusal) this.#refuse(profile, refusal ?? NO_ACCOUNT);
      else attempt.succeed(account, reply.data && new Sealed(reply.data));
    }
  }

  #refuse(profile: SaslProfile, refusal: Refusal): void {
    const { stream } = this.#input;
    this.#failures++;
    stream.send(profile.failure(refusal));
    if (this.#failures < MAX_FAILURES) return;
    stream.fail(new StreamError('policy-violation', { text: 'Too many failures' }));
  }
}

const NO_ACCOUNT: Refusal = { condition: 'not-authorized', text: 'there is no such account' };

const COMPUTATION_FAILED: ServerReply = {
  type: 'failure',
  condition: 'temporary-auth-failure',
  text: 'The computation failed',
};

/** Nobody may act for somebody else (RFC 4422 §2). */
function refuse(account: Jid, authzid: string | undefined, attempt: Attempt): Refusal | undefined {
  const isOwn = authzid === undefined || tryParseJid(authzid)?.full === account.full;
  return isOwn ? attempt.refuses(account) : { condition: 'invalid-authzid' };
}
