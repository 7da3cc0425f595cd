import type { ElkEdgeSection, ElkNode } from 'elkjs/lib/elk.bundled.js';
import { cross, slotHeights } from './channel.ts';
import { edgeId, elkGraph, isTurned, MARK, nodeId } from './elk-graph.ts';
import type { Point, Rectangle, Route } from './geometry.ts';
import { boxSize } from './measure-picture.ts';
import type { Arrow, Picture } from './picture.ts';

/** Where everything stands. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By path. */
  readonly boxes: ReadonlyMap<string, Rectangle>;
  readonly arrows: readonly PlacedArrow[];
}

/** An arrow with its way and the place of its text. */
export interface PlacedArrow {
  readonly arrow: Arrow;
  readonly route: Route;
  readonly label: Rectangle;
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };

/** Finds a place for everything in a picture. Loads the layout program, 1.6 MB, when it is needed first. */
export async function layOut(picture: Picture): Promise<Layout> {
  const { default: elk } = await import('elkjs/lib/elk.bundled.js');
  const layouter = new elk.default();
  const place = async (paths: readonly string[]): Promise<Column> =>
    columnOf(await layouter.layout(elkGraph(paths, picture, slotHeights(picture))), picture);
  const first = await place(picture.columns.first);
  if (picture.columns.second.length === 0) return layoutOf(first, picture);
  return layoutOf(beside(first, await place(picture.columns.second), picture), picture);
}

interface Column {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Rectangle>;
  readonly arrows: ReadonlyMap<Arrow, { readonly route: Route; readonly label: Rectangle }>;
}

/** Under the name of the machine and what is noted of it. */
function layoutOf(column: Column, picture: Picture): Layout {
  const head = boxSize(picture.boxes.get(''));
  const { boxes, arrows } = moved(column, { x: 0, y: head.height });
  const [width, height] = [Math.max(head.width, column.width), head.height + column.height];
  return {
    width,
    height,
    boxes: new Map([['', { x: 0, y: 0, width, height }], ...boxes]),
    arrows: picture.arrows.map((arrow) => ({ arrow, ...(arrows.get(arrow) ?? { route: [], label: NOWHERE }) })),
  };
}

/** The second column stands beside the state that the first one leads to. */
function beside(first: Column, second: Column, picture: Picture): Column {
  const heart = first.boxes.get(picture.columns.first.at(-1) ?? '') ?? NOWHERE;
  const lowered = moved(second, { x: 0, y: heart.y });
  const { width, routes } = cross(picture, new Map([...first.boxes, ...lowered.boxes]), first.width);
  const aside = moved(lowered, { x: first.width + width, y: 0 });
  return {
    width: first.width + width + second.width,
    height: Math.max(first.height, heart.y + second.height),
    boxes: new Map([...first.boxes, ...aside.boxes]),
    arrows: new Map([...first.arrows, ...aside.arrows, ...routes]),
  };
}

function moved({ width, height, boxes, arrows }: Column, by: Point): Column {
  const move = <T extends Point>(point: T): T => ({ ...point, x: point.x + by.x, y: point.y + by.y });
  return {
    width,
    height,
    boxes: new Map([...boxes].map(([path, box]) => [path, move(box)])),
    arrows: new Map(
      [...arrows].map(([arrow, { route, label }]) => [arrow, { route: route.map(move), label: move(label) }]),
    ),
  };
}

function columnOf(placed: ElkNode, picture: Picture): Column {
  const nodes = withInner(placed);
  const rectangles = new Map(nodes.map((node) => [node.id, rectangle(node)]));
  const edges = new Map(nodes.flatMap(({ edges = [] }) => edges).map((edge) => [edge.id, edge]));
  const boxes = new Map<string, Rectangle>();
  for (const { path, isInitial } of picture.graph.states) {
    const whole = rectangles.get(nodeId(path));
    if (whole) boxes.set(path, isInitial ? { ...whole, x: whole.x + MARK, width: whole.width - MARK } : whole);
  }
  const arrows = new Map<Arrow, { readonly route: Route; readonly label: Rectangle }>();
  for (const [index, arrow] of picture.arrows.entries()) {
    const edge = edges.get(edgeId(index));
    if (edge === undefined) continue;
    const route = routeOf(edge.sections);
    const label = rectangle(edge.labels?.[0] ?? NOWHERE);
    arrows.set(arrow, { route: isTurned(arrow, picture) ? route.toReversed() : route, label });
  }
  return { width: Math.ceil(placed.width ?? 0), height: Math.ceil(placed.height ?? 0), boxes, arrows };
}

function withInner(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(withInner)];
}

function rectangle({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rectangle>): Rectangle {
  return { x, y, width, height };
}

function routeOf(sections: readonly ElkEdgeSection[] = []): Route {
  return squared(
    sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]),
  );
}

/** The layout program slips by a few pixels where an arrow enters a state around its end: that becomes a step. */
function squared(route: Route): Route {
  return route.flatMap((point, index) => {
    const before = route[index - 1];
    if (before === undefined || before.x === point.x || before.y === point.y) return [point];
    const level = (before.y + point.y) / 2;
    return [{ x: before.x, y: level }, { x: point.x, y: level }, point];
  });
}
