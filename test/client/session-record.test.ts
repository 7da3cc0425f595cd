import { describe, expect, it } from 'vitest';
import {
  type Client,
  type CreateClientOptions,
  memorySessionStore,
  type SessionRecord,
  type SessionStore,
} from '../../src/node.ts';
import { element, parseElement } from '../../src/xml/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { couple, idsOf, say, UNANSWERED } from './resume-couple.ts';
import { makeReturning, type Network } from './resume-stage.ts';

const stage = stageClients();
const JULIET = 'juliet@capulet.example';

describe('a client that is started again after its process was killed', () => {
  it('goes on in the same session: what the server does not have goes out, and nothing else', async () => {
    const sessions = memorySessionStore();
    const { juliet, network, handled } = await couple(stage, {}, { sessions });
    const first = say(juliet, 'm1');
    await until(() => handled.length === 1);
    stage.clock.increment(250);
    await until(() => first.state === 'acknowledged');
    network.cutAfter(0);
    const lost = nextEvent(juliet, 'reconnecting');
    say(juliet, 'm2');
    await lost;
    say(juliet, 'm3');
    await turn();
    kill(juliet, network);
    const next = succeed(network, sessions);
    expect(await nextEvent(next, 'online')).toMatchObject({ resumed: true, jid: { full: juliet.jid.full } });
    await next.request(pingRequest());
    expect(handled).toEqual(['m1', 'm2', 'm3']);
  });

  it('loses nothing and repeats nothing when it was killed while it was online', async () => {
    const sessions = memorySessionStore();
    const { juliet, network, handled } = await couple(stage, {}, { sessions });
    for (const id of ['m1', 'm2', 'm3']) say(juliet, id);
    await until(() => handled.length === 3);
    // Not acknowledged: the server has them, and the client does not know.
    kill(juliet, network);
    const next = succeed(network, sessions);
    expect((await nextEvent(next, 'online')).resumed).toBe(true);
    const last = say(next, 'm4');
    await last.written();
    stage.clock.increment(250);
    await until(() => last.state === 'acknowledged');
    expect(handled).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  it('counts what nobody waits for any more, and does not send it again', async () => {
    const sessions = memorySessionStore();
    const { juliet, network, handled, traffic, connection } = await couple(stage, {}, { sessions });
    network.cutAfter(0);
    connection.isUp = false;
    const lost = nextEvent(juliet, 'reconnecting');
    const request = juliet.request(UNANSWERED).catch(() => {});
    say(juliet, 'm1');
    juliet.send(message('typing'), { keep: false });
    say(juliet, 'm2');
    await lost;
    await turn();
    kill(juliet, network);
    connection.isUp = true;
    await request;
    const next = succeed(network, sessions);
    await nextEvent(next, 'online');
    const last = say(next, 'm3');
    await last.written();
    stage.clock.increment(250);
    await until(() => last.state === 'acknowledged');
    expect(handled).toEqual(['m1', 'm2', 'm3']);
    expect(idsOf('iq', traffic)).not.toContain('q');
  });

  it('reports what the server may not have where it forgot the session, and sends again what was to be', async () => {
    const sessions = memorySessionStore();
    const { juliet, network, move, handled } = await couple(stage, {}, { sessions });
    say(juliet, 'm1');
    juliet.send(message('m2'), { resend: true });
    await until(() => handled.length === 2);
    kill(juliet, network);
    await move();
    const next = succeed(network, sessions);
    const failed: string[] = [];
    next.on('delivery.failed', ({ stanza, error }) => failed.push(`${stanza.attributes.id} ${error.code}`));
    expect((await nextEvent(next, 'online')).resumed).toBe(false);
    await next.request(pingRequest());
    expect([failed, handled]).toEqual([['m1 session/lost'], ['m1', 'm2', 'm2']]);
  });

  it('sends what waited when it was never online', async () => {
    const sessions = memorySessionStore();
    const { network, handled } = await couple(stage);
    const never = makeReturning(stage, { ...network.options, sessions, jid: JULIET });
    never.start();
    say(never, 'm1');
    never.send(message('m2'), { expires: 60_000 });
    await until(async () => (await recordIn(sessions))?.outgoing.length === 2);
    kill(never, network);
    const next = succeed(network, sessions);
    await nextEvent(next, 'online');
    await next.request(pingRequest());
    expect(handled).toEqual(['m1', 'm2']);
  });

  it('has no use for what expired meanwhile, and says so', async () => {
    const { network, handled } = await couple(stage);
    const stale: SessionRecord = {
      version: 1,
      account: JULIET,
      outgoing: [
        { xml: '<message xmlns="jabber:client" to="juliet@capulet.example" id="m1"/>', expiresAt: Date.now() - 1 },
        { xml: '<message xmlns="jabber:client" to="juliet@capulet.example" id="m2"/>' },
      ],
      written: 0,
    };
    const sessions = storeOf(stale);
    const next = makeReturning(stage, { ...network.options, sessions });
    const failed: string[] = [];
    next.on('delivery.failed', ({ stanza, error }) => failed.push(`${stanza.attributes.id} ${error.code}`));
    next.start();
    await next.online();
    await next.request(pingRequest());
    expect([failed, handled]).toEqual([['m1 delivery/expired'], ['m2']]);
  });

  it.each<[string, unknown, string]>([
    ['of another version', { version: 7 }, 'session-record/other-version'],
    ['of another account', { version: 1, account: 'romeo@capulet.example' }, 'session-record/other-account'],
    ['that is damaged', { version: 1, account: JULIET, outgoing: 'x' }, 'session-record/damaged'],
  ])('says that a record is one %s, and logs in afresh', async (_title, record, code) => {
    const { network } = await couple(stage);
    const sessions = storeOf(record);
    const next = makeReturning(stage, { ...network.options, sessions });
    const said = nextEvent(next, 'error');
    next.start();
    expect([(await said).error.code, (await nextEvent(next, 'online')).resumed]).toEqual([code, false]);
    // From now on there is a good one.
    await until(async () => (await recordIn(sessions))?.session !== undefined);
  });

  it('has nothing to go on with after it was stopped', async () => {
    const sessions = memorySessionStore();
    const { juliet } = await couple(stage, {}, { sessions });
    await until(async () => (await recordIn(sessions)) !== undefined);
    await juliet.stop();
    await until(async () => (await recordIn(sessions)) === undefined);
  });
});

describe('nothing gets ahead of the record', () => {
  it('no stanza is written before it is recorded', async () => {
    const { store, open } = gatedStore();
    const { juliet, handled } = await couple(stage, {}, { sessions: store });
    const close = open();
    await turn();
    close();
    const delivery = say(juliet, 'm1');
    await turn();
    expect([delivery.state, handled]).toEqual(['queued', []]);
    open();
    await until(() => handled.length === 1);
    expect(delivery.state).toBe('written');
  });

  it('no stanza is acknowledged before it is recorded (XEP-0198 §4)', async () => {
    const { store, open } = gatedStore();
    const { juliet, server, traffic } = await couple(stage, {}, { sessions: store });
    const close = open();
    await turn();
    close();
    const [session] = server.sessions();
    server.send(session ?? '', parseElement('<message xmlns="jabber:client" from="romeo@capulet.example"/>'));
    server.send(session ?? '', parseElement('<r xmlns="urn:xmpp:sm:3"/>'));
    await turn();
    expect(traffic.filter((line) => line.startsWith('<a '))).toEqual([]);
    open();
    await until(() => traffic.some((line) => line.startsWith('<a ')));
    expect(traffic.filter((line) => line.startsWith('<a '))).toEqual(['<a xmlns="urn:xmpp:sm:3" h="1"/>']);
    expect(juliet.actor.getSnapshot().hasTag('online')).toBe(true);
  });

  it('unless the store fails: that is reported, and the client goes on', async () => {
    const failing: SessionStore = {
      load: () => {
        throw new TypeError('disk');
      },
      save: () => Promise.reject(new TypeError('disk')),
    };
    const { network, handled } = await couple(stage);
    const next = makeReturning(stage, { ...network.options, sessions: failing });
    const errors: string[] = [];
    next.on('error', ({ error }) => errors.push(error.code));
    next.start();
    await next.online();
    say(next, 'm1');
    await until(() => handled.length === 1);
    expect(errors).toEqual(['session-record/unreadable', 'session-record/unsaved']);
  });
});

describe('a record', () => {
  it('holds no secret but the id of the session, and no handle of anything', async () => {
    const sessions = memorySessionStore();
    const { juliet } = await couple(stage, {}, { sessions });
    say(juliet, 'm1');
    await until(async () => (await recordIn(sessions))?.outgoing.length === 1);
    const record = await recordIn(sessions);
    expect(record).toEqual({
      version: 1,
      account: JULIET,
      session: {
        jid: juliet.jid.full,
        id: expect.stringMatching(/.+/),
        max: expect.any(Number),
        enabled: [],
        features: expect.any(Array),
        received: 0,
        acknowledged: 0,
        isLive: true,
      },
      outgoing: [{ xml: expect.stringContaining('m1') }],
      written: expect.any(Number),
    });
    expect(JSON.stringify(record)).not.toContain('secret');
    expect(JSON.stringify(juliet.actor.getSnapshot().context.settings)).not.toContain('m1');
  });
});

/** As a process is: what is under way is lost, and nobody says anything. */
function kill(client: Client, network: Network): void {
  network.cut();
  client.actor.stop();
}

function succeed(network: Network, sessions: SessionStore, options: Partial<CreateClientOptions> = {}): Client {
  const next = makeReturning(stage, { ...network.options, sessions, ...options });
  next.start();
  return next;
}

function message(id: string) {
  return element('{jabber:client}message', { to: JULIET, type: 'chat', id }, element('body', {}, id));
}

async function recordIn(store: SessionStore): Promise<SessionRecord | undefined> {
  return (await store.load(JULIET)) as SessionRecord | undefined;
}

function storeOf(record: unknown): SessionStore {
  let kept = record;
  return {
    load: () => kept,
    save: (_account, next) => {
      kept = next;
    },
  };
}

/** A store that takes its time: nothing is saved while it is closed. */
function gatedStore() {
  let isOpen = true;
  const waiting: (() => void)[] = [];
  const store: SessionStore = {
    load: () => undefined,
    save: () => (isOpen ? undefined : new Promise<void>((resolve) => waiting.push(resolve))),
  };
  const open = () => {
    isOpen = true;
    for (const resolve of waiting.splice(0)) resolve();
    return () => {
      isOpen = false;
    };
  };
  return { store, open };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { interval: 1 }).toBe(true);
}
