/** What keys do in a tree. */
export interface TreeActs {
  choose(id: string): void;
  fold(id: string, isClosed: boolean): void;
}

/** Keys of a tree as WAI-ARIA describes them, for items that stand in the order in which they are shown. */
export function listenToTreeKeys(root: HTMLElement, acts: TreeActs): void {
  root.addEventListener('keydown', (event) => {
    const item = event.target instanceof Element ? event.target.closest('[role=treeitem]') : null;
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!press(event.key, item)) return;
    event.preventDefault();
  });

  function press(key: string, item: Element): boolean {
    const all = [...root.children];
    const index = all.indexOf(item);
    const id = item.getAttribute('data-actor') ?? '';
    switch (key) {
      case 'ArrowDown':
        return focus(all[index + 1]);
      case 'ArrowUp':
        return focus(all[index - 1]);
      case 'Home':
        return focus(all[0]);
      case 'End':
        return focus(all.at(-1));
      case 'ArrowRight':
        if (item.getAttribute('aria-expanded') === 'false') acts.fold(id, false);
        else if (item.getAttribute('aria-expanded') === 'true') focus(all[index + 1]);
        return true;
      case 'ArrowLeft':
        if (item.getAttribute('aria-expanded') === 'true') acts.fold(id, true);
        else focus(parentOf(all, index));
        return true;
      case 'Enter':
      case ' ':
        acts.choose(id);
        return true;
      default:
        return key.length === 1 && focus(nextWith(all, index, key));
    }
  }

  function focus(item: Element | undefined): boolean {
    if (!(item instanceof HTMLElement)) return true;
    for (const other of root.children) other.setAttribute('tabindex', other === item ? '0' : '-1');
    item.focus();
    return true;
  }
}

function parentOf(all: readonly Element[], index: number): Element | undefined {
  return all.slice(0, index).findLast((item) => levelOf(item) < levelOf(all[index]));
}

/** The next item whose name begins with a character, from here round to here. */
function nextWith(all: readonly Element[], index: number, start: string): Element | undefined {
  return [...all.slice(index + 1), ...all.slice(0, index + 1)].find((item) =>
    item.textContent?.toLowerCase().startsWith(start.toLowerCase()),
  );
}

function levelOf(item: Element | undefined): number {
  return Number(item?.getAttribute('aria-level') ?? 0);
}
