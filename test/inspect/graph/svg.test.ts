import { DOMParser, type Element } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { authenticationMachine, clientMachine, sessionMachine } from '../../../machines/index.ts';
import { CHART_STYLES, chartGraph, renderSvg } from '../../../src/inspect/graph/index.ts';
import { chain, doorMachine, mesh } from './machines.ts';

const oddMachine = createMachine({
  id: 'odd & "id"',
  initial: '<script>',
  states: {
    '<script>': { description: 'says "hi" & <bye>\u0000', tags: ['a b', 'safe'], on: { '"e"<': "it's\ud800" } },
    "it's\ud800": {},
  },
});

describe('an SVG', () => {
  test.each([doorMachine, clientMachine, sessionMachine, authenticationMachine, chain(300), mesh(300)])(
    'of $id has every state and every transition',
    async (machine: AnyStateMachine) => {
      const graph = chartGraph(machine);
      const root = parse(await renderSvg(graph));
      const states = groups(root, 'state').map((group) => group.getAttribute('data-state') ?? '');
      expect(states.toSorted()).toEqual(graph.states.map(({ path }) => path).toSorted());
      expect(groups(root, 'transition').map(keyOf)).toEqual(
        graph.transitions.map(({ source, targets, event }) => [source, targets.join(' '), event]),
      );
      expect(groups(root, 'transition').filter((group) => group.getElementsByTagName('*').length < 2)).toEqual([]);
    },
  );

  test('nests states as the machine does, with kind, tags and description', async () => {
    const root = parse(await renderSvg(chartGraph(doorMachine)));
    const shape = groups(root, 'state').map((group) => [
      group.getAttribute('data-state'),
      group.getAttribute('class'),
      parentState(group),
      titleOf(group),
    ]);
    expect(shape).toEqual([
      ['', 'state compound root', undefined, undefined],
      ['closed', 'state atomic tag-safe', '', 'Nobody gets in.'],
      ['open', 'state compound', '', undefined],
      ['open.wide', 'state atomic', 'open', undefined],
      ['open.ajar', 'state atomic', 'open', undefined],
      ['broken', 'state final', '', undefined],
    ]);
  });

  test('says what a transition does to those who point at it', async () => {
    const root = parse(await renderSvg(chartGraph(doorMachine)));
    expect(groups(root, 'transition').map(titleOf)).toEqual([
      'alarm.rang → broken',
      'closed: knock [isFriend] → open / greet',
      'closed: knock / growl',
      'closed: mouse.*',
      'open: porter is done → closed',
      'open: porter failed → broken',
      'open: after 1.5 s → open.ajar',
      'open: after patience → closed',
      'open.wide: push → open.ajar',
      'open.ajar: always [isWindy(above: 3)] → broken',
    ]);
  });

  test('escapes whatever names and descriptions are made of', async () => {
    const root = parse(await renderSvg(chartGraph(oddMachine)));
    expect(root.getElementsByTagName('script').length).toBe(0);
    const [, first] = groups(root, 'state');
    expect(first && [first.getAttribute('data-state'), first.getAttribute('class'), titleOf(first)]).toEqual([
      '<script>',
      'state atomic tag-safe',
      'says "hi" & <bye>\ufffd',
    ]);
    expect(groups(root, 'transition').map(keyOf)).toEqual([['<script>', "it's\ufffd", '"e"<']]);
    expect(titleOf(root)).toBe('Statechart odd & "id"');
  });

  test('is an image with a name and a description', async () => {
    const root = parse(await renderSvg(chartGraph(doorMachine)));
    expect(root.getAttribute('role')).toBe('img');
    expect(titleOf(root)).toBe('Statechart door');
    expect(root.getElementsByTagName('desc')[0]?.textContent).toBe(
      '5 states and 10 transitions. Outermost states: closed, open, broken.',
    );
  });

  test('has its styles inside, or none at all for a page that forbids them', async () => {
    const graph = chartGraph(doorMachine);
    expect(parse(await renderSvg(graph)).getElementsByTagName('style')[0]?.textContent).toBe(CHART_STYLES);
    const bare = await renderSvg(graph, { styles: false });
    expect(bare).not.toMatch(/<style|style=/);
    expect(groups(parse(bare), 'transition').length).toBe(10);
  });

  test('is the same each time', async () => {
    const graph = chartGraph(clientMachine);
    expect(await renderSvg(graph)).toBe(await renderSvg(graph));
  });

  test('runs in right angles, and within its borders', async () => {
    const root = parse(await renderSvg(chartGraph(clientMachine)));
    const [left = 0, top = 0, width = 0, height = 0] = (root.getAttribute('viewBox') ?? '').split(' ').map(Number);
    const routes = Array.from(root.getElementsByTagName('path'))
      .filter((path) => path.getAttribute('class')?.startsWith('line'))
      .map((path) =>
        [...(path.getAttribute('d') ?? '').matchAll(/[ML](\S+) ([^ML]+)/g)].map(
          ([, x, y]) => [Number(x), Number(y)] as const,
        ),
      );
    expect(routes.length).toBeGreaterThan(40);
    const slanted = routes.filter((route) =>
      route.some(([x, y], index) => {
        const [before, above] = route[index - 1] ?? [x, y];
        return x !== before && y !== above;
      }),
    );
    expect(slanted).toEqual([]);
    const outside = routes.flat().filter(([x, y]) => x < left || y < top || x > left + width || y > top + height);
    expect(outside).toEqual([]);
  });
});

describe('the picture of the client', () => {
  test('leads down: each step of a login stands below the one before', async () => {
    const root = parse(await renderSvg(chartGraph(clientMachine)));
    const tops = HAPPY_PATH.map((path) => Number(boxOf(root, path)?.getAttribute('y')));
    expect(tops).toEqual(tops.toSorted((one, other) => one - other));
    expect(new Set(tops).size).toBe(HAPPY_PATH.length);
  });

  test('has what goes wrong on one side', async () => {
    const root = parse(await renderSvg(chartGraph(clientMachine)));
    const linked = boxOf(root, 'linked');
    const edge = Number(linked?.getAttribute('x')) + Number(linked?.getAttribute('width'));
    const aside = ['failing', 'reconnecting', 'failed', 'broken'].map((path) =>
      Number(boxOf(root, path)?.getAttribute('x')),
    );
    expect(aside.filter((x) => !(x > edge))).toEqual([]);
  });

  test('has one arrow for all that lead to failing from a connection', async () => {
    const root = parse(await renderSvg(chartGraph(clientMachine)));
    const labels = Array.from(root.getElementsByTagName('text')).map((text) => text.textContent);
    expect(labels).toContain('remember out of turn: 12 events');
    expect(labels.filter((text) => text === 'after connectDeadline → failing').length).toBe(1);
  });
});

const HAPPY_PATH = [
  'offline',
  'resolving',
  'linked',
  'linked.connecting',
  'linked.opening',
  'linked.securing',
  'linked.secured',
  'linked.authenticating',
  'linked.restarting',
  'linked.binding',
  'linked.establishing',
  'linked.online',
];

function parse(svg: string): Element {
  const root = new DOMParser({ onError: fail }).parseFromString(svg, 'image/svg+xml').documentElement;
  if (root === null) throw new Error('The document is empty');
  return root;
}

/** It warns of what stands for a character that no document can have. */
function fail(level: string, message: string): void {
  if (level !== 'warning') throw new Error(`${level}: ${message}`);
}

function groups(root: Element, name: string): Element[] {
  return Array.from(root.getElementsByTagName('g')).filter((group) =>
    (group.getAttribute('class') ?? '').split(' ').includes(name),
  );
}

function keyOf(group: Element): (string | null)[] {
  return ['data-source', 'data-target', 'data-event'].map((name) => group.getAttribute(name));
}

function titleOf(group: Element): string | undefined {
  const title = Array.from(group.childNodes).find(({ nodeName }) => nodeName === 'title');
  return title?.textContent ?? undefined;
}

function parentState(group: Element): string | null | undefined {
  const parent = groups(group.ownerDocument?.documentElement ?? group, 'state').find((other) =>
    Array.from(other.childNodes).some((child) => child === group),
  );
  return parent?.getAttribute('data-state');
}

function boxOf(root: Element, path: string): Element | undefined {
  const state = groups(root, 'state').find((group) => group.getAttribute('data-state') === path);
  return state?.getElementsByTagName('rect')[0];
}
