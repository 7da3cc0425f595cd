import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClientSubprotocol,
  type Element,
  element,
  type RequestHandlers,
  requestResponder,
  StanzaError,
} from '../../src/node.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
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

const TIME = '{urn:xmpp:time}time';
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

describe('a request', () => {
  it.each<[title: string, handlers: RequestHandlers, type: string, answer: RegExp]>([
    [
      'that is handled is answered with the value',
      { [TIME]: () => element(TIME, {}, 'noon') },
      'get',
      result('<time xmlns="urn:xmpp:time">noon</time>'),
    ],
    [
      'that is handled later is answered then',
      { [TIME]: async () => element(TIME) },
      'set',
      result('<time xmlns="urn:xmpp:time"/>'),
    ],
    [
      'that is handled without a value is answered with nothing',
      { [TIME]: () => undefined },
      'get',
      /^<iq type="result" id="q1" to="romeo@montague.example\/orchard"\/>$/,
    ],
    [
      'has a handler for its own type',
      { [TIME]: { get: () => element(TIME, {}, 'got'), set: () => element(TIME, {}, 'set') } },
      'set',
      result('<time xmlns="urn:xmpp:time">set</time>'),
    ],
    [
      'that its handler refuses is answered with that error',
      {
        [TIME]: () => {
          throw new StanzaError('not-allowed', { text: 'Too late' });
        },
      },
      'get',
      error('cancel', 'not-allowed', `<text xmlns="${STANZAS}">Too late</text>`),
    ],
    [
      'that its handler fails over is answered without details',
      {
        [TIME]: () => {
          throw new Error('secret');
        },
      },
      'get',
      error('cancel', 'internal-server-error'),
    ],
    [
      'that its handler rejects is answered without details',
      { [TIME]: () => Promise.reject(new Error('secret')) },
      'get',
      error('cancel', 'internal-server-error'),
    ],
    [
      'of a type that has no handler is not implemented',
      { [TIME]: { set: () => undefined } },
      'get',
      error('cancel', 'feature-not-implemented'),
    ],
  ])('%s', async (_title, handlers, type, answer) => {
    const client = stage.make({ memory: server.connect });
    client.use(timeProtocol(handlers));
    const { peer } = await logIn(client, server);
    await peer.sends(request(type)).receives(answer);
    expect(stateOf(client)).toBe(ONLINE);
  });

  it('that nobody handles is unavailable, and one without payload is bad', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(timeProtocol({ [TIME]: () => undefined }));
    const { peer } = await logIn(client, server);
    await peer
      .sends(request('get').replaceAll('urn:xmpp:time', 'urn:example'))
      .receives(error('cancel', 'service-unavailable'))
      .sends('<iq type="get" id="q1" from="romeo@montague.example/orchard"/>')
      .receives(error('modify', 'bad-request'));
  });

  it('is seen by its handler as it came', async () => {
    const client = stage.make({ memory: server.connect });
    const seen: Element[] = [];
    client.use(timeProtocol({ [TIME]: (iq) => void seen.push(iq) }));
    const { peer } = await logIn(client, server);
    await peer.sends(request('get')).receives('<iq type="result"/>');
    expect(seen).toEqual([
      element('{jabber:client}iq', { type: 'get', id: 'q1', from: 'romeo@montague.example/orchard' }, element(TIME)),
    ]);
  });

  it('of a session that is over is not answered in the next one', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    let answer = (_value: undefined): void => {};
    const handled = new Promise<void>((asked) => {
      client.use(
        timeProtocol({
          [TIME]: () =>
            new Promise((resolve) => {
              answer = resolve;
              asked();
            }),
        }),
      );
    });
    const { peer } = await logIn(client, server);
    await peer.sends(request('get'));
    await handled;
    const lost = nextEvent(client, 'reconnecting');
    await peer.end();
    await lost;
    stage.clock.increment(0);
    const { peer: next } = await logIn(client, server);
    answer(undefined);
    await Promise.resolve();
    client.send(messageWith('first'));
    await next.receives(messageXml('first'));
  });
});

function timeProtocol(handlers: RequestHandlers): ClientSubprotocol<void> {
  return {
    name: 'time',
    features: [],
    routes: [{ kind: 'iq', payload: TIME }],
    logic: requestResponder(handlers),
    api: () => {},
  };
}

function request(type: string): string {
  return `<iq type="${type}" id="q1" from="romeo@montague.example/orchard"><time xmlns="urn:xmpp:time"/></iq>`;
}

function result(payload: string): RegExp {
  return new RegExp(`^<iq type="result" id="q1" to="romeo@montague.example/orchard">${payload}</iq>$`);
}

function error(type: string, condition: string, text = ''): RegExp {
  return new RegExp(
    `^<iq type="error" id="q1" to="romeo@montague.example/orchard"><error type="${type}"><${condition} xmlns="${STANZAS}"/>${text}</error></iq>$`,
  );
}
