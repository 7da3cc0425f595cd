import type { LiveActor } from '../live/protocol.ts';
import { formatCalmDuration, formatDuration } from './duration.ts';
import { make, setText, wantsCalm } from './elements.ts';
import type { View } from './page-state.ts';
import { activeStates } from './state-paths.ts';

/** The active states of the chosen actor as a list: what the chart shows, in words. */
export interface ActiveStatesView {
  show(view: View): void;
  /** Time has passed. */
  tick(): void;
}

/** `root` is the list. */
export function createActiveStatesView(root: HTMLElement): ActiveStatesView {
  let shown = '';
  let actor: LiveActor | undefined;
  let now = (): number => 0;
  const times = new Map<string, { since: HTMLElement; until: HTMLElement }>();

  return {
    show(view) {
      ({ actor, now } = view);
      const paths =
        actor && actor.states.length > 0 ? [...activeStates(actor.states)].filter((path) => path !== '') : [];
      if (shown !== paths.join('\n')) {
        shown = paths.join('\n');
        times.clear();
        root.replaceChildren(...paths.map(item));
      }
      write();
    },
    tick: write,
  };

  function item(path: string): HTMLElement {
    const since = make('span', { class: 'state-since' });
    const until = make('span', { class: 'state-until' });
    times.set(path, { since, until });
    const isInnermost = actor?.states.includes(path) ?? false;
    const name = make(
      'span',
      { class: isInnermost ? 'state-name innermost' : 'state-name' },
      path.split('.').at(-1) ?? '',
    );
    name.style.paddingInlineStart = `${(path.split('.').length - 1) * 10}px`;
    return make('li', { title: path }, name, since, until);
  }

  function write(): void {
    const format = wantsCalm() ? formatCalmDuration : formatDuration;
    for (const [path, { since, until }] of times) {
      const entered = actor?.since[path];
      const deadline = actor?.deadlines.find(({ state }) => state === path);
      setText(since, entered === undefined ? '' : format(now() - entered));
      setText(until, deadline ? `${deadline.name} in ${format(deadline.at - now())}` : '');
    }
  }
}
