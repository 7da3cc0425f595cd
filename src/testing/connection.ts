import { type Jid, tryParseJid } from '../jid/index.ts';
import { buildBindResult, parseBindRequest } from '../payloads/index.ts';
import { buildManagementFailed } from '../payloads/stream-management.ts';
import { NS_BIND2 } from '../sasl/index.ts';
import { buildSasl2Success } from '../sasl/server.ts';
import { buildIqError, StanzaError, stanzaKind } from '../stanza/index.ts';
import { NS_SESSION, NS_SM, NS_TLS, StreamError, type StreamHeader } from '../stream/index.ts';
import { childOf, type Element, element, is } from '../xml/index.ts';
import type { Authentication } from './authentication.ts';
import { enabledBy, resourceFor } from './bind2.ts';
import type { BoundSession, SessionWish } from './bound-session.ts';
import { type Abilities, bindFeatures, boundFeatures, loginFeatures } from './features.ts';
import type { Link } from './link.ts';
import { createAuthentication, type LoginHost } from './login.ts';
import { createLoginOffer, type LoginOffer } from './login-policy.ts';
import type { Resumption, Resumptions } from './resumptions.ts';
import type { Sasl2Success } from './sasl2-profile.ts';
import { ServerStream, type StreamHandler, type StreamOptions } from './server-stream.ts';

/** What a connection needs from the server that it belongs to. */
export interface ConnectionHost extends LoginHost {
  readonly domain: string;
  readonly startTls: 'required' | 'optional' | 'none';
  readonly requireLegacySession: boolean;
  /**
   * Begins the session of an account.
   *
   * @throws StanzaError where it cannot have the resource that it wishes
   */
  begin(wish: SessionWish, stream: ServerStream): BoundSession;
  /** `undefined` where streams are not managed. */
  readonly resumptions: Resumptions | undefined;
  /** The connection is over. */
  forget(connection: Connection): void;
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
  readonly #link: Link;
  readonly #host: ConnectionHost;
  #stage: Stage = { is: 'header' };

  constructor(link: Link, host: ConnectionHost, options: StreamOptions) {
    this.#link = link;
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
        if (this.#concernsManagement(received)) this.#manage(stage.account, received);
        else this.#bind(stage.account, received);
        break;
      case 'legacySession':
        if (isSessionRequest(received)) this.#stage = { is: 'stanza', session: stage.session };
        else if (!this.#concernsManagement(received)) throw new StreamError('not-authorized');
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

  ended(isLost: boolean): void {
    const stage = this.#stage;
    this.#stage = { is: 'nothing' };
    if ('session' in stage) stage.session.ended(isLost);
    this.#host.forget(this);
  }

  #offerLogin({ from }: StreamHeader): void {
    const { accounts, policy } = this.#host;
    if (policy.sasl2) checkFrom(from, this.#host.domain);
    const startTls = this.#link.canStartTls ? this.#host.startTls : 'none';
    const offer = startTls === 'required' ? undefined : createLoginOffer(policy, this.#link, accounts);
    const authentication = offer && this.#authentication(offer, from);
    this.#stage = { is: 'login', offersTls: startTls !== 'none', authentication };
    this.stream.open(from, loginFeatures(startTls, offer, this.#abilities));
  }

  #authentication(offer: LoginOffer, from: string | undefined): Authentication {
    const { stream } = this;
    return createAuthentication(this.#host, {
      stream,
      offer,
      from,
      authenticated: (account, success) => {
        stream.send(success);
        stream.restart();
        this.#stage = { is: 'header', account };
      },
      admitted: (success) => this.#admit(success),
    });
  }

  /** There is no new stream after SASL2, but there are new features (XEP-0388 §2.6.1). */
  #admit({ account, additional, bind, resume, agent, token }: Sasl2Success): void {
    const resumption = resume && this.#host.resumptions?.resume(account, resume, this.stream);
    const succeed = (jid: Jid, ...answers: readonly (Element | undefined)[]) => {
      const inline = [...answers, token].filter((each) => each !== undefined);
      this.stream.send(buildSasl2Success({ additional, identifier: jid.full, inline }));
    };
    if (resumption?.session) {
      succeed(resumption.session.jid, resumption.answer);
      this.#goOn(resumption, resumption.session);
    } else if (bind) {
      const wish = { account, resource: resourceFor(account, bind), client: agent, enabled: enabledBy(bind) };
      const session = this.#host.begin(wish, this.stream);
      const enable = this.#host.resumptions && childOf(bind, 'enable', NS_SM);
      const management = enable && session.enable(enable);
      succeed(session.jid, resumption?.answer, element(`{${NS_BIND2}}bound`, {}, management));
      this.stream.send(boundFeatures(this.#abilities.isManaged && management === undefined));
      this.#stage = { is: 'stanza', session };
    } else {
      succeed(account, resumption?.answer);
      this.stream.send(this.#bindFeatures());
      this.#stage = { is: 'bind', account };
    }
  }

  #concernsManagement({ namespace }: Element): boolean {
    return this.#abilities.isManaged && namespace === NS_SM;
  }

  /** Answers a request about the stream's management that comes before a resource is bound (XEP-0198 §3, §5). */
  #manage(account: Jid, request: Element): void {
    const isResumption = is(request, 'resume', NS_SM);
    const resumption = isResumption ? this.#host.resumptions?.resume(account, request, this.stream) : undefined;
    this.stream.send(resumption?.answer ?? buildManagementFailed('unexpected-request'));
    if (resumption?.session) this.#goOn(resumption, resumption.session);
  }

  /** A session has a stream again, this one. */
  #goOn(resumption: Resumption, session: BoundSession): void {
    this.#stage = { is: 'stanza', session };
    resumption.replay();
  }

  get #abilities(): Abilities {
    return { hasSasl2: this.#host.policy.sasl2, isManaged: this.#host.resumptions !== undefined };
  }

  #offerBinding(header: StreamHeader, account: Jid): void {
    this.#stage = { is: 'bind', account };
    this.stream.open(header.from, this.#bindFeatures());
  }

  #bindFeatures(): Element {
    return bindFeatures(this.#host.requireLegacySession, this.#abilities);
  }

  #startTls(): void {
    this.#stage = { is: 'handshake' };
    this.stream.startTls(element(`{${NS_TLS}}proceed`));
  }

  #bind(account: Jid, received: Element): void {
    // RFC 6120 §7.1: nothing else before a resource is bound.
    if (stanzaKind(received) !== 'iq' || received.attributes.type !== 'set') throw new StreamError('not-authorized');
    try {
      const session = this.#host.begin({ account, resource: parseBindRequest(received) }, this.stream);
      this.stream.send(buildBindResult(received, session.jid));
      this.#stage = { is: this.#host.requireLegacySession ? 'legacySession' : 'stanza', session };
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      this.stream.send(buildIqError(received, error));
    }
  }
}

/** Who says from whom a stream is says so of this domain (XEP-0388 §2.1). */
function checkFrom(from: string | undefined, domain: string): void {
  if (from !== undefined && tryParseJid(from)?.domainpart !== domain) throw new StreamError('invalid-from');
}

function isSessionRequest(received: Element): boolean {
  return stanzaKind(received) === 'iq' && childOf(received, 'session', NS_SESSION) !== undefined;
}
