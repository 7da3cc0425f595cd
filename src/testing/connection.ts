import type { Jid } from '../jid/index.ts';
import { buildBindResult, parseBindRequest } from '../payloads/index.ts';
import { buildIqError, StanzaError, stanzaKind } from '../stanza/index.ts';
import { NS_SESSION, NS_TLS, StreamError, type StreamHeader } from '../stream/index.ts';
import { childOf, type Element, element, is } from '../xml/index.ts';
import { Authentication, type AuthenticationOptions } from './authentication.ts';
import { bindFeatures, loginFeatures } from './features.ts';
import type { Link } from './link.ts';
import { ServerStream, type StreamHandler, type StreamOptions } from './server-stream.ts';

/** What a connection needs from the server that it belongs to. */
export interface ConnectionHost extends AuthenticationOptions {
  readonly domain: string;
  readonly startTls: 'required' | 'optional' | 'none';
  readonly requireLegacySession: boolean;
  /**
   * Begins the session of an account.
   *
   * @throws StanzaError where it cannot have the resource that it wishes
   */
  begin(account: Jid, wish: string | undefined, stream: ServerStream): BoundSession;
  /** The connection is over. */
  forget(connection: Connection): void;
}

/** A session as its connection sees it. */
export interface BoundSession {
  readonly jid: Jid;
  received(stanza: Element): void;
  ended(): void;
}

/** Named for what the connection waits for. The order of negotiation is in what each may turn into (RFC 6120 §4.3). */
type Stage =
  | { readonly is: 'header'; readonly account?: Jid }
  /** `<starttls/>` or SASL, whatever was offered. */
  | { readonly is: 'login'; readonly offersTls: boolean; readonly authentication: Authentication | undefined }
  | { readonly is: 'handshake' }
  | { readonly is: 'bind'; readonly account: Jid }
  /** The iq that old servers insist on (RFC 3921 §3). */
  | { readonly is: 'legacySession'; readonly session: BoundSession }
  | { readonly is: 'stanza'; readonly session: BoundSession }
  | { readonly is: 'nothing' };

/** A client's connection, from its first byte: negotiates the stream, then hands stanzas to the session. */
export class Connection implements StreamHandler {
  readonly stream: ServerStream;
  readonly #host: ConnectionHost;
  #stage: Stage = { is: 'header' };

  constructor(link: Link, host: ConnectionHost, options: StreamOptions) {
    this.#host = host;
    this.stream = new ServerStream(link, options, this);
  }

  /** The full address, while there is a session. */
  get jid(): Jid | undefined {
    return 'session' in this.#stage ? this.#stage.session.jid : undefined;
  }

  opened(header: StreamHeader): void {
    const stage = this.#stage;
    if (stage.is !== 'header') throw new StreamError('not-authorized');
    if (header.to !== this.#host.domain) throw new StreamError('host-unknown');
    if (stage.account) this.#offerBinding(header, stage.account);
    else this.#offerLogin(header);
  }

  received(received: Element): void {
    const stage = this.#stage;
    switch (stage.is) {
      case 'login':
        if (stage.offersTls && is(received, 'starttls', NS_TLS)) this.#startTls();
        else if (stage.authentication) stage.authentication.received(received);
        else throw new StreamError('not-authorized');
        break;
      case 'bind':
        this.#bind(stage.account, received);
        break;
      case 'legacySession':
        if (!isSessionRequest(received)) throw new StreamError('not-authorized');
        this.#stage = { is: 'stanza', session: stage.session };
        stage.session.received(received);
        break;
      case 'stanza':
        stage.session.received(received);
        break;
      default:
        throw new StreamError('not-authorized');
    }
  }

  secured(): void {
    this.#stage = { is: 'header' };
  }

  ended(): void {
    const stage = this.#stage;
    this.#stage = { is: 'nothing' };
    if ('session' in stage) stage.session.ended();
    this.#host.forget(this);
  }

  #offerLogin(header: StreamHeader): void {
    const { mechanisms, startTls } = this.#host;
    const tls = this.stream.canStartTls ? startTls : 'none';
    const offersSasl = tls !== 'required';
    const authentication = offersSasl
      ? new Authentication(this.#host, this.stream, (account) => {
          this.#stage = { is: 'header', account };
        })
      : undefined;
    this.#stage = { is: 'login', offersTls: tls !== 'none', authentication };
    this.stream.open(header.from, loginFeatures(tls, offersSasl ? mechanisms : []));
  }

  #offerBinding(header: StreamHeader, account: Jid): void {
    this.#stage = { is: 'bind', account };
    this.stream.open(header.from, bindFeatures(this.#host.requireLegacySession));
  }

  #startTls(): void {
    this.#stage = { is: 'handshake' };
    this.stream.startTls(element(`{${NS_TLS}}proceed`));
  }

  #bind(account: Jid, received: Element): void {
    // RFC 6120 §7.1: nothing else before a resource is bound.
    if (stanzaKind(received) !== 'iq' || received.attributes.type !== 'set') throw new StreamError('not-authorized');
    try {
      const session = this.#host.begin(account, parseBindRequest(received), this.stream);
      this.stream.send(buildBindResult(received, session.jid));
      this.#stage = { is: this.#host.requireLegacySession ? 'legacySession' : 'stanza', session };
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      this.stream.send(buildIqError(received, error));
    }
  }
}

function isSessionRequest(received: Element): boolean {
  return stanzaKind(received) === 'iq' && childOf(received, 'session', NS_SESSION) !== undefined;
}
