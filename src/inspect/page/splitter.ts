import { play, setAttribute } from './elements.ts';

const LEAST = 15;
const MOST = 85;
const STEP = 5;

/** A bar between the upper and the lower half of an element, moved by pointer and arrows. */
export function listenToSplitter(bar: HTMLElement, whole: HTMLElement): void {
  let share = 60;
  play(bar, 'separator', 'Share of the chart');
  bar.setAttribute('aria-orientation', 'horizontal');
  bar.setAttribute('aria-valuemin', String(LEAST));
  bar.setAttribute('aria-valuemax', String(MOST));
  set(share);
  bar.addEventListener('pointerdown', (event) => bar.setPointerCapture(event.pointerId));
  bar.addEventListener('pointermove', (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const { top, height } = whole.getBoundingClientRect();
    set(((event.clientY - top) / height) * 100);
  });
  bar.addEventListener('keydown', (event) => {
    const next = { ArrowUp: share - STEP, ArrowDown: share + STEP, Home: LEAST, End: MOST }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  });

  function set(next: number): void {
    share = Math.min(MOST, Math.max(LEAST, next));
    whole.style.setProperty('--upper', `${share}fr`);
    whole.style.setProperty('--lower', `${100 - share}fr`);
    setAttribute(bar, 'aria-valuenow', String(Math.round(share)));
  }
}
