import { formatTime } from './duration.ts';
import { button, make, setAttribute, setText } from './elements.ts';
import type { View } from './page-state.ts';
import { describeStates } from './phase.ts';
import { type Ribbon, ribbonOf } from './ribbon.ts';

/** The recorded history as a ribbon of phases, with a slider along it. */
export interface TimelineView {
  show(view: View): void;
}

/** What it can lead to. */
export interface TimelineActs {
  travel(seq: number): void;
  live(): void;
}

/** `root` is empty. */
export function createTimelineView(root: HTMLElement, acts: TimelineActs): TimelineView {
  const slider = make('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Moment of the history' });
  const segments = make('div', { class: 'ribbon', 'aria-hidden': 'true' });
  const label = make('output', { class: 'moment' });
  const live = button('Live', acts.live, { class: 'live', title: 'Back to now (Escape)' });
  const back = button('‹', () => step(-1), { 'aria-label': 'Previous change', title: 'Previous change' });
  const forth = button('›', () => step(1), { 'aria-label': 'Next change', title: 'Next change' });
  root.append(back, make('div', { class: 'track' }, segments, slider), forth, label, live);
  let ribbon: Ribbon = { moves: [], segments: [] };
  let source: unknown;
  let position = 0;
  slider.addEventListener('input', () => go(Number(slider.value)));

  return {
    show(view) {
      const { history, state, seq } = view;
      if (source !== history.entries) {
        source = history.entries;
        ribbon = ribbonOf(history);
        draw();
      }
      const { moves } = ribbon;
      const last = Math.max(0, moves.length - 1);
      position = state.travel
        ? Math.max(
            0,
            moves.findLastIndex((move) => move.seq <= seq),
          )
        : last;
      slider.max = String(last);
      slider.value = String(position);
      slider.disabled = moves.length === 0;
      const at = view.moment?.at ?? moves[position]?.at;
      const states = describeStates(view.actors[0]?.states ?? []);
      const text = at === undefined ? 'no history yet' : `${formatTime(at)}, ${states}`;
      setAttribute(slider, 'aria-valuetext', `${text}, ${position + 1} of ${moves.length}`);
      setText(label, state.travel && at !== undefined ? formatTime(at) : endLabel(view));
      setText(live, view.live.source === 'live' ? 'Live' : 'End');
      setAttribute(live, 'aria-pressed', String(!state.travel));
      root.classList.toggle('travelling', state.travel !== undefined);
    },
  };

  function step(by: number): void {
    go(Math.min(ribbon.moves.length - 1, Math.max(0, position + by)));
  }

  function go(index: number): void {
    const move = ribbon.moves[index];
    if (move) acts.travel(move.seq);
  }

  function draw(): void {
    segments.replaceChildren(
      ...ribbon.segments.map(({ phase, name, length }) => {
        const segment = make('span', { class: 'segment', 'data-phase': phase }, make('span', {}, name));
        segment.style.flexGrow = String(length);
        return segment;
      }),
    );
  }
}

function endLabel({ live }: View): string {
  return live.source === 'live' ? 'now' : 'end of the recording';
}
