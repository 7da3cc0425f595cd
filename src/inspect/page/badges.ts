import type { LiveDeadline } from '../live/protocol.ts';
import type { Box } from './camera.ts';
import { formatCalmDuration, formatDuration } from './duration.ts';
import { make, setText, wantsCalm } from './elements.ts';

/** What is written at an active state: how long it has lasted, and when it will be left. */
export interface Badge {
  readonly path: string;
  readonly box: Box;
  readonly since: number | undefined;
  readonly deadline: LiveDeadline | undefined;
  readonly isInnermost: boolean;
}

/** Where a point of the chart is in the window. */
export type ToWindow = (x: number, y: number) => { x: number; y: number; scale: number };

interface Shown {
  readonly badge: Badge;
  readonly element: HTMLElement;
  readonly since: HTMLElement;
  readonly until: HTMLElement;
}

/** A state smaller than this, in CSS pixels, has no room for a label, unless it is innermost. */
const LEAST_WIDTH = 150;
/** From farther away one label says where to look, and others would hide the chart. */
const READABLE = 0.35;

/** Labels above a chart. They keep their size however close one looks. */
export class Badges {
  readonly #layer: HTMLElement;
  readonly #shown = new Map<string, Shown>();
  #now = (): number => 0;
  #toWindow: ToWindow = (x, y) => ({ x, y, scale: 1 });

  /** `layer` covers the chart. */
  constructor(layer: HTMLElement) {
    this.#layer = layer;
  }

  show(badges: readonly Badge[], now: () => number): void {
    this.#now = now;
    for (const [path, { element }] of this.#shown) {
      if (badges.some((badge) => badge.path === path)) continue;
      element.remove();
      this.#shown.delete(path);
    }
    for (const badge of badges) this.#shown.set(badge.path, { ...this.#elementsOf(badge.path), badge });
    this.write();
    this.#arrange();
  }

  /** The chart was moved. */
  place(toWindow: ToWindow): void {
    this.#toWindow = toWindow;
    this.#arrange();
  }

  /** Time has passed. */
  write(): void {
    const format = wantsCalm() ? formatCalmDuration : formatDuration;
    const now = this.#now();
    for (const { badge, since, until } of this.#shown.values()) {
      setText(since, badge.since === undefined ? '' : format(now - badge.since));
      setText(until, badge.deadline ? `${badge.deadline.name} in ${format(badge.deadline.at - now)}` : '');
    }
  }

  #elementsOf(path: string): Omit<Shown, 'badge'> {
    const known = this.#shown.get(path);
    if (known) return known;
    const since = make('span', { class: 'badge-since' });
    const until = make('span', { class: 'badge-until' });
    const element = make('div', { class: 'badge' }, since, until);
    this.#layer.append(element);
    return { element, since, until };
  }

  #arrange(): void {
    const all = [...this.#shown.values()];
    const first = all.find(({ badge }) => badge.isInnermost);
    for (const { badge, element, until } of all) {
      const { box, isInnermost, deadline, since } = badge;
      // A small state must not lose its name: its label stands above it.
      const corner = this.#toWindow(isInnermost ? box.x : box.x + box.width, box.y);
      const shift = isInnermost ? 'translate(-2px, calc(-100% - 3px))' : 'translate(-100%, -50%)';
      const isFar = corner.scale < READABLE;
      const isCramped = isFar
        ? badge !== first?.badge
        : !isInnermost && !deadline && box.width * corner.scale < LEAST_WIDTH;
      element.hidden = isCramped || (since === undefined && !deadline);
      until.hidden = isFar;
      element.style.transform = `translate(${Math.round(corner.x)}px, ${Math.round(corner.y)}px) ${shift}`;
    }
  }
}
