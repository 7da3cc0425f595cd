import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Client,
  RequestTimeoutError,
  SessionEndedError,
  type WithClientOptions,
  withClient,
} from '../../src/node.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { type ScriptedServer, type Server, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { openSockets, stateOf, WAYS, type Way, wayTo } from '../support/client-stage.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { pingRequest } from '../support/stanzas.ts';
import { ONLINE, rejectionOf } from '../support/when.ts';

let clock: TestClock;
let server: Server;
let scripted: ScriptedServer;
let client: Client | undefined;
beforeEach(async () => {
  clock = createTestClock();
  client = undefined;
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' } });
  scripted = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(async () => {
  if (client) expect(stateOf(client)).toBe('offline');
  await expect.poll(() => [openSockets(), clock.timers(), server.sessions()], { interval: 1 }).toEqual([[], [], []]);
  await Promise.all([server.stop(), scripted.stop()]);
});

const NEVER = new Promise<never>(() => {});

describe('a client that does one thing', () => {
  it.each(WAYS)('over %s gives back what came of it, and is logged out by then', async (way) => {
    const result = await run(
      {},
      async (client) => {
        expect(server.sessions()).toEqual([client.jid.full]);
        return client.use(pingProtocol()).ping();
      },
      way,
    );
    expect(result).toBe(0);
    expect(client && stateOf(client)).toBe('offline');
  });

  it('may do it without waiting', async () => {
    expect(await run({}, ({ jid }) => jid.bare)).toBe('juliet@capulet.example');
  });

  it.each<[string, (error: Error) => never | Promise<never>]>([
    [
      'throws',
      (error) => {
        throw error;
      },
    ],
    ['rejects', (error) => Promise.reject(error)],
  ])('fails with the error of a task that %s', async (_title, task) => {
    const error = new RangeError('Too far');
    expect(await rejectionOf(run({}, () => task(error)))).toBe(error);
  });

  it('fails with the error of the connection, and does not try again', async () => {
    let tasks = 0;
    const login = withClient({ ...base(), password: 'wrong' }, () => (tasks += 1));
    expect(await rejectionOf(login)).toMatchObject({ code: 'sasl/not-authorized', phase: 'linked.authenticating' });
    const { port, stop } = await startScriptedServer({ domain: 'capulet.example', tls: false });
    await stop();
    const refused = withClient(
      { jid: 'juliet@capulet.example', password: 'secret', host: '127.0.0.1', port, clock },
      () => (tasks += 1),
    );
    expect(await rejectionOf(refused)).toMatchObject({ code: 'transport/connection-refused' });
    expect(tasks).toBe(0);
  });

  it('refuses what it cannot work with by a rejection', async () => {
    expect(await rejectionOf(withClient({ ...base(), port: 0 }, () => 1))).toMatchObject({ code: 'option/invalid' });
  });

  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['waits for an answer', (client) => client.request(pingRequest())],
    ['waits for something else', () => NEVER],
  ])('that loses its session while its task %s fails with what happened to the connection', async (_title, task) => {
    const failure = rejectionOf(runScripted(task));
    await (await scripted.connection()).login({ mechanism: 'PLAIN' }).awaits('<iq type="get"/>').end();
    expect(await failure).toMatchObject({
      code: 'transport/connection-closed',
      phase: 'linked.online',
      endpoint: 'capulet.example (memory)',
    });
  });

  it('that is ended by the server fails with the error of the stream', async () => {
    const failure = rejectionOf(runScripted(() => NEVER));
    await (await scripted.connection())
      .login({ mechanism: 'PLAIN' })
      .awaits('<iq type="get"/>')
      .sends('<stream:error><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>');
    expect(await failure).toMatchObject({ name: 'StreamError', code: 'stream/conflict' });
  });

  it('is told by its task to stop: then what waits fails', async () => {
    const error = await rejectionOf(
      run({}, async (client) => {
        await client.stop();
        return client.request(pingRequest(), { timeout: 1_000, signal: AbortSignal.abort(new Error('Stopped')) });
      }),
    );
    expect(error).toMatchObject({ message: 'Stopped' });
    expect(error).not.toBeInstanceOf(SessionEndedError);
  });
});

describe('the time for one thing', () => {
  it('may pass while connecting', async () => {
    const failure = rejectionOf(withClient({ ...base(), memory: scripted.connect, timeout: 5_000 }, () => NEVER));
    await (await scripted.connection()).header();
    clock.increment(5_000);
    const error = await closing(failure);
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error).toMatchObject({
      code: 'request/timeout',
      message: 'The task took longer than 5000 ms',
      phase: 'linked.opening.awaitingFeatures',
      endpoint: 'capulet.example (memory)',
    });
  });

  it('may pass while the task is done, and the client logs out', async () => {
    const failure = rejectionOf(run({ timeout: 5_000 }, () => NEVER));
    await expect.poll(() => client, { interval: 1 }).toBeDefined();
    clock.increment(4_999);
    expect(client && stateOf(client)).toBe(ONLINE);
    clock.increment(1);
    expect(await failure).toMatchObject({ code: 'request/timeout', phase: 'linked.online' });
  });

  it('is no more counted when the task is done', async () => {
    expect(await run({ timeout: 5_000 }, () => clock.timers())).toContain(5_000);
    expect(clock.timers()).toEqual([]);
  });

  it('may be as long as the task wants', async () => {
    for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 31]) {
      const set = await run({ timeout }, () => clock.timers());
      expect(set.filter((at) => at > 2 ** 31 - 1)).toEqual([]);
    }
  });
});

describe('the caller of one thing', () => {
  it('can give up before it begins: nobody is connected to', async () => {
    let connections = 0;
    const memory: NonNullable<WithClientOptions['memory']> = (pipe) => {
      connections += 1;
      return server.connect(pipe);
    };
    const reason = new Error('Changed my mind');
    expect(await rejectionOf(run({ memory, signal: AbortSignal.abort(reason) }, () => 1))).toBe(reason);
    expect(connections).toBe(0);
  });

  it('can give up while it logs in, or while the task is done', async () => {
    for (const isConnecting of [true, false]) {
      const abort = new AbortController();
      const reason = new Error('Changed my mind');
      const options = { signal: abort.signal, ...(isConnecting ? { credentials: () => abandon() } : {}) };
      const abandon = () => {
        abort.abort(reason);
        return NEVER;
      };
      expect(await rejectionOf(run(options, abandon))).toBe(reason);
    }
  });

  it('leaves nothing on its signal', async () => {
    const { signal } = new AbortController();
    const listening: string[] = [];
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listening.push(args[0]);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listening.pop();
      removeEventListener.apply(signal, args);
    };
    await run({ signal }, () => expect(listening).toEqual(['abort']));
    expect(listening).toEqual([]);
  });
});

function base(way: Way = 'memory') {
  return { jid: 'juliet@capulet.example', password: 'secret', clock, ...wayTo(server, way) };
}

function run<T>(options: Partial<WithClientOptions>, task: (client: Client) => T | Promise<T>, way?: Way): Promise<T> {
  return withClient({ ...base(way), ...options }, (made) => {
    client = made;
    return task(made);
  });
}

/** Tells the script by a request that the task has begun. */
function runScripted(task: (client: Client) => Promise<unknown>): Promise<unknown> {
  return withClient({ ...base(), memory: scripted.connect }, (made) => {
    made.request(pingRequest()).catch(() => {});
    return task(made);
  });
}

/** A server that says nothing is waited for, as long as the close timeout. */
function closing<T>(outcome: Promise<T>): Promise<T> {
  queueMicrotask(() => queueMicrotask(() => clock.increment(2_000)));
  return outcome;
}
