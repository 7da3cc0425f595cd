/** Makes an element with attributes and children. Texts become text nodes: nothing that a peer wrote is ever read as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(label: string, act: () => void, attributes: Readonly<Record<string, string>> = {}) {
  const made = make('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', () => {
    if (made.getAttribute('aria-disabled') !== 'true') act();
  });
  return made;
}

/** The element of the page with this id. Throws where it is missing: page and script belong together. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}

/** The same, of a certain kind: `byIdAs('chooser', HTMLSelectElement)`. */
export function byIdAs<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = byId(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is no ${kind.name}`);
  return found;
}

/** Changes a text only if it is another one, so that nothing is drawn or read aloud again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** The same for a text with code in backticks, as descriptions have it. */
export function setProse(element: Element, text: string): void {
  if (element.getAttribute('data-prose') === text) return;
  element.setAttribute('data-prose', text);
  // Every second part stands between two backticks.
  const parts = text.split('`');
  element.replaceChildren(...parts.map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part)));
}

/** Sets an attribute, or takes it away, only if that changes something. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Gives an element the role that its script plays, and a place in the order of tabs if it takes keys. */
export function play(element: HTMLElement, role: string, label: string, takesKeys = true): void {
  element.setAttribute('role', role);
  element.setAttribute('aria-label', label);
  if (takesKeys) element.tabIndex = 0;
}

/** Whether whoever looks asked for less motion. */
export function wantsCalm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
