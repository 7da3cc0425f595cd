import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnyActorRef, assign, createActor, fromPromise, sendTo, setup, waitFor } from 'xstate';
import {
  buildIq,
  type ClientActor,
  type ClientOptions,
  clientFor,
  clientInput,
  clientMachine,
  element,
} from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stateOf } from '../support/client-stage.ts';
import { createTestClock } from '../support/clock.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { rejectionOf } from '../support/when.ts';

interface HostEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** An application: it invokes clients in one state, and keeps what they tell it. */
const host = setup({
  types: {} as { context: { inputs: ClientOptions[]; heard: HostEvent[] }; events: HostEvent; input: ClientOptions[] },
  actors: { xmpp: clientMachine },
  actions: {
    remember: assign({ heard: ({ context, event }) => [...context.heard, event] }),
    greet: sendTo('romeo', { type: 'stanza.send', stanza: messageWith('hello') }),
  },
}).createMachine({
  context: ({ input }) => ({ inputs: input, heard: [] }),
  initial: 'connected',
  states: {
    connected: {
      invoke: [
        { id: 'juliet', src: 'xmpp', input: ({ context }) => inputOf(context.inputs[0]) },
        { id: 'romeo', src: 'xmpp', input: ({ context }) => inputOf(context.inputs[1]) },
      ],
      on: { leave: 'gone', greet: { actions: 'greet' }, 'xmpp.*': { actions: 'remember' } },
    },
    gone: {},
  },
});

let server: ScriptedServer;
let app: ReturnType<typeof start>;
const clock = createTestClock();
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(async () => {
  app.stop();
  await server.stop();
  expect(clock.timers()).toEqual([]);
});

describe('a machine that invokes a client', () => {
  it('hears when it is online, and the messages and presence that come', async () => {
    app = start({ subprotocols: [messageProtocol(), presenceProtocol()] });
    await (await server.connection())
      .login({ mechanism: 'PLAIN', resource: 'balcony' })
      .sends('<message from="a@b.example"><body>Hark</body></message><presence from="a@b.example/c"/>');
    await heard('xmpp.presence');
    const events = app.getSnapshot().context.heard;
    expect(events.map(({ type }) => type)).toEqual(['xmpp.online', 'xmpp.message', 'xmpp.presence']);
    expect(events).toMatchObject([
      { jid: { full: 'juliet@capulet.example/balcony' } },
      { message: { body: 'Hark', from: { full: 'a@b.example' } } },
      { presence: { type: undefined, from: { full: 'a@b.example/c' } } },
    ]);
  });

  it('hears that it lost the connection and waits, and that it gave up', async () => {
    app = start({ reconnect: ({ attempt }) => (attempt === 1 ? 1_000 : undefined) });
    await (await server.connection()).end();
    await heard('xmpp.reconnecting');
    clock.increment(1_000);
    await (await server.connection()).end();
    await heard('xmpp.failed');
    const error = expect.objectContaining({ code: 'transport/connection-closed' });
    expect(app.getSnapshot().context.heard).toEqual([
      { type: 'xmpp.reconnecting', actorId: 'juliet', attempt: 1, delay: 1_000, error },
      { type: 'xmpp.failed', actorId: 'juliet', error },
    ]);
  });

  it('hears that it was stopped', async () => {
    app = start({});
    const peer = (await server.connection()).login({ mechanism: 'PLAIN' });
    await peer;
    await heard('xmpp.online');
    client('juliet').send({ type: 'stop' });
    await peer.receives('</stream:stream>').close();
    await heard('xmpp.offline');
    expect(app.getSnapshot().context.heard.at(-1)).toEqual({ type: 'xmpp.offline', actorId: 'juliet' });
  });

  it('can have two, and sends stanzas by the one that it names', async () => {
    app = start({}, {});
    const peers = [await server.connection(), await server.connection()];
    const logins = peers.map((peer) => peer.login({ mechanism: 'PLAIN' }));
    const [juliet, romeo] = [await logins[0], await logins[1]];
    expect([juliet?.bare, romeo?.bare]).toEqual(['juliet@capulet.example', 'romeo@capulet.example']);
    app.send({ type: 'greet' });
    await logins[1]?.receives(messageXml('hello'));
    await waitFor(app, ({ context }) => context.heard.filter(({ type }) => type === 'xmpp.online').length === 2);
    expect(
      app
        .getSnapshot()
        .context.heard.map(({ actorId }) => actorId)
        .toSorted(),
    ).toEqual(['juliet', 'romeo']);
    clientFor(client('juliet')).send(messageWith('from juliet'));
    await logins[0]?.receives(messageXml('from juliet'));
  });

  it('logs out by leaving the state', async () => {
    app = start({});
    const peer = (await server.connection()).login({ mechanism: 'PLAIN' });
    await peer;
    await heard('xmpp.online');
    app.send({ type: 'leave' });
    expect(await peer.closed()).toEqual(['</stream:stream>']);
    expect(clock.timers()).toEqual([]);
  });

  it('may decide when it begins', async () => {
    app = start({ startsAtOnce: false });
    expect(client('juliet').getSnapshot().value).toBe('offline');
    client('juliet').send({ type: 'start' });
    await (await server.connection()).login({ mechanism: 'PLAIN' });
    await heard('xmpp.online');
  });
});

describe('the door to a client that is embedded', () => {
  it('does all that a client does', async () => {
    app = start({});
    const door = clientFor(client('juliet'));
    const peer = (await server.connection()).login({ mechanism: 'PLAIN', resource: 'balcony' });
    expect((await door.online()).full).toBe('juliet@capulet.example/balcony');
    const messages = door.use(messageProtocol());
    messages.send({ to: 'romeo@montague.example', body: 'hello' });
    const answer = door.request(buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping')));
    await peer
      .receives(messageXml('hello'))
      .receives('<iq type="get"/>')
      .sends(({ attributes: { id } }) => `<iq type="result" id="${id}" from="capulet.example"/>`);
    expect((await answer).attributes.type).toBe('result');
    const stopped = door.stop();
    await peer.receives('</stream:stream>').close();
    await stopped;
    expect(stateOf(door)).toBe('offline');
    expect(() => door.start({ password: 'other' })).toThrow('Expected a client that was made with `password`');
  });

  it('lets a promise that is invoked again use its subprotocol again', async () => {
    const version = versionProtocol();
    app = start({});
    const answers: unknown[] = [];
    const question = fromPromise(async ({ signal }) => {
      answers.push(await clientFor(client('juliet')).use(version).query('capulet.example', { signal }));
    });
    const asking = setup({ actors: { question }, guards: { wantsMore: () => answers.length < 2 } }).createMachine({
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'question',
            onDone: [{ guard: 'wantsMore', target: 'asking', reenter: true }, 'done'],
            onError: 'refused',
          },
        },
        done: { type: 'final' },
        refused: { type: 'final' },
      },
    });
    const peer = (await server.connection()).login({ mechanism: 'PLAIN' });
    await peer;
    const asker = createActor(asking).start();
    for (const name of ['one', 'two']) {
      const query = `<query xmlns="jabber:iq:version"><name>${name}</name><version>1</version></query>`;
      await peer
        .receives('<iq type="get"><query xmlns="jabber:iq:version"/></iq>')
        .sends(({ attributes: { id } }) => `<iq type="result" id="${id}" from="capulet.example">${query}</iq>`);
    }
    expect((await waitFor(asker, ({ status }) => status === 'done')).value).toBe('done');
    expect(answers).toEqual(['one', 'two'].map((name) => ({ name, version: '1', os: undefined })));
  });

  it('fails what waits when the machine leaves the state, and what is asked after that', async () => {
    app = start({});
    const door = clientFor(client('juliet'));
    await (await server.connection()).login({ mechanism: 'PLAIN' });
    await door.online();
    const ping = () => buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping'));
    const outcomes = [rejectionOf(door.request(ping()))];
    app.send({ type: 'leave' });
    outcomes.push(rejectionOf(door.request(ping())), rejectionOf(door.online()));
    const ended = { name: 'SessionEndedError', code: 'session/stopped', message: 'The client was stopped' };
    expect(await Promise.all(outcomes)).toMatchObject([ended, ended, ended]);
    expect(() => door.send(messageWith('too late'))).toThrow(expect.objectContaining(ended));
    expect(await door.stop()).toBeUndefined();
    expect(() => clientFor(door.actor)).toThrow('Expected the actor of a client');
  });
});

function start(...options: Partial<ClientOptions>[]) {
  const names = ['juliet', 'romeo'];
  const input = names.map((name, index) => {
    const defaults = { jid: `${name}@capulet.example`, password: 'secret', memory: server.connect, clock };
    return { ...defaults, reconnect: () => undefined, startsAtOnce: index < options.length, ...options[index] };
  });
  return createActor(host, { input, clock }).start();
}

function inputOf(options: ClientOptions | undefined) {
  if (!options) throw new Error('Expected two clients');
  return clientInput(options);
}

function client(name: 'juliet' | 'romeo'): ClientActor {
  const actor: AnyActorRef | undefined = app.getSnapshot().children[name];
  if (!actor) throw new Error(`Expected the client ${name}`);
  return actor as ClientActor;
}

async function heard(type: string): Promise<void> {
  await waitFor(app, ({ context }) => context.heard.some((event) => event.type === type));
}
