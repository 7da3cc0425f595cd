import { afterEach, describe, expect, test } from 'vitest';
import { buildVersion } from '../../src/payloads/index.ts';
import { buildIqResult } from '../../src/stanza/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { type Server, type ServerOptions, type ServerTraffic, startServer } from '../../src/testing/index.ts';
import { firstChildOf } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';

const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await begin(options);
  servers.push(server);
  return server;
}

/** For tests that stop it themselves. */
function begin(options: Partial<ServerOptions>): Promise<Server> {
  const accounts = { juliet: 'r0m30' };
  return startServer({ domain: 'capulet.example', accounts, listen: false, ...options });
}

describe('an intercepted stanza', () => {
  test('may be answered by the test', async () => {
    const server = await start({
      intercept: (stanza, session) => {
        const payload = firstChildOf(stanza);
        if (payload?.namespace !== 'jabber:iq:version') return false;
        session.send(buildIqResult(stanza, buildVersion({ name: session.jid.full, version: '0' })));
        return true;
      },
    });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client
      .sends('<iq type="get" id="1" to="capulet.example"><query xmlns="jabber:iq:version"/></iq>')
      .receives(
        '<iq type="result" id="1"><query xmlns="jabber:iq:version"><name>juliet@capulet.example/balcony</name></query></iq>',
      );
    await client.syncs();
  });

  test('may be left unanswered', async () => {
    const server = await start({ intercept: ({ attributes }) => attributes.id === '1' });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client.sends('<iq type="get" id="1"><ping xmlns="urn:xmpp:ping"/></iq>').syncs();
  });

  test('ends the stream if the test fails there, and whoever stops the server hears of it', async () => {
    const failure = new Error('Oh');
    const server = await begin({
      intercept: () => {
        throw failure;
      },
    });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client
      .sends('<presence/>')
      .receives(`<stream:error><internal-server-error xmlns="${STREAM_ERRORS}"/></stream:error>`);
    await expect(server.stop()).rejects.toBe(failure);
    await expect(server.stop()).rejects.toBe(failure);
    expect(server.sessions()).toEqual([]);
  });

  test('may fail several times, for several reasons', async () => {
    const failures: unknown[] = [];
    const server = await begin({
      intercept: ({ name }) => {
        failures.push(name === 'iq' ? `no ${name}` : new Error(`no ${name}`));
        throw failures.at(-1);
      },
    });
    for (const stanza of ['<presence/>', '<message/>', '<iq type="get" id="1"/>']) {
      const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
      await client.sends(stanza).receives('<stream:error/>');
    }
    expect(failures).toEqual([new Error('no presence'), new Error('no message'), 'no iq']);
    await expect(server.stop()).rejects.toEqual(
      new AggregateError(
        failures,
        'Functions that the server was given failed 3 times, the first time with: no presence',
      ),
    );
  });

  test('may end the stream with an error that the test wants, which is no failure', async () => {
    const server = await start({
      intercept: () => {
        throw new StreamError('policy-violation');
      },
    });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client
      .sends('<presence/>')
      .receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
    await server.stop();
  });
});

describe('the traffic', () => {
  test('is shown without passwords', async () => {
    const traffic: ServerTraffic[] = [];
    const server = await start({ onTraffic: (entry) => traffic.push(entry) });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client.sends('<presence/>').receives('<presence/>');
    client.sends('</stream:stream>');
    await client.closed();
    expect(traffic.map(({ direction, text }) => `${direction} ${text.replace(/ id="[\w-]{22}"/, '')}`)).toEqual([
      'received <stream:stream to="capulet.example" version="1.0">',
      expect.stringContaining('sent <?xml version="1.0"?><stream:stream '),
      expect.stringContaining('sent <features xmlns="http://etherx.jabber.org/streams"><mechanisms '),
      'received <auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">[masked]</auth>',
      'sent <success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>',
      'received <stream:stream to="capulet.example" version="1.0">',
      expect.stringContaining('sent <?xml version="1.0"?><stream:stream '),
      expect.stringContaining('sent <features xmlns="http://etherx.jabber.org/streams"><bind '),
      'received <iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>balcony</resource></bind></iq>',
      expect.stringContaining('sent <iq type="result" id="bind">'),
      'received <presence/>',
      'sent <presence from="juliet@capulet.example/balcony" to="juliet@capulet.example"/>',
      'received </stream:stream>',
      'sent </stream:stream>',
    ]);
    expect(traffic.map(({ connection }) => connection)).toEqual(Array(14).fill(1));
    expect(traffic.at(0)?.jid).toBeUndefined();
    expect(traffic.at(10)?.jid).toBe('juliet@capulet.example/balcony');
  });

  test('may be looked at by somebody who fails: the client does not notice, but whoever stops the server does', async () => {
    const failure = new Error('Oh');
    const server = await begin({
      onTraffic: ({ text }) => {
        if (text.startsWith('<auth')) throw failure;
      },
    });
    const client = await RawClient.memory(server).login('juliet', 'r0m30', 'balcony');
    await client.syncs();
    await expect(server.stop()).rejects.toBe(failure);
  });
});
