import type { Jid } from '../jid/index.ts';
import { buildEnabled, buildManagementFailed, parseEnable } from '../payloads/stream-management.ts';
import { createId } from '../stanza/index.ts';
import { NS_SM, StreamError } from '../stream/index.ts';
import { type Element, is } from '../xml/index.ts';
import type { BoundSession, SessionWish } from './bound-session.ts';
import { NS_CSI } from './features.ts';
import type { Hub } from './hub.ts';
import { Outlet } from './outlet.ts';
import { leave } from './presence.ts';
import type { Session } from './registry.ts';
import type { Resumable } from './resumptions.ts';
import { reroute, route } from './routing.ts';
import type { ServerStream } from './server-stream.ts';

/** A session as those see it who intercept its stanzas. */
export interface InterceptedSession {
  /** Full. */
  readonly jid: Jid;
  /** What it enabled as it began (XEP-0386 §3.2): elements such as `<enable xmlns="urn:xmpp:carbons:2"/>`. */
  readonly enabled: readonly Element[];
  /** Sends to the client, as it is. */
  send(element: Element): void;
}

/** What a session is made of. */
export interface SessionParts {
  readonly hub: Hub;
  readonly intercept: ((stanza: Element, session: InterceptedSession) => boolean | undefined) | undefined;
}

/** So many stanzas wait for a client that does not confirm them; then its session is over. */
const MOST_UNCONFIRMED = 10_000;

/**
 * Begins a session of an account. One that had its resource, or is of the same client, is ended with `conflict` (RFC 6120
 * §7.7.2.2, XEP-0386 §3.2).
 *
 * @throws StanzaError where it cannot have the resource that it wishes
 */
export function beginSession(parts: SessionParts, wish: SessionWish, stream: ServerStream): BoundSession {
  const { registry } = parts.hub;
  const { account, client } = wish;
  const jid = registry.choose(account, wish.resource);
  const isOlder = (other: Session) => client !== undefined && other.client === client;
  registry.get(jid)?.end(new StreamError('conflict'));
  for (const older of registry.matching(account).filter(isOlder)) older.end(new StreamError('conflict'));
  const session = new ServerSession(parts, jid, wish);
  registry.add(session);
  return session.attach(stream);
}

/** A client that is logged in, over one stream after the other where it can resume its session (XEP-0198). */
class ServerSession implements Session, InterceptedSession, Resumable {
  readonly jid: Jid;
  readonly client: string | undefined;
  readonly enabled: readonly Element[];
  presence: Element | undefined;
  readonly directed = new Map<string, Jid>();
  readonly #parts: SessionParts;
  readonly #outlet = new Outlet();
  /** What it can be resumed by. */
  #id: string | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(parts: SessionParts, jid: Jid, { client, enabled = [] }: SessionWish) {
    this.#parts = parts;
    this.jid = jid;
    this.client = client;
    this.enabled = enabled;
  }

  /** Takes a stream for its own; who had it before is told that there is a conflict (XEP-0198 §5). */
  attach(stream: ServerStream): BoundSession {
    const former = this.#outlet.stream;
    clearTimeout(this.#expiry);
    this.#outlet.attach(stream);
    former?.fail(new StreamError('conflict'));
    return {
      jid: this.jid,
      enable: (request) => this.#enable(request),
      received: (received) => this.#receive(received),
      ended: (isLost) => this.#lose(stream, isLost),
    };
  }

  resume(stream: ServerStream, h: number): { readonly session: BoundSession; readonly received: number } {
    this.#outlet.acknowledge(h);
    return { session: this.attach(stream), received: this.#outlet.received };
  }

  replay(): void {
    this.#outlet.replay();
  }

  send(stanza: Element): void {
    this.#outlet.send(stanza);
    if (this.#outlet.size > MOST_UNCONFIRMED) this.end(new StreamError('resource-constraint'));
  }

  end(error: StreamError): void {
    const { stream } = this.#outlet;
    if (stream) stream.fail(error);
    else this.#finish();
  }

  reset(): boolean {
    const { stream } = this.#outlet;
    stream?.reset();
    return stream !== undefined;
  }

  #receive(received: Element): void {
    const { hub, intercept } = this.#parts;
    if (this.#outlet.take(received)) return;
    if (hub.resumptions && received.namespace === NS_SM) return this.#answer(received);
    if (intercept?.(received, this) === true) return;
    // Nothing comes of what a client says about its state (XEP-0352 §4).
    if (received.namespace !== NS_CSI) route(hub, this, received);
  }

  /** What a client asks for that has a resource (XEP-0198 §3, §5). */
  #answer(request: Element): void {
    if (is(request, 'enable', NS_SM)) this.#outlet.send(this.#enable(request));
    else if (is(request, 'resume', NS_SM)) this.#outlet.send(buildManagementFailed('unexpected-request'));
    else throw new StreamError('unsupported-stanza-type');
  }

  #enable(request: Element): Element {
    const { resumptions } = this.#parts.hub;
    if (this.#outlet.isManaged) throw new StreamError('policy-violation', { text: 'The stream is managed already' });
    this.#outlet.manage();
    const mayResume = resumptions !== undefined && resumptions.time > 0 && parseEnable(request)?.resume === true;
    if (!mayResume) return buildEnabled({ id: undefined, max: undefined, location: undefined });
    this.#id = createId();
    resumptions.add(this.#id, this);
    return buildEnabled({ id: this.#id, max: Math.ceil(resumptions.time), location: undefined });
  }

  /** Its stream is over. One that was not closed can be followed by another (XEP-0198 §7). */
  #lose(stream: ServerStream, isLost: boolean): void {
    const { resumptions } = this.#parts.hub;
    if (this.#outlet.stream !== stream) return;
    if (!isLost || this.#id === undefined || resumptions === undefined) return this.#finish();
    this.#outlet.attach(undefined);
    this.#expiry = setTimeout(() => this.#finish(), resumptions.time * 1000);
    this.#expiry.unref();
  }

  /** What the client may not have goes where it would go if the client were not there (XEP-0198 §4). */
  #finish(): void {
    const { hub } = this.#parts;
    clearTimeout(this.#expiry);
    if (this.#id !== undefined) hub.resumptions?.remove(this.#id, this.jid, this.#outlet.received);
    hub.registry.remove(this);
    const left = this.#outlet.close();
    leave(hub, this);
    for (const stanza of left) reroute(hub, this.jid, stanza);
  }
}
