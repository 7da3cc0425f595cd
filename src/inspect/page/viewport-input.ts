/** What somebody can do to a window on a chart. Distances are CSS pixels. */
export interface ViewportActs {
  pan(right: number, down: number): void;
  /** Closer or farther; the point at `at` stays where it is, without one that in the middle. */
  zoom(factor: number, at?: { x: number; y: number }): void;
  fit(): void;
  toggleFollowing(): void;
}

const STEP = 60;
const ZOOM = 1.25;

/** Dragging moves the chart, fingers too. */
export function listenToPointer(root: HTMLElement, { pan }: ViewportActs): void {
  root.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    root.setPointerCapture(event.pointerId);
    root.classList.add('dragging');
  });
  root.addEventListener('pointermove', (event) => {
    if (root.hasPointerCapture(event.pointerId)) pan(event.movementX, event.movementY);
  });
  root.addEventListener('lostpointercapture', () => root.classList.remove('dragging'));
}

/** The wheel moves the chart; with Ctrl, or two fingers that spread, it comes closer. */
export function listenToWheel(root: HTMLElement, { pan, zoom }: ViewportActs): void {
  const listener = (event: WheelEvent): void => {
    const isZoom = event.ctrlKey || event.metaKey;
    // Where the page itself scrolls, a wheel over the chart must not be caught.
    if (!isZoom && document.documentElement.scrollHeight > innerHeight) return;
    event.preventDefault();
    const { left, top } = root.getBoundingClientRect();
    if (isZoom) zoom(Math.exp(-event.deltaY / 200), { x: event.clientX - left, y: event.clientY - top });
    else pan(-event.deltaX, -event.deltaY);
  };
  root.addEventListener('wheel', listener, { passive: false });
}

/** Arrows move the chart, plus and minus zoom, 0 fits, F follows. */
export function listenToKeys(root: HTMLElement, { pan, zoom, fit, toggleFollowing }: ViewportActs): void {
  const acts = new Map<string, () => void>([
    ['+', () => zoom(ZOOM)],
    ['=', () => zoom(ZOOM)],
    ['-', () => zoom(1 / ZOOM)],
    ['0', fit],
    ['f', toggleFollowing],
    ['ArrowLeft', () => pan(STEP, 0)],
    ['ArrowRight', () => pan(-STEP, 0)],
    ['ArrowUp', () => pan(0, STEP)],
    ['ArrowDown', () => pan(0, -STEP)],
  ]);
  root.addEventListener('keydown', (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
