import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CredentialsRequest, SaslError } from '../../src/node.ts';
import { type Server, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { factsOf, ONLINE, rejectionOf, whenIn } from '../support/when.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const endpoint = 'capulet.example (memory)';
const phase = 'linked.authenticating';

const stage = stageClients();
let server: Server;
beforeEach(async () => {
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' }, listen: false });
});
afterEach(() => server.stop());

describe('a client', () => {
  it('shows its password in no mechanism that it was not allowed to use', async () => {
    const sent: string[] = [];
    const plain = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      listen: false,
      mechanisms: ['PLAIN'],
      onTraffic: ({ direction, text }) => void (direction === 'received' && sent.push(text)),
    });
    const client = stage.make({ memory: plain.connect, mechanisms: ['SCRAM-SHA-256'] });
    client.start();
    const error = await rejectionOf(client.online());
    expect(factsOf(error)).toEqual({
      name: 'SaslError',
      code: 'sasl/no-mechanism',
      phase,
      endpoint,
      hint: 'Ask the operator of the server to enable SCRAM-SHA-256; PLAIN needs TLS.',
    });
    expect(String(error)).toBe(
      'SaslError: The server offers no SASL mechanism that may be used: "PLAIN" (it is not among the allowed ones)',
    );
    expect(stateOf(client)).toBe('failed.terminal');
    await plain.stop();
    expect(sent).toEqual([expect.stringMatching(/^<stream:stream /), '</stream:stream>']);
  });

  it('asks for nothing more when its password was refused, and logs in with the right one', async () => {
    const client = stage.make({ memory: server.connect, password: 'wrong', reconnect: () => 0 });
    client.start();
    expect(factsOf(await rejectionOf(client.online()))).toEqual({
      name: 'SaslError',
      code: 'sasl/not-authorized',
      phase,
      endpoint,
      hint: 'Check the username and password of juliet@capulet.example.',
    });
    expect([stateOf(client), stage.clock.timers()]).toEqual(['failed.needsCredentials', []]);
    client.start({ password: 'secret' });
    expect((await client.online()).bare).toBe('juliet@capulet.example');
  });

  it('keeps the new password for the logins that follow', async () => {
    const client = stage.make({ memory: server.connect, password: 'wrong' });
    client.start({ password: 'secret' });
    await client.online();
    await client.stop();
    client.start();
    expect((await client.online()).bare).toBe('juliet@capulet.example');
  });

  it('takes a new password only where it was made with one, and none that is empty', async () => {
    const asks = stage.make({ memory: server.connect, credentials: () => ({ password: 'secret' }) });
    expect(() => asks.start({ password: 'secret' })).toThrow(
      'Expected a client that was made with `password`, got one without',
    );
    const knows = stage.make({ memory: server.connect });
    expect(() => knows.start({ password: '' })).toThrow('Expected `password`, got an empty one');
    expect([stateOf(asks), stateOf(knows)]).toEqual(['offline', 'offline']);
  });
});

describe('the credentials function', () => {
  it('hears for what it is asked, and the second time why the first password was refused', async () => {
    const requests: CredentialsRequest[] = [];
    const client = stage.make({
      memory: server.connect,
      credentials: (request) => {
        requests.push(request);
        return { password: requests.length === 1 ? 'wrong' : 'secret' };
      },
    });
    client.start();
    const refusal = await rejectionOf(client.online());
    client.start();
    await client.online();
    const request = {
      mechanism: 'SCRAM-SHA-512',
      domain: 'capulet.example',
      account: 'juliet@capulet.example',
      signal: expect.any(AbortSignal),
    };
    expect(requests).toEqual([
      { ...request, reason: undefined },
      { ...request, reason: refusal },
    ]);
    expect(refusal).toBeInstanceOf(SaslError);
    await client.stop();
    client.start();
    await client.online();
    expect(requests[2]).toEqual({ ...request, reason: undefined });
  });

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('secret');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('secret'))],
  ])('may fail: one that %s fails the login, and its words go nowhere', async (_title, credentials) => {
    const client = stage.make({ memory: server.connect, credentials });
    client.start();
    const error = await rejectionOf(client.online());
    expect(factsOf(error)).toEqual({
      name: 'SaslError',
      code: 'sasl/missing-credentials',
      phase,
      endpoint,
      hint: 'Give the username and the password of this account.',
    });
    expect(String(error)).toBe('SaslError: The credentials function failed with RangeError');
    expect(stateOf(client)).toBe('failed.needsCredentials');
  });

  it('that never answers is waited for as long as was said, and then told that it is too late', async () => {
    let signal: AbortSignal | undefined;
    const client = stage.make({
      memory: server.connect,
      timeouts: { credentials: 60_000 },
      credentials: (request) => {
        signal = request.signal;
        return new Promise(() => {});
      },
    });
    client.start();
    const failure = rejectionOf(client.online());
    await expect.poll(() => signal, { interval: 1 }).toBeDefined();
    stage.clock.increment(59_999);
    expect([stateOf(client), signal?.aborted]).toEqual(['linked.authenticating', false]);
    stage.clock.increment(1);
    expect(factsOf(await failure)).toMatchObject({
      name: 'SaslError',
      code: 'sasl/missing-credentials',
      phase,
      endpoint,
    });
    expect([stateOf(client), signal?.aborted]).toEqual(['failed.needsCredentials', true]);
  });
});

describe('a login fails', () => {
  it('when the server calls it a success without proving that it knows the password', async () => {
    const scripted = await startScriptedServer({ domain: 'capulet.example', listen: false });
    const sent: string[] = [];
    const client = stage.make({
      memory: scripted.connect,
      onTraffic: ({ direction, text }) => void (direction === 'SEND' && sent.push(text)),
    });
    client.start();
    const peer = await scripted.connection();
    await peer
      .header()
      .features(`<mechanisms xmlns="${SASL}"><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`)
      .receives(`<auth xmlns="${SASL}"/>`)
      .sends(`<success xmlns="${SASL}"/>`);
    expect(factsOf(await rejectionOf(client.online()))).toEqual({
      name: 'SaslError',
      code: 'sasl/server-not-authenticated',
      phase,
      endpoint,
      hint: expect.stringMatching(/^This may not be the server it claims to be\./),
    });
    expect(stateOf(client)).toBe('failed.terminal');
    // No header of an authenticated stream.
    expect(sent.filter((text) => text.startsWith('<?xml'))).toHaveLength(1);
    await scripted.stop();
  });

  it('when somebody else has the resource and the server lets nobody in twice', async () => {
    const strict = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      listen: false,
      onConflict: 'refuse-newer',
    });
    const jid = 'juliet@capulet.example/balcony';
    const [older, newer] = [stage.make({ memory: strict.connect, jid }), stage.make({ memory: strict.connect, jid })];
    older.start();
    await older.online();
    newer.start();
    expect(factsOf(await rejectionOf(newer.online()))).toMatchObject({
      name: 'StanzaError',
      code: 'stanza/conflict',
      phase: 'linked.binding',
      endpoint,
    });
    expect([stateOf(older), stateOf(newer)]).toEqual([ONLINE, 'failed.terminal']);
    await whenIn(older, 'linked.online');
    await Promise.all([older.stop(), strict.stop()]);
  });
});
