import { type Element, element } from '../../xml/index.ts';
import type { Point, Route } from './geometry.ts';
import type { PlacedArrow } from './layout.ts';
import { TEXT } from './measure.ts';
import { labelTexts } from './measure-picture.ts';
import { printable } from './printable.ts';

/** Length and half the width of the head of an arrow. */
const HEAD = { length: 8, half: 4 } as const;

/** From the upper edge of a line of text to its base line. */
const BASE = 12;

/** A line with a head at its end; a strong one where the eye should go first. */
export function drawLine(route: Route, isStrong = false): Element[] {
  const [before, end] = [route.at(-2), route.at(-1)];
  if (before === undefined || end === undefined) return [];
  const towards = { x: Math.sign(end.x - before.x), y: Math.sign(end.y - before.y) };
  const neck = { x: end.x - towards.x * HEAD.length, y: end.y - towards.y * HEAD.length };
  const aside = { x: towards.y * HEAD.half, y: towards.x * HEAD.half };
  const corners = [end, { x: neck.x - aside.x, y: neck.y - aside.y }, { x: neck.x + aside.x, y: neck.y + aside.y }];
  return [
    element('path', { class: isStrong ? 'line onward' : 'line', d: pathThrough([...route.slice(0, -1), neck]) }),
    element('path', { class: 'head', d: `${pathThrough(corners)}Z` }),
  ];
}

/** What is written beside an arrow. */
export function drawTexts({ arrow, label }: PlacedArrow): Element[] {
  return arrow.lines
    .flatMap(labelTexts)
    .map((text, index) =>
      element(
        'text',
        { class: 'label', x: rounded(label.x + 4), y: rounded(label.y + BASE + index * TEXT.label.line) },
        printable(text),
      ),
    );
}

/** A way as the attribute `d` has it. */
export function pathThrough(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${rounded(x)} ${rounded(y)}`).join('');
}

/** Tenths of a pixel are enough, and files stay small. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
