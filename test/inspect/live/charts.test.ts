import { describe, expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { Charts } from '../../../src/inspect/live/charts.ts';
import type { ClientSubprotocol } from '../../../src/node.ts';
import { rejectionOf } from '../../support/when.ts';
import { ask } from './page.ts';
import { openStage } from './stage.ts';

const { stage } = openStage();

/** A subprotocol of an application, with a chart of its own. */
const door: ClientSubprotocol<void> = {
  name: 'door',
  features: [],
  routes: [],
  logic: createMachine({
    id: 'the <door>',
    initial: 'closed',
    states: {
      closed: { description: 'Nobody comes in.', on: { 'session.started': 'ajar' } },
      ajar: { after: { 60000: 'closed' } },
    },
  }),
  api: () => {},
};

describe('charts over HTTP', () => {
  test('are there for the client and for machines of the application, by the key that the list of actors says', async () => {
    const { makeClient, inspect, openPage } = await stage();
    const client = makeClient();
    client.use(door);
    const inspector = await inspect(client);
    const page = await openPage(inspector);
    client.start();
    const actors = await page.until(({ messages }) =>
      messages
        .flatMap((message) => (message.type === 'actors' ? [message.actors] : []))
        .find((all) => all.some(({ name, states }) => name === 'door' && states.includes('ajar'))),
    );
    const shown = actors.find(({ name }) => name === 'door');
    expect(shown).toMatchObject({ chart: 'the-door-', status: 'active', states: ['ajar'] });
    expect(shown?.deadlines).toEqual([{ state: 'ajar', name: '60000', at: (shown?.since.ajar ?? 0) + 60_000 }]);
    const { pathname } = new URL(inspector.url);
    for (const [key, name, state] of [
      ['client', 'client', 'linked.securing.handshaking'],
      ['the-door-', 'the <door>', 'ajar'],
    ]) {
      const { status, headers, body } = await ask(inspector.url, `${pathname}charts/${key}`);
      expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
      const chart = JSON.parse(body);
      expect(chart.name).toBe(name);
      expect(chart.svg).toMatch(/^<svg /);
      expect(chart.svg).toContain(`data-state="${state}"`);
      expect(chart.svg).not.toContain('<style');
      expect(chart.svg).not.toContain('<door>');
    }
  });

  test('that do not exist are answered in words', async () => {
    const { makeClient, inspect } = await stage();
    const { url } = await inspect(makeClient());
    const { status, body } = await ask(url, `${new URL(url).pathname}charts/nobody`);
    expect([status, body]).toEqual([404, 'There is no such chart any more\n']);
  });
});

describe('charts', () => {
  test('of two machines with one id have two keys; with other implementations it is the same chart', () => {
    const charts = new Charts(async () => '<svg/>');
    const [one, other] = [createMachine({ id: 'room' }), createMachine({ id: 'room' })];
    expect([one, other, one.provide({}), other].map((machine) => charts.keyOf(snapshotOf(machine)))).toEqual([
      'room',
      'room-2',
      'room',
      'room-2',
    ]);
  });

  test('have that of a client from the beginning, for recordings; another machine of that name has another key', async () => {
    const charts = new Charts(async ({ id }) => `<svg>${id}</svg>`);
    expect(await charts.chart('client')).toEqual({ name: 'client', svg: '<svg>client</svg>' });
    expect(charts.keyOf(snapshotOf(createMachine({ id: 'client' })))).toBe('client-2');
  });

  test('are drawn when they are wanted, once', async () => {
    const drawn: string[] = [];
    const charts = new Charts(async ({ id }) => {
      drawn.push(id);
      return `<svg>${drawn.length}</svg>`;
    });
    const key = charts.keyOf(snapshotOf(createMachine({ id: 'room' })));
    expect(drawn).toEqual([]);
    const chart = { name: 'room', svg: '<svg>1</svg>' };
    expect(await Promise.all([charts.chart(key), charts.chart(key)])).toEqual([chart, chart]);
    expect(drawn).toEqual(['room']);
    expect(charts.chart('hall')).toBe(undefined);
  });

  test('that cannot be drawn say why', async () => {
    const charts = new Charts(async () => {
      throw new Error('too large');
    });
    const key = charts.keyOf(snapshotOf(createMachine({ id: 'room' })));
    expect(await rejectionOf(charts.chart(key) ?? Promise.resolve())).toEqual(new Error('too large'));
  });

  test('of machines that are made without end are forgotten, the oldest first', () => {
    const charts = new Charts(async () => '<svg/>');
    const first = snapshotOf(createMachine({ id: 'first' }));
    charts.keyOf(first);
    for (let count = 0; count < 200; count += 1) charts.keyOf(snapshotOf(createMachine({ id: 'room' })));
    expect(charts.chart('first')).toBe(undefined);
    expect(charts.keyOf(first)).toBe('first');
  });
});

function snapshotOf(machine: ReturnType<typeof createMachine>) {
  return createActor(machine).getSnapshot();
}
