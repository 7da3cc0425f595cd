import type { Client, Delivery, SendOptions } from '../../src/node.ts';
import { element, XmppError } from '../../src/node.ts';
import type { World } from './world.ts';

/*
 * What was sent, and what became of it.
 */

/** How a handle ended: what it said, or the code of the error. */
interface End {
  readonly end: string;
  readonly at: number;
}

/** One handle, of what was sent under this id. */
interface Entry {
  readonly id: string;
  readonly options: SendOptions;
  readonly dueAt: number | undefined;
  readonly states: Delivery['state'][];
  readonly ends: End[];
  /** The process died while nobody knew what would become of it. */
  isOrphan: boolean;
}

/** The books of one application. They say at any time what is wrong with them: `faults()`. */
export class Books {
  readonly #world: () => World;
  readonly #entries: Entry[] = [];
  readonly #arrivals = new Map<string, number>();
  /** Failures that a session record brought back, by id. */
  readonly #reports = new Map<string, number>();
  readonly #requests = new Map<string, number>();
  readonly #late: string[] = [];

  constructor(world: () => World) {
    this.#world = world;
  }

  /** Sends a message; under the id of another where that one failed. */
  send(client: Client, options: SendOptions = {}, id = `m${this.#entries.length}`): void {
    const { now } = this.#world();
    const dueAt = options.expires === undefined ? undefined : now + options.expires;
    const entry: Entry = { id, options, dueAt, states: [], ends: [], isOrphan: false };
    this.#entries.push(entry);
    const delivery = client.send(chat(id), options);
    entry.states.push(delivery.state);
    delivery.subscribe(({ state }) => entry.states.push(state));
    const end = (how: string) => this.#end(entry, how);
    delivery.settled().then(end, (error: unknown) => end(codeOf(error)));
  }

  /** Asks; the answer, or the lack of it, is all that counts. */
  ask(client: Client, id: string, timeout: number): void {
    const due = this.#world().now + timeout;
    const end = (how: string) => {
      this.#requests.set(how, (this.#requests.get(how) ?? 0) + 1);
      if (how === 'request/timeout' && !this.#world().isOnTime(due))
        this.#late.push(`${id}: ${this.#world().now} for ${due}`);
      this.#requests.set(OPEN, (this.#requests.get(OPEN) ?? 0) - 1);
    };
    this.#requests.set(OPEN, (this.#requests.get(OPEN) ?? 0) + 1);
    const iq = element('{jabber:client}iq', { type: 'get', id }, element('{urn:xmpp:ping}ping'));
    client.request(iq, { timeout }).then(
      () => end('answered'),
      (error: unknown) => end(codeOf(error)),
    );
  }

  /** A server handled a message. */
  arrived(id: string): void {
    this.#arrivals.set(id, (this.#arrivals.get(id) ?? 0) + 1);
  }

  /** A failure was reported to whom the process of the sender left the message. */
  reported(id: string): void {
    this.#reports.set(id, (this.#reports.get(id) ?? 0) + 1);
  }

  /** The process dies now. */
  orphan(): void {
    for (const entry of this.#entries) entry.isOrphan ||= entry.ends.length === 0;
  }

  /** An id whose handle failed though it may have arrived, and that nobody sent again. */
  forfeited(): string | undefined {
    const last = new Map(this.#entries.map((entry) => [entry.id, entry]));
    return [...last.values()].find(({ ends }) => ends[0]?.end === 'session/lost')?.id;
  }

  /** How many handles and requests nobody knows the end of. */
  get open(): { readonly deliveries: number; readonly requests: number } {
    const deliveries = this.#entries.filter(({ ends }) => ends.length === 0).length;
    return { deliveries, requests: this.#requests.get(OPEN) ?? 0 };
  }

  /** How often each end was reached. */
  summary() {
    const ends = new Map<string, number>();
    for (const entry of this.#entries) {
      const end = entry.isOrphan ? 'orphan' : (entry.ends[0]?.end ?? OPEN);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const repeated = [...this.#arrivals.values()].filter((count) => count > 1).length;
    return { deliveries: Object.fromEntries(ends), requests: Object.fromEntries(this.#requests), repeated };
  }

  /** What cannot be, in words. */
  faults(): readonly string[] {
    const byId = new Map<string, Entry[]>();
    for (const entry of this.#entries) byId.set(entry.id, [...(byId.get(entry.id) ?? []), entry]);
    const unknown = [...this.#arrivals.keys()].filter((id) => !byId.has(id)).map((id) => `${id} was never sent`);
    return [
      ...this.#late,
      ...unknown,
      ...this.#entries.flatMap(faultsOf),
      ...[...byId.values()].flatMap((all) => this.#miscounts(all)),
    ];
  }

  /** Of the handles of one id. */
  #miscounts(all: readonly Entry[]): string[] {
    const [first] = all;
    if (!first) return [];
    const arrivals = this.#arrivals.get(first.id) ?? 0;
    const reports = this.#reports.get(first.id) ?? 0;
    const story = `${first.id} ${JSON.stringify({ all, arrivals, reports })}`;
    // Each handle but the last failed before the next was made; what is put back was written already, and may arrive again.
    const most = all.reduce((sum, entry) => sum + mostArrivals(entry), 0);
    const isKnown = all.some(({ ends: [last], isOrphan }) => !isOrphan && last?.end === 'acknowledged');
    const isLeft = all.some(({ isOrphan, options }) => isOrphan && options.keep !== false);
    return [
      ...(arrivals > most ? [`arrived too often: ${story}`] : []),
      ...(isKnown && arrivals === 0 ? [`acknowledged, and never arrived: ${story}`] : []),
      ...(isLeft && arrivals + reports === 0 ? [`left behind, and neither arrived nor reported: ${story}`] : []),
      ...(reports > 1 ? [`reported twice: ${story}`] : []),
    ];
  }

  #end(entry: Entry, end: string): void {
    const { now } = this.#world();
    entry.ends.push({ end, at: now });
    const { dueAt, id } = entry;
    if (end !== 'delivery/expired' || dueAt === undefined || this.#world().isOnTime(dueAt)) return;
    this.#late.push(`${id} expired at ${now}, which was due at ${dueAt}`);
  }
}

const OPEN = 'open';
const FINAL: readonly Delivery['state'][] = ['acknowledged', 'failed'];

function faultsOf(entry: Entry): string[] {
  const { states, ends, isOrphan } = entry;
  const final = states.findIndex((state) => FINAL.includes(state));
  const goesOn = final !== -1 && final < states.length - 1;
  const isSettled = ends.length === 1 || (isOrphan && ends.length < 2);
  return isSettled && !goesOn ? [] : [`was not ended once: ${JSON.stringify(entry)}`];
}

/** How often a server may get what was sent with one handle. */
function mostArrivals({ states, ends, isOrphan, options }: Entry): number {
  const isUnsent = ends[0]?.end.startsWith('delivery/') && !states.includes('written');
  if (isUnsent && !isOrphan) return 0;
  const requeued = states.filter((state, index) => state === 'queued' && states[index - 1] === 'written').length;
  // Whoever went on with the record may have had to send it again, too: as often as it lost its session.
  return 1 + requeued + (isOrphan && options.resend ? Number.POSITIVE_INFINITY : 0);
}

function chat(id: string) {
  return element(
    '{jabber:client}message',
    { to: 'romeo@montague.example', type: 'chat', id },
    element('{jabber:client}body', {}, id),
  );
}

function codeOf(error: unknown): string {
  return error instanceof XmppError ? error.code : String(error);
}
