import { type Element, element } from '../../xml/index.ts';
import type { ChartTransition } from './chart.ts';
import type { Rectangle } from './geometry.ts';
import type { Layout } from './layout.ts';
import type { Line } from './lines.ts';
import { TEXT } from './measure.ts';
import { labelTexts } from './measure-picture.ts';
import type { Picture } from './picture.ts';
import { printable } from './printable.ts';
import { pathThrough, rounded } from './svg-arrows.ts';
import { noteTop } from './svg-states.ts';

/**
 * Every transition, with the arrows and lines of text that speak of it. These parts cannot be seen as long as it does not have the
 * class `last`, but they can be pointed at: then the browser shows their title.
 */
export function drawTransitions(picture: Picture, layout: Layout): Element[] {
  const parts = partsOf(picture, layout);
  return picture.graph.transitions.map((transition) =>
    element(
      'g',
      {
        class: `transition ${transition.kind}`,
        'data-source': printable(transition.source),
        'data-target': printable(transition.targets.join(' ')),
        'data-event': printable(transition.event),
      },
      element('title', {}, printable(sentenceOf(transition))),
      ...(parts.get(transition) ?? []),
    ),
  );
}

function partsOf({ boxes }: Picture, layout: Layout): ReadonlyMap<ChartTransition, readonly Element[]> {
  const parts = new Map<ChartTransition, Element[]>();
  const add = (line: Line, part: Element): void => {
    for (const transition of line.transitions) parts.set(transition, [...(parts.get(transition) ?? []), part]);
  };
  for (const { arrow, route, label } of layout.arrows) {
    const trace = element('path', { class: 'trace', d: pathThrough(route) });
    let { y } = label;
    for (const line of arrow.lines) {
      const height = labelTexts(line).length * TEXT.label.line;
      add(line, trace);
      if (height > 0) add(line, markOf({ ...label, y, height }));
      y += height;
    }
  }
  for (const [path, { state, notes }] of boxes) {
    const { x, y, width } = layout.boxes.get(path) ?? { x: 0, y: 0, width: 0 };
    for (const [index, line] of notes.entries()) {
      const top = noteTop(y, state.invokes.length + index);
      add(line, markOf({ x: x + 5, y: top, width: width - 10, height: TEXT.note.line }));
    }
  }
  return parts;
}

function markOf({ x, y, width, height }: Rectangle): Element {
  return element('rect', {
    class: 'mark',
    x: rounded(x),
    y: rounded(y),
    width: rounded(width),
    height: rounded(height),
    rx: 3,
  });
}

/** `linked.connecting: transport.connected [usesDirectTls] → linked.securing.handshaking / rememberRoundTrip` */
function sentenceOf({ source, targets, label, guard, actions, description }: ChartTransition): string {
  const way = targets.length === 0 ? [] : ['→', targets.map((target) => target || 'the beginning').join(', ')];
  const what = [label, ...(guard === undefined ? [] : [`[${guard}]`]), ...way];
  const doing = actions.length === 0 ? [] : ['/', actions.join(', ')];
  const sentence = [source === '' ? what.join(' ') : `${source}: ${what.join(' ')}`, ...doing].join(' ');
  return description === undefined ? sentence : `${sentence}\n${description}`;
}
