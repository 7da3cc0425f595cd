import { type Element, element } from '../../xml/index.ts';
import type { ChartState } from './chart.ts';
import type { Rectangle } from './geometry.ts';
import type { Layout } from './layout.ts';
import { shortened, TEXT } from './measure.ts';
import { noteTexts, PADDING } from './measure-picture.ts';
import type { Box, Picture } from './picture.ts';
import { printable } from './printable.ts';
import { drawLine, rounded } from './svg-arrows.ts';

/** What a class may look like: a tag may be any text. */
const CLASS = /^[\w-]+$/;

/** Radius of the dot beside the state where its parent begins. */
const DOT = 4.5;

/** The machine itself, with all states inside. */
export function drawStates(picture: Picture, layout: Layout): Element {
  return drawState('', picture, layout);
}

function drawState(path: string, picture: Picture, layout: Layout): Element {
  const box = picture.boxes.get(path) ?? { state: picture.tree.root, notes: [] };
  const { state } = box;
  const place = layout.boxes.get(path);
  return element(
    'g',
    { class: classesOf(state, picture), 'data-state': printable(path) },
    ...(state.description === undefined ? [] : [element('title', {}, printable(state.description))]),
    ...(place === undefined ? [] : drawBox(box, place)),
    ...picture.tree.childrenOf(path).map((inner) => drawState(inner.path, picture, layout)),
  );
}

function classesOf({ path, kind, parent, tags }: ChartState, { tree }: Picture): string {
  const isRegion = parent !== undefined && tree.at(parent)?.kind === 'parallel';
  const classes = ['state', kind, path === '' && 'root', isRegion && 'region'];
  return [...classes.filter(Boolean), ...tags.filter((tag) => CLASS.test(tag)).map((tag) => `tag-${tag}`)].join(' ');
}

function drawBox(box: Box, place: Rectangle): Element[] {
  const { state } = box;
  const frame = element('rect', { class: 'box', ...frameOf(place, 0), rx: state.kind === 'history' ? 14 : 8 });
  const double = state.kind === 'final' ? [element('rect', { class: 'inner', ...frameOf(place, 3), rx: 5 })] : [];
  const mark = state.isInitial ? drawMark(place) : [];
  return [
    frame,
    ...double,
    ...mark,
    ...(state.kind === 'history' ? [drawHistory(state, place)] : drawTexts(box, place)),
  ];
}

function frameOf({ x, y, width, height }: Rectangle, inset: number): Readonly<Record<string, number>> {
  return {
    x: rounded(x + inset),
    y: rounded(y + inset),
    width: rounded(width - 2 * inset),
    height: rounded(height - 2 * inset),
  };
}

function drawTexts(box: Box, { x, y }: Rectangle): Element[] {
  const name = element(
    'text',
    { class: 'name', x: rounded(x + PADDING), y: rounded(y + PADDING + 12) },
    printable(shortened(box.state.name)),
  );
  const notes = noteTexts(box).map((text, index) =>
    element('text', { class: 'note', x: rounded(x + PADDING), y: rounded(noteTop(y, index) + 11) }, printable(text)),
  );
  return [name, ...notes];
}

/** The upper edge of a line below the name of a state. */
export function noteTop(top: number, index: number): number {
  return top + PADDING + TEXT.name.line - 2 + index * TEXT.note.line;
}

function drawMark({ x, y }: Rectangle): Element[] {
  const level = y + 15;
  const dot = { x: x - 15, y: level };
  return [
    element('circle', { class: 'dot', cx: rounded(dot.x), cy: rounded(dot.y), r: DOT }),
    ...drawLine([dot, { x, y: level }]),
  ];
}

function drawHistory({ history }: ChartState, { x, y, width, height }: Rectangle): Element {
  const text = history === 'deep' ? 'H*' : 'H';
  const middle = { x: rounded(x + width / 2), y: rounded(y + height / 2 + 4.5) };
  return element('text', { class: 'name', ...middle, 'text-anchor': 'middle' }, text);
}
