/** A rectangle in the units of a chart. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Width and height of the window, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the chart is looked at: the point in the middle of the window, and CSS pixels for each unit of the chart. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const CLOSEST = 4;
const FARTHEST = 0.02;
/** CSS pixels that stay free around what is fitted in. */
const MARGIN = 16;

/** The camera that shows the whole of a box, enlarged no further than `closest`. */
export function fitted(box: Box, window: Size, closest = 1.5): Camera {
  const across = (window.width - 2 * MARGIN) / Math.max(1, box.width);
  const down = (window.height - 2 * MARGIN) / Math.max(1, box.height);
  return { ...middleOf(box), scale: clamp(Math.min(across, down), FARTHEST, closest) };
}

/**
 * The camera that follows what is active: readable, and with as much around it as there is room for. `active` are the boxes to
 * choose from, the outermost first.
 */
export function following(active: readonly Box[], whole: Box, window: Size): Camera {
  const target = [whole, ...active].find((box) => fitted(box, window).scale >= READABLE) ?? active.at(-1) ?? whole;
  const { x, y, scale } = fitted(target, window, CLOSEST_WHEN_FOLLOWING);
  const readable = Math.max(scale, READABLE);
  // What lies beyond the edges of the chart is not worth looking at.
  return {
    scale: readable,
    x: within(x, whole.x, whole.width, window.width / readable),
    y: within(y, whole.y, whole.height, window.height / readable),
  };
}

/** The same, closer or farther; the point of the chart that is at `at` (CSS pixels from the top left) stays there. */
export function zoomed(camera: Camera, factor: number, window: Size, at: { x: number; y: number }): Camera {
  const scale = clamp(camera.scale * factor, FARTHEST, CLOSEST);
  const [right, down] = [at.x - window.width / 2, at.y - window.height / 2];
  return {
    scale,
    x: camera.x + right / camera.scale - right / scale,
    y: camera.y + down / camera.scale - down / scale,
  };
}

/** The same, after the chart was moved by so many CSS pixels. */
export function moved(camera: Camera, right: number, down: number): Camera {
  return { ...camera, x: camera.x - right / camera.scale, y: camera.y - down / camera.scale };
}

/** What of the chart is in the window. */
export function viewOf({ x, y, scale }: Camera, { width, height }: Size): Box {
  return { x: x - width / scale / 2, y: y - height / scale / 2, width: width / scale, height: height / scale };
}

/** Part of the way from one camera to another; `progress` from 0 to 1. */
export function between(from: Camera, to: Camera, progress: number): Camera {
  const eased = 1 - (1 - progress) ** 3;
  return {
    x: from.x + (to.x - from.x) * eased,
    y: from.y + (to.y - from.y) * eased,
    scale: from.scale * (to.scale / from.scale) ** eased,
  };
}

/** A scale at which the texts of a chart can be read. */
const READABLE = 0.75;
const CLOSEST_WHEN_FOLLOWING = 1.1;

function middleOf({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}

function within(middle: number, start: number, length: number, shown: number): number {
  if (shown >= length) return start + length / 2;
  return clamp(middle, start + shown / 2, start + length - shown / 2);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
