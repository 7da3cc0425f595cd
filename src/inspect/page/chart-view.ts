import type { LiveActor } from '../live/protocol.ts';
import { Badges } from './badges.ts';
import type { Box } from './camera.ts';
import { type Drawing, measure } from './chart-svg.ts';
import type { ChartState, Charts } from './charts.ts';
import { button, make, play, setAttribute, setText } from './elements.ts';
import { takenEdges } from './last-transition.ts';
import { lastMove } from './moment.ts';
import type { View } from './page-state.ts';
import { activeStates, commonAncestors } from './state-paths.ts';
import { Viewport } from './viewport.ts';

const CLOSER = 1.25;
const NOWHERE: Box = { x: 0, y: 0, width: 1, height: 1 };

/** The chart of the chosen actor: active states lit, the last transition drawn. */
export class ChartView {
  readonly #root: HTMLElement;
  readonly #charts: Charts;
  readonly #title = make('h2', { class: 'chart-title' });
  readonly #message = make('p', { class: 'chart-message', role: 'status' });
  readonly #badges: Badges;
  readonly #viewport: Viewport;
  #drawing: Drawing | undefined;
  #boxes: ReadonlyMap<string, Box> = new Map();

  /** `root` holds the chart, `bar` the buttons above it. */
  constructor(root: HTMLElement, bar: HTMLElement, charts: Charts) {
    this.#root = root;
    this.#charts = charts;
    play(root, 'application', 'Chart');
    const layer = make('div', { class: 'badges', 'aria-hidden': 'true' });
    root.append(layer, this.#message);
    this.#badges = new Badges(layer);
    const follow = button('Follow', () => this.#viewport.follow(!this.#viewport.isFollowing), {
      title: 'Keep the active states in sight (F)',
    });
    this.#viewport = new Viewport(root, () => {
      this.#badges.place((x, y) => this.#viewport.toWindow(x, y));
      setAttribute(follow, 'aria-pressed', String(this.#viewport.isFollowing));
    });
    bar.append(
      this.#title,
      follow,
      button('Fit', () => this.#viewport.fit(), { title: 'Show the whole chart (0)' }),
      button('−', () => this.#viewport.zoom(1 / CLOSER), { title: 'Farther (−)', 'aria-label': 'Zoom out' }),
      button('+', () => this.#viewport.zoom(CLOSER), { title: 'Closer (+)', 'aria-label': 'Zoom in' }),
    );
  }

  show(view: View): void {
    const { actor } = view;
    const chart = actor?.chart === undefined ? undefined : this.#charts.get(actor.chart);
    const name = actor?.name ?? 'nothing';
    setText(this.#title, actor?.name ?? '');
    setAttribute(this.#root, 'aria-label', `Chart of ${name}: arrows pan, plus and minus zoom, 0 fits, F follows`);
    setText(this.#message, messageFor(actor, chart));
    this.#message.hidden = this.#message.textContent === '';
    this.#display(chart?.kind === 'ready' ? chart.drawing : undefined);
    if (this.#drawing && actor) this.#light(this.#drawing, view, actor);
    else this.#badges.show([], view.now);
  }

  /** Time has passed. */
  tick(): void {
    this.#badges.write();
  }

  #display(drawing: Drawing | undefined): void {
    if (drawing === this.#drawing) return;
    this.#drawing = drawing;
    this.#viewport.setChart(drawing?.svg, drawing?.whole ?? NOWHERE);
    this.#boxes = drawing ? measure(drawing) : new Map();
  }

  #light(drawing: Drawing, view: View, actor: LiveActor): void {
    const active = activeStates(actor.states);
    // The root is active always, which says nothing.
    active.delete('');
    for (const [path, group] of drawing.states) {
      group.classList.toggle('active', active.has(path));
      group.classList.toggle('innermost', actor.states.includes(path));
    }
    const move = lastMove(view.history.entries, actor.id, view.seq);
    const taken = move ? takenEdges(drawing.edges, move.entry.event, move.before, move.entry.states) : [];
    for (const edge of drawing.edges) edge.group.classList.toggle('last', taken.includes(edge));
    this.#badges.show(badgesOf(actor, this.#boxes), view.now);
    this.#viewport.setActive(commonAncestors(actor.states).flatMap((path) => this.#boxes.get(path) ?? []));
  }
}

function badgesOf(actor: LiveActor, boxes: ReadonlyMap<string, Box>) {
  return [...activeStates(actor.states)].flatMap((path) => {
    const box = boxes.get(path);
    const since = actor.since[path];
    const deadline = actor.deadlines.find(({ state }) => state === path);
    const isInnermost = actor.states.includes(path);
    // States that were entered along with one inside them would all say the same.
    const isRepeated = !isInnermost && !deadline && actor.states.some((state) => isInside(state, path, actor));
    return box && path !== '' && !isRepeated ? [{ path, box, since, deadline, isInnermost }] : [];
  });
}

function isInside(state: string, path: string, { since }: LiveActor): boolean {
  return state.startsWith(`${path}.`) && Math.abs((since[state] ?? 0) - (since[path] ?? 0)) < TOGETHER;
}

/** Milliseconds: what happens within them is one step for people. */
const TOGETHER = 50;

function messageFor(actor: LiveActor | undefined, chart: ChartState | undefined): string {
  if (!actor) return 'Nothing has been seen of this client yet.';
  if (!chart) return `${actor.name} is no state machine: there is no chart of it.`;
  if (chart.kind === 'failed') return `The chart of ${actor.name} cannot be shown. ${chart.reason}.`;
  return chart.kind === 'loading' ? 'The chart is being drawn…' : '';
}
