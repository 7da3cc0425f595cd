import { DOMParser, type Element } from '@xmldom/xmldom';
import { expect, test } from 'vitest';
import { createActor, createMachine, transition } from 'xstate';
import { clientMachine } from '../../../machines/index.ts';
import { coverageSvg } from '../../../src/inspect/coverage/index.ts';
import { chartGraph, renderSvg } from '../../../src/inspect/graph/index.ts';
import { coverAllMachines } from '../../../src/testing/coverage/all-machines.ts';
import { emptyCoverage } from '../../../src/testing/coverage/chart-coverage.ts';
import { coverageOf } from '../../../src/testing/coverage/report.ts';

const config = {
  id: 'lamp',
  initial: 'off',
  states: {
    off: { on: { press: [{ guard: () => false, target: 'broken' }, { target: 'lit' }] } },
    lit: { initial: 'warm', on: { press: 'off' }, states: { warm: {}, last: { type: 'history', target: 'warm' } } },
    broken: { on: { mend: 'off' } },
  },
} as const;

test('what was taken has another class than what was missed', async () => {
  const all = coverAllMachines();
  const machine = createMachine(config);
  const actor = createActor(machine).start();
  actor.send({ type: 'press' });
  transition(machine, actor.getSnapshot(), { type: 'press' });
  all.stop();
  const [coverage = emptyCoverage(machine)] = coverageOf([machine], all.charts());
  const root = parse(await coverageSvg(machine, coverage));
  expect(groups(root, 'state').map(classOf)).toEqual([
    ' state compound root',
    'off state atomic covered',
    'lit state compound covered',
    'lit.warm state atomic covered',
    'lit.last state history',
    'broken state atomic missed',
  ]);
  expect(groups(root, 'transition').map(classOf)).toEqual([
    'lit.last  lit.warm transition always',
    'off press lit transition event covered',
    'lit press off transition event covered pure',
    'off press broken transition event missed',
    'broken mend off transition event missed',
  ]);
  expect(root.getElementsByTagName('style')[0]?.textContent).toMatch(/\.missed > \.trace/);
});

test('the picture is that of the chart otherwise, however large it is', async () => {
  const plain = parse(await renderSvg(chartGraph(clientMachine)));
  const coloured = parse(await coverageSvg(clientMachine, emptyCoverage(clientMachine)));
  for (const name of ['g', 'path', 'rect', 'text', 'title']) {
    expect([name, coloured.getElementsByTagName(name).length]).toEqual([name, plain.getElementsByTagName(name).length]);
  }
  expect(groups(coloured, 'missed').length).toBeGreaterThan(200);
});

test('the coverage of another machine has no place in it', async () => {
  const other = createMachine({ ...config, states: { ...config.states, broken: {} } });
  await expect(coverageSvg(createMachine(config), emptyCoverage(other))).rejects.toThrow(
    new TypeError('The coverage is of a machine lamp that has other states or transitions than this one.'),
  );
});

function parse(svg: string): Element {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  if (root === null) throw new Error('The document is empty');
  return root;
}

function groups(root: Element, name: string): Element[] {
  return Array.from(root.getElementsByTagName('g')).filter((group) =>
    (group.getAttribute('class') ?? '').split(' ').includes(name),
  );
}

function classOf(group: Element): string {
  const names = ['data-state', 'data-source', 'data-event', 'data-target'].map((name) => group.getAttribute(name));
  return [...names.filter((name) => name !== null), group.getAttribute('class')].join(' ');
}
