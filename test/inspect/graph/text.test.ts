import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { chartGraph, renderDot, renderMermaid } from '../../../src/inspect/graph/index.ts';
import { doorMachine } from './machines.ts';

const door = chartGraph(doorMachine);

test('Mermaid of the whole machine', () => {
  expect(renderMermaid(door)).toBe(`stateDiagram-v2
  state "closed" as s1_closed
  state "open" as s2_open {
    state "wide" as s3_open_wide
    state "ajar" as s4_open_ajar
    [*] --> s3_open_wide
  }
  state "broken" as s5_broken
  [*] --> s1_closed
  s5_broken --> [*]
  s1_closed --> s2_open : knock [isFriend]
  s2_open --> s1_closed : porter is done<br/>after patience
  s2_open --> s5_broken : porter failed
  s2_open --> s4_open_ajar : after 1.5 s
  s3_open_wide --> s4_open_ajar : push
  s4_open_ajar --> s5_broken : [isWindy(above#58; 3)]
`);
});

test('Mermaid of one state, with what it leads to', () => {
  expect(renderMermaid(door, { state: 'open' })).toBe(`stateDiagram-v2
  state "wide" as s3_open_wide
  state "ajar" as s4_open_ajar
  state "broken" as s5_broken
  [*] --> s3_open_wide
  s3_open_wide --> s4_open_ajar : push
  s4_open_ajar --> s5_broken : [isWindy(above#58; 3)]
`);
});

test('Mermaid divides regions, and escapes what it would read as more than text', () => {
  const machine = createMachine({
    type: 'parallel',
    states: { '<b>"x"': { on: { 'a;b: #c %%': 'y\n{' } }, 'y\n{': { initial: 'z', states: { z: {} } } },
  });
  expect(renderMermaid(chartGraph(machine))).toBe(`stateDiagram-v2
  state "#60;b#62;#34;x#34;" as s1__b_x_
  --
  state "y #123;" as s2_y_ {
    state "z" as s3_y_z
    [*] --> s3_y_z
  }
  s1__b_x_ --> s2_y_ : a#59;b#58; #35;c #37;#37;
`);
});

test('DOT has clusters, and arrows that end at their borders', () => {
  expect(renderDot(door)).toBe(`digraph "door" {
  compound=true;
  rankdir=TB;
  node [shape=box, style=rounded, fontname="sans-serif", fontsize=12];
  edge [fontname="sans-serif", fontsize=10];
  fontname="sans-serif";
  label="door";
  labelloc=t;
  "initial:" [shape=point, width=0.12, label=""];
  "closed" [label="closed", tooltip="Nobody gets in."];
  subgraph "cluster_open" {
    label="open";
    style=rounded;
    "initial:open" [shape=point, width=0.12, label=""];
    "open.wide" [label="wide"];
    "open.ajar" [label="ajar"];
    "initial:open" -> "open.wide";
  }
  "broken" [label="broken", peripheries=2];
  "initial:" -> "closed";
  "closed" -> "open.wide" [label="knock [isFriend]", lhead="cluster_open"];
  "open.wide" -> "closed" [label="porter is done\\nafter patience", ltail="cluster_open"];
  "open.wide" -> "broken" [label="porter failed", ltail="cluster_open"];
  "open.wide" -> "open.ajar" [label="after 1.5 s"];
  "open.wide" -> "open.ajar" [label="push"];
  "open.ajar" -> "broken" [label="[isWindy(above: 3)]"];
}
`);
});

test('DOT quotes quotes, backslashes and line ends', () => {
  const machine = createMachine({ id: 'a"b', initial: 'c\\', states: { 'c\\': { description: 'one\ntwo' } } });
  expect(renderDot(chartGraph(machine))).toContain('"c\\\\" [label="c\\\\", tooltip="one\\ntwo"];');
  expect(renderDot(chartGraph(machine)).split('\n')[0]).toBe('digraph "a\\"b" {');
});
