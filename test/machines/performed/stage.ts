import { type ClientEvent, statePath } from '../../../machines/index.ts';
import type { SrvRecord } from '../../../src/actors/srv.ts';
import { createClientWith } from '../../../src/client/create-client.ts';
import { type Client, clientMachine } from '../../../src/node.ts';
import type { FastToken } from '../../../src/sasl/index.ts';
import { NS_FRAMING, STREAM_FOOTER } from '../../../src/stream/index.ts';
import { WalkClock } from '../../../src/testing/model/timers.ts';
import { type ScriptedPeer, type ScriptedServer, startScriptedServer } from '../../../src/testing/scripted-server.ts';
import { Question } from './question.ts';
import type { PerformedScene } from './scenes.ts';
import { TOKEN } from './turns.login.ts';

export const DOMAIN = 'example.org';

/** A real client, a server that does what a walk says, and whatever else can happen to a client. */
export class Stage {
  readonly server: ScriptedServer;
  readonly client: Client;
  readonly clock = new WalkClock();
  /** What the client asks the stores for pins and tokens before it connects: whether there is a token. */
  readonly recall = new Question<'nothing' | 'a token'>();
  /** What it asks the store for sessions. */
  readonly record = new Question<unknown>();
  /** What it asks DNS. */
  readonly records = new Question<readonly SrvRecord[]>();
  /** What it asks a web server. */
  readonly hostMeta = new Question<Uint8Array | undefined>();
  #peer: ScriptedPeer | undefined;

  private constructor(server: ScriptedServer, { machine, options }: PerformedScene) {
    this.server = server;
    this.client = createClientWith(machine?.(this) ?? clientMachine, {
      jid: `juliet@${DOMAIN}`,
      password: 'pencil',
      mechanisms: ['PLAIN'],
      random: () => 0.5,
      clock: this.clock,
      // An authentication asks as well: a walk has nothing to say to that.
      pins: { get: () => (this.#isLinked ? undefined : this.#recalled()), set: () => {}, delete: () => {} },
      tokens: { get: () => (this.#isLinked ? TOKEN : this.#token()), set: () => {}, delete: () => {} },
      ...options(server, this),
    });
  }

  static async open(scene: PerformedScene): Promise<Stage> {
    return new Stage(await startScriptedServer({ ...scene.listen, domain: DOMAIN, timeout: 2000 }), scene);
  }

  async close(): Promise<void> {
    const stopped = this.client.stop();
    this.clock.increment(this.client.actor.getSnapshot().context.settings.timeouts.close);
    await stopped;
    await this.server.stop();
  }

  get state(): string {
    return statePath(this.client.actor.getSnapshot().value);
  }

  /** The server's end of the connection that was made last. */
  get peer(): ScriptedPeer {
    if (!this.#peer) throw new Error('Expected a connection of the client');
    return this.#peer;
  }

  async accept(): Promise<void> {
    this.#peer = await this.server.connection();
  }

  /** The server closes the stream, and keeps the connection. */
  closeStream(): PromiseLike<void> {
    return this.peer.sends(this.server.websocketUrl === '' ? STREAM_FOOTER : `<close xmlns='${NS_FRAMING}'/>`);
  }

  /** The application wants to be offline. */
  stop(): void {
    this.#forgetQuestions();
    void this.client.stop();
  }

  /** What an application sends to the actor of a client. */
  tell(event: ClientEvent): void {
    this.client.actor.send(event);
  }

  /** Lets time pass, from timer to timer, until the client hears of it. */
  passTime(): void {
    this.#forgetQuestions();
    const { actor } = this.client;
    const before = actor.getSnapshot();
    for (let [next] = this.clock.timers(); next && actor.getSnapshot() === before; [next] = this.clock.timers())
      this.clock.set(next.due);
  }

  #forgetQuestions(): void {
    for (const question of [this.recall, this.record, this.records, this.hostMeta]) question.forget();
  }

  async #recalled(): Promise<undefined> {
    await this.recall.ask();
  }

  async #token(): Promise<FastToken | undefined> {
    return (await this.recall.asked.answer) === 'a token' ? TOKEN : undefined;
  }

  get #isLinked(): boolean {
    return 'transport' in this.client.actor.getSnapshot().children;
  }
}
