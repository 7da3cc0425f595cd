import { make, setText } from './elements.ts';
import { addressesOf, ENTRY_KINDS, type EntryKind, type Filter, OPEN_FILTER } from './filter.ts';
import type { History } from './history.ts';
import { lines } from './rows.ts';

/** The bar above the log: what it shows, and how much of it. */
export interface FilterBar {
  show(history: History, shown: number, filter: Filter, dropped: number): void;
  /** Shows another filter, for instance one without conditions. */
  set(filter: Filter): void;
}

const KIND_NAMES: Readonly<Record<EntryKind, string>> = {
  transition: 'Transitions',
  event: 'Events',
  stanza: 'Stanzas',
  delivery: 'Delivery',
  error: 'Errors',
};
const MOST_ADDRESSES = 200;

/** `changed` is called with the new filter. */
export function createFilterBar(root: HTMLElement, changed: (filter: Filter) => void): FilterBar {
  const boxes = ENTRY_KINDS.map((kind) => {
    const box = make('input', { type: 'checkbox', name: kind });
    return { kind, box, label: make('label', { class: 'chip' }, box, make('span', {}, KIND_NAMES[kind])) };
  });
  const text = make('input', { type: 'search', placeholder: 'Filter by text', 'aria-label': 'Text', class: 'wide' });
  const jid = make('input', { type: 'search', placeholder: 'JID', 'aria-label': 'JID', list: 'addresses' });
  const addresses = make('datalist', { id: 'addresses' });
  const actor = make('select', { 'aria-label': 'Actor' }, make('option', { value: '' }, 'All actors'));
  const count = make('span', { class: 'count' });
  const kinds = make('span', { class: 'chips', role: 'group', 'aria-label': 'Kinds of lines' });
  kinds.append(...boxes.map(({ label }) => label));
  root.append(kinds, actor, jid, addresses, text, count);
  root.addEventListener('input', () => changed(read()));
  let names = '';
  let offered = 0;
  set(OPEN_FILTER);

  return {
    show(history, shown, filter, dropped) {
      const missing = dropped > 0 ? `, ${lines(dropped)} left out by the server` : '';
      const all = history.entries.length;
      const part = shown === all ? lines(all) : `${shown.toLocaleString('en')} of ${lines(all)}`;
      setText(count, `${part}${missing}`);
      offerActors(history, filter);
    },
    set,
  };

  function read(): Filter {
    return {
      kinds: new Set(boxes.filter(({ box }) => box.checked).map(({ kind }) => kind)),
      actor: actor.value,
      jid: jid.value.trim(),
      text: text.value.trim(),
    };
  }

  function set(filter: Filter): void {
    for (const { kind, box } of boxes) box.checked = filter.kinds.has(kind);
    [actor.value, jid.value, text.value] = [filter.actor, filter.jid, filter.text];
  }

  function offerActors(history: History, filter: Filter): void {
    const all = new Set(history.actors.map(({ name }) => name));
    const next = [...all].toSorted();
    if (next.join('\n') !== names) {
      names = next.join('\n');
      const options = ['', ...next].map((name) => make('option', { value: name }, name === '' ? 'All actors' : name));
      actor.replaceChildren(...options);
      actor.value = filter.actor;
    }
    // Addresses are offered when somebody is about to choose one: they stand in the stanzas.
    if (document.activeElement !== jid || offered === history.entries.length) return;
    offered = history.entries.length;
    addresses.replaceChildren(...addressesIn(history).map((value) => make('option', { value })));
  }
}

function addressesIn({ entries }: History): string[] {
  return [...new Set(entries.slice(-5000).flatMap(addressesOf))].toSorted().slice(0, MOST_ADDRESSES);
}
