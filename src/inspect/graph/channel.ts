import type { Rectangle, Route } from './geometry.ts';
import { labelSize } from './measure-picture.ts';
import type { Arrow, Picture } from './picture.ts';

/*
 * The room between two columns, and the arrows that cross it: horizontally out of the first column, vertically in a lane of
 * their own, and horizontally under their text into the second column.
 */

/** Between lines, in pixels. */
const GAP = 12;

/** Least room for an arrow on the side of a state in the second column. */
const SLOT = 22;

/** From the end of the lanes, and from the column, to the texts. */
const ASIDE = 10;

/** Where the arrows of a channel run. */
export interface Crossing {
  readonly width: number;
  /** The ways, and the places of the texts, of arrows that cross. */
  readonly routes: ReadonlyMap<Arrow, { readonly route: Route; readonly label: Rectangle }>;
}

/** How high states in the second column must be, by path, for the arrows that come from the first or lead there. */
export function slotHeights(picture: Picture): ReadonlyMap<string, number> {
  const heights = new Map<string, number>();
  for (const arrow of crossingArrows(picture)) {
    const { right } = endsOf(arrow, picture);
    heights.set(right, (heights.get(right) ?? GAP) + slotHeight(arrow));
  }
  return heights;
}

/**
 * Leads the arrows from column to column. `boxes` are where the states stand, those of the second column as if the channel had no
 * width, for it is as wide as the longest text and the number of lanes need.
 */
export function cross(picture: Picture, boxes: ReadonlyMap<string, Rectangle>, left: number): Crossing {
  const wires = wiresOf(picture, boxes);
  const lanes = lanesOf(wires);
  const lanesEnd = left + ASIDE + wires.length * GAP;
  const widest = Math.max(0, ...wires.map(({ arrow }) => labelSize(arrow.lines)?.width ?? 0));
  const right = lanesEnd + widest + 2 * ASIDE;
  return {
    width: wires.length === 0 ? 0 : right - left,
    routes: new Map(
      wires.map((wire) => {
        const { arrow, from, to, isTurned } = wire;
        const lane = left + ASIDE + lanes.indexOf(wire) * GAP;
        const end = right + to.x;
        const route = [from, { x: lane, y: from.y }, { x: lane, y: to.y }, { x: end, y: to.y }];
        const { width = 0, height = 0 } = labelSize(arrow.lines) ?? {};
        const label = { x: lanesEnd + ASIDE / 2, y: to.y - height - 1, width, height };
        return [arrow, { route: isTurned ? route.toReversed() : route, label }];
      }),
    ),
  };
}

/** An arrow, from the first column to the second whichever way it leads. `to.x` counts from where the second column begins. */
interface Wire {
  readonly arrow: Arrow;
  readonly isTurned: boolean;
  readonly left: string;
  readonly right: string;
  readonly from: { readonly x: number; y: number };
  readonly to: { readonly x: number; y: number };
}

function wiresOf(picture: Picture, boxes: ReadonlyMap<string, Rectangle>): readonly Wire[] {
  const edge = (path: string): Rectangle => boxes.get(path) ?? { x: 0, y: 0, width: 0, height: 0 };
  const wires = crossingArrows(picture)
    .map((arrow) => ({ arrow, ...endsOf(arrow, picture) }))
    .toSorted((one, other) => edge(one.right).y - edge(other.right).y || edge(one.left).y - edge(other.left).y)
    .map(({ arrow, left, right, isTurned }): Wire => {
      const from = edge(left);
      return {
        arrow,
        left,
        right,
        isTurned,
        from: { x: from.x + from.width, y: from.y },
        to: { x: edge(right).x, y: 0 },
      };
    });
  // Into the second column: one below the other, each under its text.
  const filled = new Map<string, number>();
  for (const wire of wires) {
    const bottom = (filled.get(wire.right) ?? edge(wire.right).y) + slotHeight(wire.arrow);
    filled.set(wire.right, bottom);
    wire.to.y = bottom;
  }
  // Out of the first: as straight as the height of the state allows.
  const lowest = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { left } of wires) counts.set(left, (counts.get(left) ?? 0) + 1);
  for (const wire of wires) {
    const { y, height } = edge(wire.left);
    const waiting = counts.get(wire.left) ?? 1;
    counts.set(wire.left, waiting - 1);
    const top = lowest.get(wire.left) ?? y + GAP;
    wire.from.y = Math.max(top, Math.min(wire.to.y, y + height - waiting * GAP));
    lowest.set(wire.left, wire.from.y + GAP);
  }
  return wires;
}

/** From left to right, so that few lines cross: those that lead down, the lowest first; then those that lead up. */
function lanesOf(wires: readonly Wire[]): readonly Wire[] {
  const byStart = wires.toSorted((one, other) => one.from.y - other.from.y);
  const leadsDown = ({ from, to }: Wire): boolean => to.y > from.y;
  return [...byStart.filter(leadsDown).toReversed(), ...byStart.filter((wire) => !leadsDown(wire))];
}

function crossingArrows({ arrows }: Picture): readonly Arrow[] {
  return arrows.filter(({ isAcross }) => isAcross);
}

function slotHeight({ lines }: Arrow): number {
  return Math.max(SLOT, (labelSize(lines)?.height ?? 0) + 6);
}

function endsOf({ source, target }: Arrow, { tree, columns }: Picture) {
  const [from, to] = [tree.outermost(source), tree.outermost(target)];
  const isTurned = columns.second.includes(from);
  return { isTurned, left: isTurned ? to : from, right: isTurned ? from : to };
}
