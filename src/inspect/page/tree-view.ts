import type { LiveActor } from '../live/protocol.ts';
import { make, play, setAttribute, setText } from './elements.ts';
import { describeActor } from './phase.ts';
import { listenToTreeKeys } from './tree-keys.ts';

/** The actors of a client as a tree (WAI-ARIA): arrows walk, Enter or a click shows the chart. */
export interface TreeView {
  show(actors: readonly LiveActor[], chosen: LiveActor | undefined): void;
}

interface Item {
  readonly element: HTMLElement;
  readonly name: HTMLElement;
  readonly states: HTMLElement;
}

/** `choose` is called with the session id of the actor that somebody chose. */
export function createTreeView(root: HTMLElement, choose: (actor: string) => void): TreeView {
  play(root, 'tree', 'Actors', false);
  const items = new Map<string, Item>();
  const closed = new Set<string>();
  let last: { actors: readonly LiveActor[]; chosen: LiveActor | undefined } = { actors: [], chosen: undefined };
  listenToTreeKeys(root, { choose, fold });
  root.addEventListener('click', ({ target }) => {
    const item = target instanceof Element ? target.closest('[role=treeitem]') : null;
    const id = item?.getAttribute('data-actor');
    if (!id) return;
    if (target instanceof Element && target.closest('.twisty')) fold(id, !closed.has(id));
    else choose(id);
  });
  return { show };

  function show(actors: readonly LiveActor[], chosen: LiveActor | undefined): void {
    last = { actors, chosen };
    const focused = document.activeElement?.closest('[data-actor]')?.getAttribute('data-actor');
    const rows = inOrder(actors).filter(({ ancestors }) => !ancestors.some((id) => closed.has(id)));
    const shown = rows.map(({ actor, level, hasChildren }) => row(actor, level, hasChildren, chosen));
    const isOther = root.children.length !== shown.length || shown.some((item, index) => root.children[index] !== item);
    if (isOther) {
      root.replaceChildren(...shown);
      if (focused) items.get(focused)?.element.focus();
    }
    for (const id of items.keys()) if (!actors.some((actor) => actor.id === id)) items.delete(id);
    if (!root.querySelector('[tabindex="0"]')) setAttribute(root.firstElementChild ?? root, 'tabindex', '0');
  }

  function row(actor: LiveActor, level: number, hasChildren: boolean, chosen: LiveActor | undefined): HTMLElement {
    const { element, name, states } = items.get(actor.id) ?? newItem(actor);
    const isChosen = chosen?.id === actor.id;
    setText(name, actor.name);
    setText(states, describeActor(actor));
    setAttribute(element, 'aria-level', String(level));
    setAttribute(element, 'aria-selected', String(isChosen));
    setAttribute(element, 'aria-expanded', hasChildren ? String(!closed.has(actor.id)) : undefined);
    setAttribute(element, 'data-status', actor.status);
    setAttribute(element, 'data-kind', actor.chart === undefined ? 'other' : 'machine');
    // One item of the tree is in the order of tabs.
    if (document.activeElement?.parentElement !== root) setAttribute(element, 'tabindex', isChosen ? '0' : '-1');
    element.style.paddingInlineStart = `${(level - 1) * 14 + 6}px`;
    return element;
  }

  function newItem(actor: LiveActor): Item {
    const name = make('span', { class: 'actor-name' });
    const states = make('span', { class: 'actor-states' });
    const label = make('span', { class: 'actor-label' }, make('span', { class: 'twisty' }), name);
    const element = make('div', { role: 'treeitem', 'data-actor': actor.id, title: actor.id }, label, states);
    const item = { element, name, states };
    items.set(actor.id, item);
    return item;
  }

  function fold(id: string, isClosed: boolean): void {
    if (isClosed) closed.add(id);
    else closed.delete(id);
    show(last.actors, last.chosen);
  }
}

interface TreeRow {
  readonly actor: LiveActor;
  readonly level: number;
  readonly ancestors: readonly string[];
  readonly hasChildren: boolean;
}

/** Each actor before those that it is the parent of. One whose parent is not there stands at the top. */
function inOrder(actors: readonly LiveActor[]): TreeRow[] {
  const ids = new Set(actors.map(({ id }) => id));
  const childrenOf = (parent: string | undefined) =>
    actors.filter(
      (actor) => (actor.parent !== undefined && ids.has(actor.parent) ? actor.parent : undefined) === parent,
    );
  return childrenOf(undefined).flatMap((actor) => withChildren(actor, []));

  function withChildren(actor: LiveActor, ancestors: readonly string[]): TreeRow[] {
    const children = ancestors.includes(actor.id) ? [] : childrenOf(actor.id);
    const row = { actor, level: ancestors.length + 1, ancestors, hasChildren: children.length > 0 };
    return [row, ...children.flatMap((child) => withChildren(child, [...ancestors, actor.id]))];
  }
}
