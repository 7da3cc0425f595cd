import { describe, expect, test } from 'vitest';
import { statePath } from '../../../machines/index.ts';
import { type Client, TransportError } from '../../../src/node.ts';
import { nextEvent } from '../../support/next-event.ts';
import { whenIn } from '../../support/when.ts';
import { ask, command } from './page.ts';
import { openStage, type Stage } from './stage.ts';

const { stage } = openStage();

async function open(options?: Parameters<Stage['makeClient']>[0]) {
  const { server, makeClient, inspect } = await stage();
  const client = makeClient({ reconnect: () => 3_600_000, ...options });
  const { url } = await inspect(client);
  const give = (type: string, more: object = {}) => command(url, { type, client: client.actor.sessionId, ...more });
  return { server, makeClient, client, url, give };
}

const DONE = { ok: true };

describe('the buttons of the page', () => {
  test('start, stop, and say where nothing comes of them', async () => {
    const { client, give } = await open();
    expect(await give('reconnect.now')).toEqual(refusal('Nothing comes of reconnect.now in this state.'));
    expect(await give('start')).toEqual(DONE);
    await client.online();
    expect(await give('start')).toEqual(refusal('Nothing comes of start in this state.'));
    expect(await give('stop')).toEqual(DONE);
    await whenIn(client, 'offline');
  });

  test('tell of the network', async () => {
    const { server, client, give } = await open();
    client.start();
    await client.online();
    server.drop('juliet@capulet.example');
    await whenIn(client, 'reconnecting.backingOff');
    expect(await give('network.offline')).toEqual(DONE);
    expect(stateOf(client)).toBe('reconnecting.awaitingNetwork');
    expect(await give('network.online')).toEqual(DONE);
    await client.online();
  });

  test('drop the connection: the client sees what it sees when a socket dies, waits, and comes back', async () => {
    const { server, client, give } = await open();
    client.start();
    await client.online();
    const lost = nextEvent(client, 'reconnecting');
    expect(await give('drop')).toEqual(DONE);
    const { error, attempt } = await lost;
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'transport/connection-reset',
      message: 'The connection was cut from the inspector',
      phase: 'linked.online',
    });
    expect(attempt).toBe(1);
    expect(stateOf(client)).toBe('reconnecting.backingOff');
    await expect.poll(() => server.sessions()).toEqual([]);
    expect(await give('drop')).toEqual(refusal('There is no connection that could be cut.'));
    expect(await give('reconnect.now')).toEqual(DONE);
    await client.online();
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('drop a session that the server keeps, and it is resumed', async () => {
    const { server, makeClient, inspect } = await stage({ streamManagement: true });
    const client = makeClient({ reconnect: () => 0 });
    const { url } = await inspect(client);
    client.start();
    await client.online();
    const back = nextEvent(client, 'online');
    expect(await command(url, { type: 'drop', client: client.actor.sessionId })).toEqual(DONE);
    expect(await back).toMatchObject({ resumed: true });
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('drop a connection in the middle of a login', async () => {
    const silent = () => ({ write() {}, end() {} });
    const { client, give } = await open({ memory: silent });
    client.start();
    await whenIn(client, 'linked.connecting');
    expect(await give('drop')).toEqual(DONE);
    await whenIn(client, 'reconnecting.backingOff');
  });

  test('say so where the client is gone', async () => {
    const { makeClient, inspect } = await stage();
    const client = makeClient();
    const inspector = await inspect([]);
    const remove = inspector.add(client);
    const given = { type: 'start', client: client.actor.sessionId };
    client.actor.stop();
    expect(await command(inspector.url, given)).toEqual(refusal('This client has ended: its actor was stopped.'));
    remove();
    expect(await command(inspector.url, given)).toEqual(
      refusal('There is no such client any more. Load the page anew.'),
    );
  });
});

describe('a stanza that somebody types', () => {
  test('is sent, with the namespace of the stream where none is given', async () => {
    const { makeClient, client, give } = await open();
    const romeo = makeClient({ jid: 'romeo@capulet.example/orchard' });
    for (const each of [client, romeo]) each.start();
    await Promise.all([client.online(), romeo.online()]);
    for (const xmlns of ['', ' xmlns="jabber:client"']) {
      const heard = nextEvent(romeo, 'message');
      const xml = `\n <message to="romeo@capulet.example" type="chat"${xmlns}><body>A &lt; B</body><x xmlns="urn:x"/></message>\n`;
      expect(await give('send', { xml })).toEqual(DONE);
      const { message } = await heard;
      expect(message).toMatchObject({ fromText: 'juliet@capulet.example/balcony', body: 'A < B' });
    }
  });

  test('is refused in words where it is none', async () => {
    const { give } = await open();
    const wrong = [
      ['<message>', 'expected the end tag </message>, got the end (at character 9)'],
      ['Hello', 'expected the start of an element, got “H” (at character 0)'],
      ['', 'expected the start of an element, got the end (at character 0)'],
      ['<a/><b/>', 'expected nothing behind the root, got “b” (at character 5)'],
      ['<!DOCTYPE x><message/>', 'expected elements and text, got a document type declaration (at character 3)'],
      ['<auth/>', 'Expected a message, presence or iq in the namespace jabber:client or in none, got <auth/>.'],
      [
        '<message xmlns="jabber:server"/>',
        'Expected a message, presence or iq in the namespace jabber:client or in none, got <message/>.',
      ],
      ['<iq type="get"/>', 'An iq needs an id: without one nobody can answer it (RFC 6120 §8.1.3).'],
      ['<iq id="1" type="ask"/>', 'An iq needs a type: get, set, result or error (RFC 6120 §8.2.3).'],
    ];
    const answers = await Promise.all(wrong.map(([xml]) => give('send', { xml })));
    expect(answers).toEqual(wrong.map(([, message]) => refusal(message ?? '')));
  });

  test('is refused in words where the queue is full', async () => {
    const { give } = await open({ limits: { maxQueuedStanzas: 1 } });
    expect(await give('send', { xml: '<message/>' })).toEqual(DONE);
    expect(await give('send', { xml: '<message/>' })).toEqual(
      refusal(
        '1 stanzas wait to be sent already. Wait until the client is online, send less, or raise `limits.maxQueuedStanzas`.',
      ),
    );
  });
});

describe('a command that is none', () => {
  test('is refused in words', async () => {
    const { client, url } = await open();
    const id = client.actor.sessionId;
    const wrong = [
      ['{', 'Expected a command as JSON.'],
      ['null', 'Expected a command, got no object.'],
      ['[]', 'Expected `client`, the id of a client.'],
      ['{"type":"start"}', 'Expected `client`, the id of a client.'],
      [
        JSON.stringify({ type: 'xstate.stop', client: id }),
        'Expected `type`, one of start, stop, reconnect.now, network.offline, network.online, drop, send.',
      ],
      [JSON.stringify({ type: 'send', client: id }), 'Expected `xml`, a stanza.'],
      [JSON.stringify({ type: 'start', client: 'x:nobody' }), 'There is no such client any more. Load the page anew.'],
    ];
    const headers = { 'content-type': 'application/json' };
    const path = `${new URL(url).pathname}commands`;
    const answers = await Promise.all(wrong.map(([body = '']) => ask(url, path, { method: 'POST', headers, body })));
    expect(answers.map(({ body }) => JSON.parse(body))).toEqual(wrong.map(([, message]) => refusal(message ?? '')));
    expect(stateOf(client)).toBe('offline');
  });
});

function refusal(message: string) {
  return { ok: false, message };
}

function stateOf({ actor }: Client): string {
  return statePath(actor.getSnapshot().value);
}
