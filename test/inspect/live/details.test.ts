import { expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { describeDetails, describeError } from '../../../src/inspect/live/details.ts';
import { clientInput, element, parseJid, SessionEndedError } from '../../../src/node.ts';
import { Sealed } from '../../../src/sasl/index.ts';

test('an event is told without its type, as text for people', () => {
  const machine = createMachine({ id: 'door', initial: 'closed', states: { closed: {} } });
  const actor = createActor(machine, { id: 'front' }).start();
  const known: [object, string][] = [
    [{ type: 'a' }, ''],
    [{ type: 'a', n: 1, yes: true, none: null, nothing: undefined, big: 2n }, 'n: 1, yes: true, none: null, big: 2'],
    [{ type: 'a', f: () => 1, s: Symbol('s') }, ''],
    [{ type: 'a', text: 'a "b"\n\u202e' }, 'text: "a \\"b\\"\\n\u202e"'],
    [{ type: 'a', jid: parseJid('juliet@capulet.example/balcony') }, 'jid: juliet@capulet.example/balcony'],
    [{ type: 'a', payload: new Sealed('secret') }, 'payload: [sealed]'],
    [{ type: 'a', reason: new SessionEndedError('Over', { condition: 'lost' }) }, 'reason: session/lost: Over'],
    [{ type: 'a', error: new RangeError('Too far') }, 'error: RangeError: Too far'],
    [{ type: 'a', actor }, 'actor: [actor front]'],
    [{ type: 'a', snapshot: actor.getSnapshot() }, 'snapshot: [closed]'],
    [{ type: 'a', bytes: new Uint8Array(3), map: new Map([[1, 2]]) }, 'bytes: [3 bytes], map: [1 entries]'],
    [{ type: 'a', at: new Date(0), never: new Date(Number.NaN) }, 'at: 1970-01-01T00:00:00.000Z, never: no date'],
    [{ type: 'a', list: [1, 'b', () => 1, [2]], empty: {} }, 'list: [1, "b", undefined, [2]], empty: {}'],
    [{ type: 'a', a: { b: { c: { d: { e: 1 } } } } }, 'a: { b: { c: { d: {…} } } }'],
    [
      { type: 'a', password: 'x', accessToken: 'y', inner: { Secret: 'z' } },
      'password: [hidden], accessToken: [hidden], inner: { Secret: [hidden] }',
    ],
  ];
  expect(known.map(([event]) => describeDetails(event))).toEqual(known.map(([, text]) => text));
});

test('elements are told as XML, by their beginning', () => {
  const stanza = element('{jabber:client}message', { id: '"1"' }, element('body', {}, '<b> & '), element('{urn:x}x'));
  expect(describeDetails({ type: 'a', stanza })).toBe(
    'stanza: <message xmlns="jabber:client" id="&quot;1&quot;"><body>&lt;b> &amp; </body><x xmlns="urn:x"/></message>',
  );
  const long = element('{jabber:client}message', {}, element('body', {}, 'x'.repeat(1_000_000)));
  expect(describeDetails({ type: 'a', long })).toBe(
    `long: <message xmlns="jabber:client"><body>${'x'.repeat(200 - 37)}…`,
  );
});

test('the settings of the client, which every actor is given, are not told', () => {
  const settings = clientInput({ jid: 'juliet@capulet.example', password: 'balcony' });
  expect(describeDetails({ type: 'xstate.init', input: { settings } })).toBe(
    'input: { settings: [settings of the client] }',
  );
});

test('whatever an event does when it is looked at, there is a text, and never a long one', () => {
  const circle: { self?: object } = {};
  circle.self = circle;
  const hostile: object[] = [
    {
      type: 'a',
      get trap() {
        throw new Error('no');
      },
    },
    {
      type: 'a',
      trap: new Proxy(
        {},
        {
          get() {
            throw new Error('no');
          },
          has() {
            throw new Error('no');
          },
        },
      ),
    },
    {
      type: 'a',
      trap: new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no');
          },
        },
      ),
    },
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no');
        },
      },
    ),
    {
      type: 'a',
      error: Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('no');
        },
      }),
    },
    { type: 'a', circle },
    { type: 'a', name: 'x', namespace: 'y', attributes: null, children: [] },
    { type: 'a', fake: { name: 'x', namespace: 'y', attributes: { a: 1 }, children: [{}] } },
    { type: 'a', long: 'x'.repeat(1_000_000) },
    { type: 'a', wide: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index])) },
    { type: 'a', list: Array.from({ length: 1_000_000 }, () => 'x') },
  ];
  for (const event of hostile) expect(describeDetails(event).length).toBeLessThanOrEqual(610);
  expect(hostile.slice(0, 4).map(describeDetails)).toEqual([
    'trap: "(cannot be read)"',
    'trap: (cannot be read)',
    'trap: (cannot be read)',
    '(cannot be read)',
  ]);
});

test('what is thrown need not be an error', () => {
  const hostile = {
    toString: () => {
      throw new Error('no');
    },
  };
  expect(['text', undefined, { a: 1 }, hostile].map(describeError)).toEqual([
    'text',
    'undefined',
    '[object Object]',
    '(cannot be read)',
  ]);
});
