import { describe, expect, it } from 'vitest';
import { between, fitted, following, moved, viewOf, zoomed } from '../../../src/inspect/page/camera.ts';

const WINDOW = { width: 832, height: 432 };
const CHART = { x: 0, y: 0, width: 4000, height: 2000 };

describe('the camera above a chart', () => {
  it('fits a chart in, with a margin', () => {
    expect(fitted(CHART, WINDOW)).toEqual({ x: 2000, y: 1000, scale: 0.2 });
    expect(viewOf(fitted(CHART, WINDOW), WINDOW)).toEqual({ x: -80, y: -80, width: 4160, height: 2160 });
  });

  it('enlarges a small one no further than can be borne', () => {
    expect(fitted({ x: 0, y: 0, width: 10, height: 10 }, WINDOW).scale).toBe(1.5);
  });

  it('shows the largest active state that can still be read', () => {
    const outer = { x: 0, y: 0, width: 3000, height: 1500 };
    const middle = { x: 400, y: 400, width: 800, height: 400 };
    const inner = { x: 500, y: 500, width: 80, height: 40 };
    expect(following([outer, middle, inner], CHART, WINDOW)).toEqual({ x: 800, y: 600, scale: 1 });
    expect(following([outer], CHART, WINDOW)).toEqual({ x: 1500, y: 750, scale: 0.75 });
  });

  it('looks at nothing beyond the edges of the chart', () => {
    const corner = { x: 0, y: 0, width: 80, height: 40 };
    const { x, y, scale } = following([corner], CHART, WINDOW);
    expect([x * scale, y * scale].map(Math.round)).toEqual([416, 216]);
  });

  it('keeps the point under the pointer where it is', () => {
    const at = { x: 100, y: 50 };
    const before = viewOf(fitted(CHART, WINDOW), WINDOW);
    const closer = zoomed(fitted(CHART, WINDOW), 2, WINDOW, at);
    const after = viewOf(closer, WINDOW);
    expect(closer.scale).toBe(0.4);
    expect(after.x + at.x / 0.4).toBeCloseTo(before.x + at.x / 0.2);
    expect(after.y + at.y / 0.4).toBeCloseTo(before.y + at.y / 0.2);
  });

  it('moves with the hand, and flies from one place to another', () => {
    const start = { x: 100, y: 100, scale: 0.5 };
    expect(moved(start, 10, -20)).toEqual({ x: 80, y: 140, scale: 0.5 });
    const goal = { x: 300, y: 200, scale: 2 };
    expect([between(start, goal, 0), between(start, goal, 1)]).toEqual([start, goal]);
  });
});
