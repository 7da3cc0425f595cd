import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, type Element, RequestTimeoutError, SessionEndedError, StanzaError } from '../../src/node.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { greeter } from '../support/greeter.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { messageWith, messageXml, PING, pingRequest, pingResult } from '../support/stanzas.ts';
import { factsOf, rejectionOf, whenIn } from '../support/when.ts';

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

describe('requests', () => {
  it('have ids of 128 random bits', () => {
    const ids = Array.from({ length: 1000 }, () => pingRequest().attributes.id ?? '');
    expect(new Set(ids).size).toBe(1000);
    expect(ids.filter((id) => !/^[A-Za-z0-9_-]{22}$/.test(id))).toEqual([]);
  });

  it('that are made offline wait, and are answered on the first session', async () => {
    const client = make();
    const answer = client.request(pingRequest());
    client.start();
    await (await server.connection()).login({ mechanism: 'PLAIN' }).receives(PING).sends(pingResult);
    expect((await answer).attributes).toEqual({ type: 'result', id: expect.any(String), from: 'capulet.example' });
  });

  it('that wait when the session is lost fail with the reason, after subprotocols heard of it', async () => {
    const story: string[] = [];
    const client = make({ reconnect: () => 1_000 });
    client.use(greeter('greeter', (line) => story.push(line)));
    const { peer } = await logIn(client, server);
    const failure = rejectionOf(client.request(pingRequest())).then((error) => {
      story.push('request failed');
      return error;
    });
    await peer.awaits(PING).end();
    const error = await failure;
    expect(error).toBeInstanceOf(SessionEndedError);
    expect(factsOf(error)).toEqual({
      name: 'SessionEndedError',
      code: 'session/lost',
      phase: 'linked.online',
      endpoint: 'capulet.example (memory)',
      hint: 'The server went down, or something between here and there cut the connection.',
    });
    expect(error).toMatchObject({ cause: { code: 'transport/connection-closed' } });
    expect(story).toEqual(['greeter started', 'greeter ended: session/lost', 'request failed']);
  });

  it('are not sent anew on the next session', async () => {
    const client = make({ reconnect: () => 0 });
    const { peer } = await logIn(client, server);
    const failure = rejectionOf(client.request(pingRequest()));
    await peer.receives(PING).end();
    await failure;
    await whenIn(client, 'reconnecting');
    stage.clock.increment(0);
    const next = (await server.connection()).login({ mechanism: 'PLAIN' });
    await next;
    await client.online();
    client.send(messageWith('one'));
    await next.receives(messageXml('one'));
  });

  it('fail when nobody answered in their time, and not before', async () => {
    const client = make();
    const { peer } = await logIn(client, server);
    const failures = [
      rejectionOf(client.request(pingRequest(), { timeout: 5_000 })),
      rejectionOf(client.request(pingRequest())),
    ];
    let settled = 0;
    for (const failure of failures) void failure.then(() => (settled += 1));
    await peer.receives(PING).receives(PING);
    stage.clock.increment(4_999);
    await Promise.resolve();
    expect(settled).toBe(0);
    stage.clock.increment(1);
    const [error] = await Promise.all([failures[0]]);
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(factsOf(error)).toEqual({
      name: 'RequestTimeoutError',
      code: 'request/timeout',
      phase: 'linked.online',
      endpoint: 'capulet.example (memory)',
      hint: 'The other side may be offline or busy; `timeout` sets the patience.',
    });
    expect(settled).toBe(1);
    stage.clock.increment(25_000);
    expect(await failures[1]).toBeInstanceOf(RequestTimeoutError);
  });

  it('may wait for ever, and longer than any timer can be set', async () => {
    const client = make({ liveness: false });
    const { peer } = await logIn(client, server);
    const answer = client.request(pingRequest(), { timeout: Number.POSITIVE_INFINITY });
    const asked = peer.receives(PING);
    await asked;
    expect(stage.clock.timers()).toEqual([30_000, 2 ** 31 - 1]);
    stage.clock.increment(2 ** 31 - 1);
    expect(stage.clock.timers()).toEqual([2 * (2 ** 31 - 1)]);
    await asked.sends(pingResult);
    expect((await answer).attributes.type).toBe('result');
    expect(stage.clock.timers()).toEqual([]);
  });

  it('whose caller gave up before are not sent, and one that gives up later hears no answer', async () => {
    const client = make();
    const { peer } = await logIn(client, server);
    const reason = new Error('Changed my mind');
    expect(await rejectionOf(client.request(pingRequest(), { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const later = new AbortController();
    const failure = rejectionOf(client.request(pingRequest(), { signal: later.signal }));
    const dropped = nextEvent(client, 'stanza.dropped');
    const asked = peer.receives(PING);
    await asked;
    later.abort(reason);
    expect(await failure).toBe(reason);
    await asked.sends(pingResult);
    expect((await dropped).reason).toBe('unknown-answer');
  });

  it('take no answer from anybody who was not asked', async () => {
    const client = make();
    const dropped: unknown[] = [];
    client.on('stanza.dropped', ({ stanza, reason }) => dropped.push([stanza.attributes.from, reason]));
    const { peer } = await logIn(client, server);
    const answer = client.request(pingRequest());
    const forged = (from: string) => (iq: Element) =>
      `<iq type="result" id="${iq.attributes.id}" from="${from}"/>${pingResult(iq)}`;
    await peer.receives(PING).sends(forged('romeo@montague.example'));
    expect((await answer).attributes.from).toBe('capulet.example');
    expect(dropped).toEqual([['romeo@montague.example', 'foreign-answer']]);
  });

  it('that are answered with an error reject with it', async () => {
    const client = make();
    const { peer } = await logIn(client, server);
    const failure = rejectionOf(client.request(pingRequest()));
    await peer
      .receives(PING)
      .sends(
        ({ attributes: { id } }) =>
          `<iq type="error" id="${id}" from="capulet.example"><error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`,
      );
    const error = await failure;
    expect(error).toBeInstanceOf(StanzaError);
    expect(error).toMatchObject({
      code: 'stanza/item-not-found',
      errorType: 'cancel',
      phase: 'linked.online',
    });
  });
});

function make(options: Parameters<typeof stage.make>[0] = {}): Client {
  return stage.make({ memory: server.connect, ...options });
}
