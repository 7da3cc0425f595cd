import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientScope } from '../../src/node.ts';
import * as node from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { messageWith, pingRequest } from '../support/stanzas.ts';
import { rejectionOf } from '../support/when.ts';

/*
 * JavaScript has no types. Whatever is called without what it needs, or with something else, says what it expected, what came, and
 * where; and it says so at once, before an actor has to work with it.
 */

const stage = stageClients();
let server: Server;
beforeAll(async () => {
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' }, listen: false });
});
afterAll(() => server.stop());

function meet() {
  const client = stage.make({ memory: server.connect });
  const scope = client.use({ ...messageProtocol(), name: 'scoped', api: (given: ClientScope) => given });
  const doors = {
    messages: client.use(messageProtocol()),
    presence: client.use(presenceProtocol()),
    ping: client.use(pingProtocol()),
    version: client.use(versionProtocol()),
  };
  return {
    client,
    scope,
    ...doors,
    delivery: client.send(messageWith('Hark')),
    node,
    Subprotocol: { ...messageProtocol(), name: 'x' },
  };
}

type Stage = ReturnType<typeof meet>;

const OPTIONS = { jid: 'juliet@capulet.example', password: 'secret' };

/** What is called, with what, and what it says. */
const CALLS: readonly [call: string, given: unknown[], message: string][] = [
  ['client.start', [null], 'Expected options of client.start() in an object, got null'],
  ['client.start', ['secret'], 'Expected options of client.start() in an object, got a text'],
  ['client.start', [{ password: 1234 }], 'Expected `password`, a text, got a value of type number'],
  ['client.online', [null], 'Expected options of client.online() in an object, got null'],
  ['client.online', [{ signal: 5 }], 'Expected `signal` of client.online(), an AbortSignal, got 5'],
  ['client.send', [], 'Expected an element for client.send(), got none'],
  ['client.request', [], 'Expected an element for client.request(), got none'],
  ['client.request', [pingRequest(), 500], 'Expected options of client.request() in an object, got 500'],
  [
    'client.request',
    [pingRequest(), { timeout: '500' }],
    'Expected `timeout` of client.request(), milliseconds from 0, got a text',
  ],
  [
    'client.request',
    [pingRequest(), { timeout: Number.NaN }],
    'Expected `timeout` of client.request(), milliseconds from 0, got NaN',
  ],
  [
    'client.request',
    [pingRequest(), { signal: {} }],
    'Expected `signal` of client.request(), an AbortSignal, got a value of type object',
  ],
  ['client.use', [], 'Expected a subprotocol for client.use(), got none'],
  ['client.use', ['ping'], 'Expected a subprotocol for client.use(), got a text'],
  ['client.use', [pingProtocol], 'Expected a subprotocol for client.use(), got a value of type function'],
  ['client.use', [{}], 'Expected a subprotocol whose `name` is a text that is not empty for client.use(), got none'],
  ['client.on', [], 'Expected `type` of client.on(), a text that is not empty, got none'],
  ['client.on', ['online'], 'Expected `listener` of client.on(), a function, got none'],
  ['delivery.subscribe', [], 'Expected `listener` of delivery.subscribe(), a function, got none'],
  ['scope.tell', [], 'Expected `event` of tell(), an object with a `type`, got none'],
  ['scope.command', ['stop'], 'Expected `command` of command(), an object with a `type`, got a text'],
  ['messages.send', [], 'Expected `message` of messages.send(), an object, got none'],
  ['messages.send', ['romeo@montague.example', 'Hark'], 'Expected `message` of messages.send(), an object, got a text'],
  ['messages.send', [{ body: 'Hark' }], 'Expected `to` of messages.send(), an address, got none'],
  ['messages.send', [{ to: 42 }], 'Expected `to` of messages.send(), an address, got 42'],
  ['messages.send', [{ to: 'a@b', body: null }], 'Expected `body` of a message, a text, got null'],
  [
    'messages.send',
    [{ to: 'a@b', type: 'caht' }],
    'Expected `type` of a message, one of chat, error, groupchat, headline, normal, got a text',
  ],
  ['messages.send', [{ to: 'a@b', thread: null }], 'Expected what a thread is built from in an object, got null'],
  ['messages.send', [{ to: 'a@b', private: 'no' }], 'Expected `private` of messages.send(), true or false, got a text'],
  ['messages.send', [{ to: 'a@b' }, null], 'Expected options in an object, got null'],
  ['presence.available', [null], 'Expected what presence is built from in an object, got null'],
  ['presence.available', ['away'], 'Expected what presence is built from in an object, got a text'],
  ['presence.available', [{ show: 'busy' }], 'Expected `show` of presence, one of away, chat, dnd, xa, got a text'],
  ['presence.available', [{ status: 5 }], 'Expected `status` of presence, a text, got 5'],
  ['presence.unavailable', ['gone'], 'Expected options of presence.unavailable() in an object, got a text'],
  ['presence.direct', [], 'Expected `to` of presence.direct(), an address, got none'],
  ['presence.direct', ['a@b', 'away'], 'Expected options of presence.direct() in an object, got a text'],
  ['presence.probe', [], 'Expected `to` of presence.probe(), an address, got none'],
  ['presence.subscribe', [], 'Expected `to` of presence.subscribe(), an address, got none'],
  ['presence.approve', [], 'Expected `to` of presence.approve(), an address, got none'],
  ['presence.unsubscribe', [], 'Expected `to` of presence.unsubscribe(), an address, got none'],
  ['presence.cancel', [], 'Expected `to` of presence.cancel(), an address, got none'],
  ['ping.ping', [null], 'Expected `to` of ping(), an address, got null'],
  ['version.query', [42], 'Expected `to` of query(), an address, got 42'],
  ['node.clientFor', [], 'Expected the actor of a client, got none'],
  ['node.clientFor', [{}], 'Expected the actor of a client, got a value of type object'],
  ['node.watchTraffic', [], 'Expected `client` of watchTraffic(), a client, got none'],
  ['node.requestResponder', [], 'Expected `handlers` of requestResponder(), an object, got none'],
  [
    'node.requestResponder',
    [{ '{urn:x}y': 'answer' }],
    'Expected `{urn:x}y` of requestResponder(), a function, or one each as `get` and `set`, got a text',
  ],
  ['node.fileSessionStore', [], 'Expected `folder` of fileSessionStore(), a text that is not empty, got none'],
  ['node.withClient', [], 'Expected `options` of withClient(), an object, got none'],
  ['node.withClient', [OPTIONS], 'Expected `task` of withClient(), a function, got none'],
  [
    'node.withClient',
    [{ ...OPTIONS, signal: true }, () => 1],
    'Expected `signal` of withClient(), an AbortSignal, got true',
  ],
  [
    'node.withClient',
    [{ ...OPTIONS, timeout: 'soon' }, () => 1],
    'Expected `timeout` of withClient(), milliseconds from 0, got a text',
  ],
];

describe('what was expected, what came, and where, is said by', () => {
  it.each(CALLS)('%s(), given %j', async (call, given, message) => {
    const everything = meet();
    const [owner = '', name = ''] = call.split('.');
    const door: object = Reflect.get(everything, owner);
    // It may throw, or reject.
    const attempt = async () => Reflect.apply(Reflect.get(door, name), door, given);
    expect(await rejectionOf(attempt())).toMatchObject({ name: 'OptionError', code: 'option/invalid', message });
    await goesOn(everything);
  });

  it.each<[string, unknown, string]>([
    ['name', 7, 'a text that is not empty'],
    ['features', undefined, 'a list of texts'],
    ['routes', undefined, 'a list of routes'],
    ['routes', [{ kind: 'iq' }], 'a list of routes'],
    ['routes', [{ kind: 'messages' }], 'a list of routes'],
    ['routes', [{ kind: 'message', namespaces: 'urn:x' }], 'a list of routes'],
    ['logic', () => {}, 'logic of XState'],
    ['inline', [], 'a function, or absent'],
    ['api', undefined, 'a function'],
  ])('client.use() of a subprotocol whose %s is %j, which the client outlives', async (property, wrong, kind) => {
    const everything = meet();
    const { client, Subprotocol } = everything;
    expect(() => client.use({ ...Subprotocol, ...Object({ [property]: wrong }) })).toThrow(
      expect.objectContaining({
        name: 'OptionError',
        message: expect.stringContaining(
          `Expected a subprotocol whose \`${property}\` is ${kind} for client.use(), got `,
        ),
      }),
    );
    await goesOn(everything);
  });
});

it('versionProtocol() looks at what it is to answer', () => {
  const make = (options: unknown) => () => Reflect.apply(versionProtocol, undefined, [options]);
  expect(make(null)).toThrow('Expected options of versionProtocol() in an object, got null');
  expect(make({ answer: 'mine' })).toThrow(
    'Expected `answer` of versionProtocol(), false, or an object with `name` and `version`, got a text',
  );
});

async function goesOn({ client, delivery, ping }: Stage) {
  client.start();
  await client.online();
  await delivery.written();
  expect(await ping.ping()).toBe(0);
}
