import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromCallback } from 'xstate';
import type {
  Client,
  ClientEvents,
  ClientSubprotocol,
  SessionLifecycleEvent,
  StanzaReceived,
  TrafficEntry,
} from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { greeter } from '../support/greeter.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { ONLINE } from '../support/when.ts';

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

const make = (options: Parameters<typeof stage.make>[0] = {}) => stage.make({ memory: server.connect, ...options });
const from = (body: string) => `<message from="romeo@montague.example"><body>${body}</body></message>`;

describe('a listener', () => {
  it('that throws hurts neither the others nor the connection, and is reported', async () => {
    const client = make();
    client.use(messageProtocol());
    const mistake = new RangeError('Too far');
    const bodies: (string | undefined)[] = [];
    const errors = collect(client, 'error');
    client.on('message', () => {
      throw mistake;
    });
    client.on('message', ({ message }) => bodies.push(message.body));
    const { peer } = await logIn(client, server);
    const second = nextEvent(client, 'message', ({ message }) => message.body === 'two');
    await peer.sends(from('one') + from('two'));
    await second;
    expect(bodies).toEqual(['one', 'two']);
    expect(errors.map(({ error }) => [error.code, error.message, error.cause, error.hint])).toEqual(
      Array(2).fill([
        'option/invalid',
        "A listener for 'message' failed",
        mistake,
        'Look at the stack of `cause`: the client goes on.',
      ]),
    );
    expect(stateOf(client)).toBe(ONLINE);
  });

  it('for errors that throws is the end of it', async () => {
    const client = make();
    const errors = collect(client, 'error');
    client.on('error', () => {
      throw new Error('Not again');
    });
    client.on('online', () => {
      throw new Error('Once');
    });
    await logIn(client, server);
    expect(errors.map(({ error }) => error.message)).toEqual(["A listener for 'online' failed"]);
  });

  it('hears nothing once it does not want to', async () => {
    const client = make();
    const heard: string[] = [];
    const stop = client.on('online', () => heard.push('first'));
    client.on('online', () => heard.push('second'));
    stop();
    stop();
    await logIn(client, server);
    expect(heard).toEqual(['second']);
  });

  it('hears the life of the client, in order, each with its facts', async () => {
    const client = make({ reconnect: ({ attempt }) => (attempt === 1 ? 500 : undefined) });
    const story: unknown[] = [];
    for (const type of ['online', 'offline', 'reconnecting', 'failed'] as const)
      client.on(type, (event) => story.push(event));
    const { peer } = await logIn(client, server, { resource: 'balcony' });
    const lost = nextEvent(client, 'reconnecting');
    await peer.end();
    await lost;
    const failed = nextEvent(client, 'failed');
    stage.clock.increment(500);
    await (await server.connection()).end();
    await failed;
    await client.stop();
    const error = expect.objectContaining({ code: 'transport/connection-closed' });
    expect(story).toEqual([
      { type: 'online', jid: expect.objectContaining({ full: 'juliet@capulet.example/balcony' }), resumed: false },
      { type: 'reconnecting', attempt: 1, delay: 500, error },
      { type: 'failed', error },
      { type: 'offline' },
    ]);
  });
});

describe('the traffic log', () => {
  it.each(['SCRAM-SHA-256', 'PLAIN'] as const)(
    'shows all that goes over the wire but the payloads of %s',
    async (mechanism) => {
      const entries: TrafficEntry[] = [];
      const client = make({ onTraffic: (entry) => entries.push(entry) });
      await logIn(client, server, { mechanism });
      client.send(messageWith('hello'));
      const all = entries.map(({ direction, text }) => `${direction} ${text}`);
      expect(all.at(-1)).toMatch(/^SEND <message to="romeo@montague.example"><body>hello<\/body><\/message>$/);
      const sasl = all.filter((line) => /<(auth|challenge|response|success) /.test(line));
      expect(sasl.map((line) => line.replace(/ xmlns="[^"]*"/, ''))).toEqual(
        mechanism === 'PLAIN'
          ? ['SEND <auth mechanism="PLAIN">[masked]</auth>', 'RECV <success/>']
          : [
              'SEND <auth mechanism="SCRAM-SHA-256">[masked]</auth>',
              'RECV <challenge>[masked]</challenge>',
              'SEND <response>[masked]</response>',
              'RECV <success>[masked]</success>',
            ],
      );
      expect(all.join()).not.toContain(btoa('\0juliet\0secret'));
    },
  );

  it('that throws costs nobody the connection', async () => {
    const client = make({
      onTraffic: () => {
        throw new Error('No disk');
      },
    });
    await logIn(client, server);
    expect(stateOf(client)).toBe(ONLINE);
  });
});

describe('a subprotocol', () => {
  it('that crashes is reported and started again, three times in a session at most, while others go on', async () => {
    const client = make();
    const story: string[] = [];
    const errors = collect(client, 'error');
    client.use(crasher(story));
    client.use(messageProtocol());
    const { peer } = await logIn(client, server);
    for (const body of ['one', 'two', 'three', 'four']) {
      const heard = nextEvent(client, 'message', ({ message }) => message.body === body);
      await peer.sends(from(body));
      await heard;
    }
    expect(story).toEqual(['started', 'heard', 'started', 'heard', 'started', 'heard']);
    expect(errors.map(({ error }) => [error.code, error.message, String(error.cause)])).toEqual(
      Array(3).fill(['transport/internal-error', "The actor 'crasher' failed", 'Error: Alas']),
    );
    expect(stateOf(client)).toBe(ONLINE);
  });

  it('that crashed too often comes back with the next session', async () => {
    const client = make({ reconnect: () => 0 });
    const story: string[] = [];
    client.use(crasher(story));
    client.use(messageProtocol());
    const { peer } = await logIn(client, server);
    const heard = nextEvent(client, 'message', ({ message }) => message.body === 'last');
    await peer.sends(from('1') + from('2') + from('3') + from('last'));
    await heard;
    const lost = nextEvent(client, 'reconnecting');
    await peer.end();
    await lost;
    story.length = 0;
    stage.clock.increment(0);
    await logIn(client, server);
    expect(story).toEqual(['started']);
  });

  it('that is used late is told of the session at once', async () => {
    const client = make();
    const { peer } = await logIn(client, server);
    client.use(greeter('latecomer'));
    await peer.receives(messageXml('latecomer: started'));
  });

  it('gives its door to each who uses it, and has one actor all the same', async () => {
    const given = messageProtocol();
    const client = make({ subprotocols: [given] });
    const mine = presenceProtocol();
    client.use(mine).available({ show: 'away' });
    const [messages, presence] = [client.use(given), client.use(mine)];
    const { peer } = await logIn(client, server);
    await peer.receives('<presence><show>away</show></presence>');
    const heard = collect(client, 'message');
    const second = nextEvent(client, 'message', ({ message }) => message.body === 'two');
    await peer.sends(from('one') + from('two'));
    await second;
    expect(heard.map(({ message }) => message.body)).toEqual(['one', 'two']);
    messages.send({ to: 'romeo@montague.example', body: 'Hark' });
    presence.unavailable();
    await peer.receives('<message><body>Hark</body></message>').receives('<presence type="unavailable"/>');
  });

  it('has a name of its own, and none that the session has taken', () => {
    const client = make({ subprotocols: [greeter('given')] });
    client.use(greeter('mine'));
    for (const name of ['given', 'mine']) {
      expect(() => client.use(greeter(name))).toThrow(
        expect.objectContaining({
          code: 'option/invalid',
          message: `Another subprotocol '${name}' is used by this client already`,
          hint: 'Make it once, and give that one to `use()` wherever its door is needed.',
        }),
      );
    }
    for (const name of ['router', 'iq', 'outbox']) {
      expect(() => client.use(greeter(name))).toThrow(`Expected another name than '${name}' for a subprotocol`);
    }
  });
});

function collect<Type extends keyof ClientEvents>(client: Client, type: Type): ClientEvents[Type][] {
  const events: ClientEvents[Type][] = [];
  client.on(type, (event) => events.push(event));
  return events;
}

/** Fails over every message. */
function crasher(story: string[]): ClientSubprotocol<void> {
  return {
    name: 'crasher',
    features: [],
    routes: [{ kind: 'message' }],
    logic: fromCallback<SessionLifecycleEvent | StanzaReceived>(({ receive }) => {
      receive(({ type }) => {
        if (type === 'session.ended') return;
        story.push(type === 'session.started' ? 'started' : 'heard');
        if (type === 'stanza.received') throw new Error('Alas');
      });
    }),
    api: () => {},
  };
}
