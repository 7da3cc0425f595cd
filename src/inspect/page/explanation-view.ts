import type { ChartState } from './charts.ts';
import { formatCalmDuration, formatDuration, formatTime } from './duration.ts';
import { make, setProse, setText, wantsCalm } from './elements.ts';
import { nameOf } from './event-name.ts';
import type { View } from './page-state.ts';
import { describeStates, phaseOf } from './phase.ts';
import { commonAncestors } from './state-paths.ts';

/** Where the client is, since when, what comes next and what to do: now, or at the moment that is looked back at. */
export interface ExplanationView {
  /** `chart` is that of the client: it describes states of the past. */
  show(view: View, chart: ChartState | undefined): void;
  /** Time has passed. */
  tick(): void;
}

/** `root` holds the text; its parent gets `data-phase`. */
export function createExplanationView(root: HTMLElement): ExplanationView {
  const state = make('p', { class: 'where' });
  const sentence = make('p', { class: 'sentence' });
  const since = make('span', { class: 'fact' });
  const until = make('span', { class: 'fact until' });
  const last = make('span', { class: 'fact' });
  const advice = make('ul', { class: 'advice', 'aria-label': 'What you can do' });
  const ago = make('span', { class: 'fact' });
  root.append(make('div', { class: 'headline' }, state, since, until, ago, last), sentence, advice);
  let shown: View | undefined;

  return {
    show(view, chart) {
      shown = view;
      const { explanation, moment } = view;
      const client = view.actors[0];
      const phase = phaseOf(client?.states ?? []);
      root.parentElement?.setAttribute('data-phase', phase);
      setText(state, describeStates(client?.states ?? []));
      setProse(sentence, explanation ? explanation.summary : describe(view, chart));
      const event = moment?.entry.kind === 'transition' ? moment.entry.event : explanation?.last;
      setText(last, event ? `last event: ${nameOf(event)}` : '');
      setList(advice, explanation?.advice ?? []);
      write();
    },
    tick: write,
  };

  function write(): void {
    if (!shown) return;
    const { explanation, moment, actors, now, live } = shown;
    const format = wantsCalm() ? formatCalmDuration : formatDuration;
    const innermost = actors[0]?.states[0];
    const entered = explanation?.since ?? (innermost === undefined ? undefined : actors[0]?.since[innermost]);
    setText(since, entered === undefined ? '' : `for ${format(now() - entered)}`);
    const deadline = explanation?.until;
    setText(
      until,
      explanation && deadline ? `${inside(deadline.next, explanation.state)} in ${format(deadline.at - now())}` : '',
    );
    setText(ago, moment && live.source === 'live' ? `${format(Date.now() - moment.at)} ago` : '');
  }
}

/** What the chart says of the innermost states; for moments that nothing else explains. */
function describe({ moment, actors, live }: View, chart: ChartState | undefined): string {
  const states = actors[0]?.states ?? [];
  const known = chart?.kind === 'ready' ? chart.drawing.descriptions : new Map<string, string>();
  const paths = [...commonAncestors(states).slice(-1), ...states];
  const words = paths.flatMap((path) => known.get(path) || []);
  const text =
    [...new Set(words)].join(' ') || (live.source === 'recording' ? 'A recording.' : 'Nothing is known yet.');
  return moment ? `At ${formatTime(moment.at)}: ${text}` : text;
}

/** A state inside the one that is named already needs no more than the rest of its path. */
function inside(next: string, state: string): string {
  return next.startsWith(`${state}.`) ? next.slice(state.length + 1) : next;
}

function setList(list: HTMLElement, texts: readonly string[]): void {
  while (list.children.length > texts.length) list.lastElementChild?.remove();
  for (const [index, text] of texts.entries()) {
    const item = list.children[index] ?? list.appendChild(make('li'));
    setProse(item, text);
  }
}
