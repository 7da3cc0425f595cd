import type { LinkState } from './connection.ts';
import { byId, byIdAs, make, setAttribute, setText } from './elements.ts';
import type { History } from './history.ts';
import { choices, type PageState, viewOf } from './page-state.ts';

/** The line on top: which client, and how the page stands with the inspector. */
export interface Header {
  show(state: PageState): void;
}

/** What it can lead to. */
export interface HeaderActs {
  choose(id: string): void;
  /** Closes a recording. */
  close(id: string): void;
}

const LINKS: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting to the inspector…',
  connected: 'Connected',
  lost: 'Connection to the inspector lost, trying again',
};

/** Brings the header of the page to life. */
export function createHeader(acts: HeaderActs): Header {
  const chooser = byIdAs('chooser', HTMLSelectElement);
  const close = byIdAs('close-recording', HTMLButtonElement);
  const link = byId('link');
  chooser.addEventListener('change', () => acts.choose(chooser.value));
  close.addEventListener('click', () => acts.close(chooser.value));
  let offered = '';

  return {
    show(state) {
      const shown = viewOf(state)?.live;
      offer(choices(state));
      if (shown) chooser.value = shown.id;
      close.hidden = shown?.source !== 'recording';
      setText(link, LINKS[state.link]);
      setAttribute(link, 'data-link', state.link);
      document.title = shown ? `${shown.name} · xstate-xmpp inspector` : 'xstate-xmpp inspector';
    },
  };

  function offer(all: readonly History[]): void {
    const names = all.map(nameOf);
    if (names.join('\n') === offered) return;
    offered = names.join('\n');
    chooser.replaceChildren(...all.map(({ id }, index) => make('option', { value: id }, names[index] ?? id)));
  }
}

function nameOf({ name, source, isGone }: History): string {
  if (source === 'recording') return `${name} (recording)`;
  return isGone ? `${name} (gone)` : name;
}
