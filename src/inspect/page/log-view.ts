import type { LogEntry } from '../live/protocol.ts';
import { button, byId, byIdAs, setAttribute, setText } from './elements.ts';
import { type Filter, OPEN_FILTER, passes } from './filter.ts';
import { createFilterBar } from './filter-bar.ts';
import { indexOfSeq } from './history.ts';
import { type DetailActs, detailOf } from './log-detail.ts';
import { LogList } from './log-list.ts';
import type { View } from './page-state.ts';
import { lines, type Rows, rowsOf } from './rows.ts';

/** The log: lines, filter, pause, details. */
export interface LogView {
  show(view: View): void;
}

/** What the log can lead to. */
export interface LogActs extends Pick<DetailActs, 'connection' | 'showActor'> {
  /** Looks at the moment right after an entry. */
  travel(seq: number): void;
  /** Back to now. */
  live(): void;
  pause(isPaused: boolean): void;
  filter(filter: Filter): void;
}

/** Brings the log to life. */
export function createLogView(acts: LogActs): LogView {
  const detail = byId('log-detail');
  // It scrolls: keys must reach it.
  detail.tabIndex = 0;
  const tail = byIdAs('log-tail', HTMLButtonElement);
  const bar = byId('log-bar');
  const filterBar = createFilterBar(bar, acts.filter);
  const pause = button('Pause', () => acts.pause(pause.getAttribute('aria-pressed') !== 'true'), { class: 'toggle' });
  bar.append(pause);
  const list = new LogList(byId('log-list'), { select: acts.travel, scrolled: showTail });
  tail.addEventListener('click', () => {
    acts.live();
    list.toEnd();
  });
  let rows: Rows | undefined;
  let selected: LogEntry | undefined;
  let view: View | undefined;

  return {
    show(next) {
      const before = view;
      view = next;
      const { state, history, live, gaps } = next;
      const shown = state.paused ?? history;
      if (rows?.history !== shown || rows.filter !== state.filter || rows.gaps !== gaps) {
        rows = rowsOf(shown, gaps, state.filter, rows);
      }
      list.show(rows.list, shown.deliveries, state.travel?.seq);
      const isElsewhere = state.travel?.seq !== before?.state.travel?.seq || state.filter !== before?.state.filter;
      if (state.travel && isElsewhere) list.reveal(state.travel.seq);
      // Back to now, or to another client.
      if (!state.travel && (before?.state.travel || before?.live.id !== live.id)) list.toEnd();
      const count = rows.list.filter(({ kind }) => kind === 'entry').length;
      filterBar.show(shown, count, state.filter, live.source === 'live' ? state.store.dropped : 0);
      setAttribute(pause, 'aria-pressed', String(state.paused !== undefined));
      setText(pause, state.paused ? `Paused, ${lines(newer(next))} since` : 'Pause');
      showDetail(next);
      showTail();
    },
  };

  function showDetail({ history, state: { travel } }: View): void {
    const entry = travel && history.entries[indexOfSeq(history.entries, travel.seq)];
    if (entry === selected) return;
    selected = entry;
    detail.hidden = entry === undefined;
    detail.scrollTop = 0;
    const { connection, showActor } = acts;
    detail.replaceChildren(
      ...(entry ? detailOf(entry, history, { connection, showActor, goTo, close: acts.live }) : []),
    );
  }

  /** The filter must not hide where somebody wants to go. */
  function goTo(seq: number): void {
    const entries = view?.history.entries ?? [];
    const entry = entries[indexOfSeq(entries, seq)];
    if (entry && view && !passes(entry, view.state.filter)) {
      const open = { ...OPEN_FILTER, kinds: new Set([...view.state.filter.kinds, entry.kind]) };
      filterBar.set(open);
      acts.filter(open);
    }
    acts.travel(seq);
  }

  function showTail(): void {
    tail.hidden = list.isAtEnd && view?.state.travel === undefined;
  }
}

function newer({ live, state: { paused } }: View): number {
  return live.entries.length + live.forgotten - (paused?.entries.length ?? 0) - (paused?.forgotten ?? 0);
}
