import { setTimeout as wait } from 'node:timers/promises';
import { logIn } from '../support/raw-login.ts';
import type { RawStream } from '../support/raw-stream.ts';
import { USUAL_ACCOUNTS } from '../support/server.ts';
import type { Road } from './cuts.roads.ts';
import type { Place, Role, Talker } from './cuts.talkers.ts';

/**
 * Brings somebody online who speaks XEP-0198 by hand, on a bare socket: what goes wrong here is not the fault of a client, and
 * what it takes is the least that any client takes.
 */
export async function enterBare(role: Role, { server, road, port }: Place, tell: () => void): Promise<Talker> {
  const talker = new BareTalker(role, road, () => road.open(server, port), tell);
  await talker.enter();
  return talker;
}

/** Milliseconds, as with the clients. */
const DELAY = 20;

/** The server is asked after so many stanzas, as by the clients. */
const ASK_AFTER = 10;

class BareTalker implements Talker {
  readonly heard: string[] = [];
  readonly sessions: ('new' | 'resumed')[] = [];
  readonly #role: Role;
  readonly #road: Road;
  readonly #open: () => Promise<RawStream>;
  readonly #tell: () => void;
  readonly #unacknowledged: string[] = [];
  #acknowledged = 0;
  #received = 0;
  #isAsked = false;
  #id = '';
  #stream: RawStream | undefined;
  #outgoing = '';
  #isOver = false;
  #life: Promise<void> | undefined;

  constructor(role: Role, road: Road, open: () => Promise<RawStream>, tell: () => void) {
    this.#role = role;
    this.#road = road;
    this.#open = open;
    this.#tell = tell;
  }

  async enter(): Promise<void> {
    const stream = await this.#logIn();
    this.#id = await startSession(stream, this.#role, this.#road);
    this.sessions.push('new');
    this.#life = this.#live(stream);
  }

  say(text: string): void {
    const stanza = `<message${this.#road.xmlns} to="${this.#role.to}" type="chat"><body>${xmlOf(text)}</body></message>`;
    this.#unacknowledged.push(stanza);
    this.#write(stanza);
    this.#ask(ASK_AFTER);
  }

  unsettled(): number {
    this.#ask(1);
    return this.#unacknowledged.length;
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    this.#stream?.destroy();
    await this.#life;
  }

  async #live(first: RawStream): Promise<void> {
    for (let stream: RawStream | undefined = first; stream; stream = await this.#comeBack()) {
      this.#stream = stream;
      this.#isAsked = false;
      this.#outgoing = '';
      for (const stanza of this.#unacknowledged) this.#write(stanza);
      this.#ask(ASK_AFTER);
      await this.#listen(stream);
      this.#stream = undefined;
      stream.destroy();
    }
  }

  async #comeBack(): Promise<RawStream | undefined> {
    while (!this.#isOver) {
      await wait(DELAY);
      const stream = await this.#logIn().catch(() => undefined);
      // It may have been told to leave meanwhile.
      if (stream && (await this.#resume(stream)) && !this.#isOver) return stream;
      stream?.destroy();
    }
    return undefined;
  }

  async #logIn(): Promise<RawStream> {
    const stream = await this.#open();
    try {
      await authenticate(stream, this.#role);
      return stream;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** Whether the session goes on; if it is lost, all is over. */
  async #resume(stream: RawStream): Promise<boolean> {
    const answer = await resumeSession(stream, this.#id, this.#received).catch(() => undefined);
    if (answer === undefined) return false;
    const isResumed = answer.includes('<resumed');
    this.sessions.push(isResumed ? 'resumed' : 'new');
    if (isResumed) this.#takeAck(answer);
    else this.#isOver = true;
    this.#tell();
    return isResumed;
  }

  /** Until the connection is over. */
  async #listen(stream: RawStream): Promise<void> {
    for (;;) {
      const text = await stream.until(/<[ar] [^>]*>|<message\b.*?<\/message>/s).catch(() => undefined);
      if (text === undefined) return;
      if (text.endsWith('</message>')) this.#hear(text);
      else if (text.includes('<r ')) this.#write(`<a xmlns="${NS}" h="${this.#received}"/>`);
      else this.#takeAck(text);
    }
  }

  #hear(message: string): void {
    this.#received += 1;
    this.heard.push(textOf(/<body>(.*?)<\/body>/s.exec(message)?.[1] ?? ''));
    this.#tell();
  }

  #takeAck(nonza: string): void {
    const h = Number(attributeIn(nonza, 'h'));
    this.#unacknowledged.splice(0, h - this.#acknowledged);
    this.#acknowledged = h;
    this.#isAsked = false;
    this.#ask(ASK_AFTER);
  }

  #ask(least: number): void {
    if (!this.#stream || this.#isAsked || this.#unacknowledged.length < least) return;
    this.#isAsked = true;
    this.#write(`<r xmlns="${NS}"/>`);
  }

  /** What is written in one turn goes out at once, where there are no frames. */
  #write(text: string): void {
    if (!this.#stream) return;
    if (this.#road.xmlns) return this.#stream.write(text);
    if (this.#outgoing === '') queueMicrotask(() => this.#flush());
    this.#outgoing += text;
  }

  #flush(): void {
    this.#stream?.write(this.#outgoing);
    this.#outgoing = '';
  }
}

/** The namespace of XEP-0198. */
export const NS = 'urn:xmpp:sm:3';

/** From the stream header to the features behind the login. */
export async function authenticate(stream: RawStream, { localpart }: Role): Promise<void> {
  await stream.open();
  const credentials = { username: localpart, password: USUAL_ACCOUNTS[localpart] ?? '' };
  await logIn(stream, { mechanism: 'SCRAM-SHA-256', credentials });
  await stream.open();
}

/** Binds the resource, and enables stream management. Resolves with the id of the session. */
export async function startSession(stream: RawStream, { jid }: Role, { xmlns }: Road): Promise<string> {
  const bind = `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>${jid.split('/')[1]}</resource></bind>`;
  stream.write(`<iq${xmlns} type="set" id="bind">${bind}</iq>`);
  await stream.until('</iq>');
  stream.write(`<enable xmlns="${NS}" resume="true"/>`);
  return attributeIn(await stream.until(/<enabled\b[^>]*>/), 'id');
}

/** Resolves with the tag that answers. */
export function resumeSession(stream: RawStream, id: string, received: number): Promise<string> {
  stream.write(`<resume xmlns="${NS}" previd="${id}" h="${received}"/>`);
  return stream.until(/<(?:resumed|failed)\b[^>]*>/);
}

function attributeIn(tag: string, name: string): string {
  return new RegExp(`\\s${name}=(["'])(.*?)\\1`).exec(tag)?.[2] ?? '';
}

function xmlOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function textOf(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(\w+);/g, (_, name: string) => characters[name] ?? '');
}
