import { NS_CLIENT } from '../../../stanza/index.ts';
import { type FramedToken, NS_BIND, NS_SM } from '../../../stream/index.ts';
import { childOf, type Element, escapeAttribute, is } from '../../../xml/index.ts';
import type { CertificateWithKey } from '../../certificate.ts';
import { type Listeners, openListeners } from '../../listeners.ts';
import { Bell } from '../bell.ts';
import { isCounted } from '../counted.ts';
import { Command } from './command.ts';
import { ClientLine } from './line.ts';
import { type ClientReaction, UNHEARD } from './reaction.ts';

/** What a tour is walked with. */
export interface StageOptions {
  readonly command: readonly string[];
  readonly domain: string;
  readonly certificate: CertificateWithKey & { readonly ca: string };
  readonly isWebSocket: boolean;
  /** The environment of the command, by where the server is. */
  readonly environment: (server: Listeners) => NodeJS.ProcessEnv;
  /** Ends the process. */
  readonly signal: AbortSignal | undefined;
}

/** A server of its own for one process of the client, and all that is heard of it. */
export class Stage {
  readonly command: Command;
  readonly #server: Listeners;
  readonly #lines: ClientLine[];
  readonly #bell: Bell;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = (): void => this.command.kill();
  #line: ClientLine | undefined;

  private constructor(options: StageOptions, server: Listeners, lines: ClientLine[], bell: Bell) {
    this.#server = server;
    this.#lines = lines;
    this.#bell = bell;
    this.command = new Command(options.command, options.environment(server), () => bell.ring());
    this.#signal = options.signal;
    options.signal?.addEventListener('abort', this.#stop, { once: true });
    // It may have happened while the server started.
    if (options.signal?.aborted) this.#stop();
  }

  static async open(options: StageOptions): Promise<Stage> {
    const { domain, certificate, isWebSocket: websocket } = options;
    const lines: ClientLine[] = [];
    const bell = new Bell();
    const server = await openListeners({ domain, certificate, websocket }, (link) => {
      const line = new ClientLine(link, () => bell.ring());
      lines.push(line);
      bell.ring();
      return line;
    });
    return new Stage(options, server, lines, bell);
  }

  /** The connection that the tour is on. */
  get line(): ClientLine {
    if (this.#line === undefined) throw new TypeError('Expected a connection of the client');
    return this.#line;
  }

  /** Goes on with the next connection that the client makes; false where it makes none for so many milliseconds, or ends. */
  async nextLine(limit: number): Promise<boolean> {
    const deadline = Date.now() + limit;
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        this.#line = line;
        return true;
      }
      if (this.command.ending !== undefined || !(await this.#bell.rings(deadline - Date.now()))) return false;
    }
  }

  /**
   * Hears what the client does until that is enough, or its connection and its process are gone, or nothing more comes for so many
   * milliseconds. What was heard before is part of it. What the client asks the server for is refused at once.
   */
  async hear(
    isEnough: (reaction: ClientReaction) => boolean,
    limit: number,
    heard: ClientReaction = UNHEARD,
  ): Promise<ClientReaction> {
    const deadline = Date.now() + limit;
    let reaction = heard;
    for (;;) {
      const next = this.#next(reaction);
      if (next === undefined) {
        if (reaction.exited && this.line.isOver) return reaction;
        if (!(await this.#bell.rings(deadline - Date.now()))) return reaction;
        continue;
      }
      reaction = next;
      if (isEnough(reaction)) return reaction;
    }
  }

  /** Ends the process, and everything else. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#stop);
    await this.command.stop();
    const closed = this.#server.close();
    for (const line of [this.#line, ...this.#lines]) line?.link.reset();
    await closed;
  }

  /** The next thing that was heard, added to what was heard before. */
  #next(reaction: ClientReaction): ClientReaction | undefined {
    const { line, command } = this;
    if (line.isSecured && !reaction.secured) {
      line.isSecured = false;
      return { ...reaction, secured: true };
    }
    const token = reaction.unreadable === undefined ? line.read() : undefined;
    if (token !== undefined) return this.#after(reaction, token);
    if (line.isOver && !reaction.disconnected) return { ...reaction, disconnected: true };
    const saying = command.said();
    if (saying?.type === 'online') return { ...reaction, online: saying.jid };
    if (saying?.type === 'offline') return { ...reaction, offline: true };
    if (command.ending !== undefined && !reaction.exited) return { ...reaction, exited: true };
    const connections = this.#lines.length;
    return connections > reaction.connections ? { ...reaction, connections } : undefined;
  }

  #after(reaction: ClientReaction, token: FramedToken): ClientReaction {
    switch (token.type) {
      case 'header':
        return { ...reaction, header: token.header };
      case 'end':
        this.line.end();
        return { ...reaction, ended: true };
      case 'error':
        return { ...reaction, unreadable: token.error.condition };
      case 'element':
        return this.#afterElement(reaction, token.element);
    }
  }

  #afterElement(reaction: ClientReaction, received: Element): ClientReaction {
    const { line } = this;
    if (is(received, 'enable', NS_SM)) line.counts = { sent: 0, received: 0 };
    if (isCounted(received)) line.counts = { ...line.counts, received: line.counts.received + 1 };
    if (is(received, 'r', NS_SM)) {
      line.say(`<a xmlns="${NS_SM}" h="${line.counts.received}"/>`);
      return { ...reaction };
    }
    if (isRequest(received)) {
      line.stanza(refusalOf(received));
      return { ...reaction };
    }
    return { ...reaction, elements: [...reaction.elements, received] };
  }
}

/** A request of the client's own; to bind a resource is part of the model. */
function isRequest(received: Element): boolean {
  const { type } = received.attributes;
  return is(received, 'iq', NS_CLIENT) && (type === 'get' || type === 'set') && !childOf(received, 'bind', NS_BIND);
}

function refusalOf({ attributes: { id = '' } }: Element): string {
  const condition = '<service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>';
  return `<iq type="error" id="${escapeAttribute(id)}"><error type="cancel">${condition}</error></iq>`;
}
