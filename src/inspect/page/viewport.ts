import { type Box, between, type Camera, fitted, following, moved, type Size, viewOf, zoomed } from './camera.ts';
import { wantsCalm } from './elements.ts';
import { listenToKeys, listenToPointer, listenToWheel } from './viewport-input.ts';

const FLIGHT = 280;
const NOTHING: Box = { x: 0, y: 0, width: 1, height: 1 };

/** A window on a chart: pan, zoom, fit, follow; with pointer, wheel and keys. */
export class Viewport {
  readonly #root: HTMLElement;
  readonly #changed: () => void;
  #svg: SVGSVGElement | undefined;
  #whole = NOTHING;
  #active: readonly Box[] = [];
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  #isFollowing = true;
  #flight = 0;

  /** `changed` is called whenever something moved. */
  constructor(root: HTMLElement, changed: () => void) {
    this.#root = root;
    this.#changed = changed;
    new ResizeObserver(() => this.#resized()).observe(root);
    const acts = {
      pan: (right: number, down: number) => this.#leave(() => this.#place(moved(this.#camera, right, down))),
      zoom: (factor: number, at?: { x: number; y: number }) => this.zoom(factor, at),
      fit: () => this.fit(),
      toggleFollowing: () => this.follow(!this.#isFollowing),
    };
    listenToPointer(root, acts);
    listenToWheel(root, acts);
    listenToKeys(root, acts);
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Shows another chart, or none. */
  setChart(svg: SVGSVGElement | undefined, whole: Box): void {
    this.#svg?.remove();
    this.#svg = svg;
    this.#whole = whole;
    this.#active = [];
    if (svg) this.#root.prepend(svg);
    this.#place(fitted(whole, this.#size()));
  }

  /** What is active now, the outermost first: it is followed, as long as nobody looks elsewhere. */
  setActive(boxes: readonly Box[]): void {
    if (boxes.length === this.#active.length && boxes.every((box, index) => box === this.#active[index])) return;
    const isFirst = this.#active.length === 0;
    this.#active = boxes;
    if (this.#isFollowing) this.#goToActive(isFirst);
  }

  /** Follows what is active, or no longer. */
  follow(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
    if (isFollowing) this.#goToActive(false);
    this.#changed();
  }

  /** Shows the whole chart. */
  fit(): void {
    this.#leave(() => this.#goTo(fitted(this.#whole, this.#size())));
  }

  /** Closer or farther. */
  zoom(factor: number, at = this.#middle()): void {
    this.#leave(() => this.#place(zoomed(this.#camera, factor, this.#size(), at)));
  }

  /** Where a point of the chart is, in CSS pixels from the top left. */
  toWindow(x: number, y: number): { x: number; y: number; scale: number } {
    const view = viewOf(this.#camera, this.#size());
    const { scale } = this.#camera;
    return { x: (x - view.x) * scale, y: (y - view.y) * scale, scale };
  }

  /** Somebody looks elsewhere: what is active is no longer followed. */
  #leave(move: () => void): void {
    this.#isFollowing = false;
    move();
    this.#changed();
  }

  #goToActive(isAtOnce: boolean): void {
    const target = following(this.#active, this.#whole, this.#size());
    if (isAtOnce) this.#place(target);
    else this.#goTo(target);
  }

  #goTo(target: Camera): void {
    cancelAnimationFrame(this.#flight);
    if (wantsCalm()) return this.#place(target);
    const from = this.#camera;
    const start = performance.now();
    const step = (now: number): void => {
      const progress = Math.min(1, Math.max(0, (now - start) / FLIGHT));
      this.#draw(between(from, target, progress));
      if (progress < 1) this.#flight = requestAnimationFrame(step);
    };
    this.#flight = requestAnimationFrame(step);
  }

  #place(target: Camera): void {
    cancelAnimationFrame(this.#flight);
    this.#draw(target);
  }

  #draw(camera: Camera): void {
    this.#camera = camera;
    const { x, y, width, height } = viewOf(camera, this.#size());
    this.#svg?.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
    this.#changed();
  }

  #resized(): void {
    if (this.#isFollowing) this.#goToActive(true);
    else this.#draw(this.#camera);
  }

  #size(): Size {
    return { width: Math.max(1, this.#root.clientWidth), height: Math.max(1, this.#root.clientHeight) };
  }

  #middle(): { x: number; y: number } {
    const { width, height } = this.#size();
    return { x: width / 2, y: height / 2 };
  }
}
