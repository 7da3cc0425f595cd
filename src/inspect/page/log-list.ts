import { make, play, setAttribute } from './elements.ts';
import type { DeliveryEntry } from './history.ts';
import { rowElement, rowId } from './log-row.ts';
import { type Row, rowOfSeq } from './rows.ts';

/** CSS pixels; the style sheet says the same. */
const ROW_HEIGHT = 22;
/** Lines that exist above and below those in sight. */
const BEYOND = 8;

interface DrawnRow {
  readonly element: HTMLElement;
  readonly delivery: DeliveryEntry | undefined;
}

/** What a list tells. */
export interface LogListActs {
  /** Somebody chose the line with this `seq`. */
  select(seq: number): void;
  /** The end came in sight, or went out of it. */
  scrolled(): void;
}

/** A list of any length, of which only the lines in sight exist. */
export class LogList {
  readonly #root: HTMLElement;
  readonly #space = make('div', { class: 'log-space', role: 'presentation' });
  readonly #acts: LogListActs;
  readonly #drawn = new Map<string, DrawnRow>();
  #rows: readonly Row[] = [];
  #deliveries: ReadonlyMap<number, DeliveryEntry> = new Map();
  #selected: number | undefined;
  #isAtEnd = true;

  /** `root` scrolls. */
  constructor(root: HTMLElement, acts: LogListActs) {
    this.#root = root;
    this.#acts = acts;
    play(root, 'listbox', 'Lines of the log');
    root.append(this.#space);
    root.addEventListener('scroll', () => this.#scrolled());
    new ResizeObserver(() => (this.#isAtEnd ? this.toEnd() : this.#draw())).observe(root);
    root.addEventListener('click', ({ target }) => {
      const seq = target instanceof Element ? target.closest('[data-seq]')?.getAttribute('data-seq') : undefined;
      if (seq) this.#select(Number(seq));
    });
    root.addEventListener('keydown', (event) => {
      const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : this.#stepOf(event.key);
      if (step === undefined) return;
      event.preventDefault();
      this.#walk(step);
    });
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  show(rows: readonly Row[], deliveries: ReadonlyMap<number, DeliveryEntry>, selected: number | undefined): void {
    this.#rows = rows;
    this.#deliveries = deliveries;
    this.#selected = selected;
    this.#space.style.height = `${rows.length * ROW_HEIGHT}px`;
    if (this.#isAtEnd && selected === undefined) this.toEnd();
    else this.#draw();
  }

  /** Goes to the newest line, and stays there. */
  toEnd(): void {
    this.#isAtEnd = true;
    this.#root.scrollTop = this.#rows.length * ROW_HEIGHT;
    this.#draw();
  }

  /** Brings a line in sight. */
  reveal(seq: number): void {
    const index = rowOfSeq(this.#rows, seq);
    const top = index * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.#root;
    if (index < 0) return;
    this.#isAtEnd = false;
    if (top >= scrollTop && top + ROW_HEIGHT <= scrollTop + clientHeight) return;
    this.#root.scrollTop = top - clientHeight / 2;
    this.#draw();
  }

  #scrolled(): void {
    const wasAtEnd = this.#isAtEnd;
    const { scrollTop, clientHeight } = this.#root;
    this.#isAtEnd = scrollTop + clientHeight >= (this.#rows.length - 0.5) * ROW_HEIGHT;
    this.#draw();
    if (wasAtEnd !== this.#isAtEnd) this.#acts.scrolled();
  }

  #stepOf(key: string): number | undefined {
    const page = Math.max(1, Math.floor(this.#root.clientHeight / ROW_HEIGHT) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    return steps[key];
  }

  /** To the next line in that direction that is an entry; at the ends, to the last one before. */
  #walk(step: number): void {
    const rows = this.#rows;
    const start = this.#selected === undefined ? rows.length : rowOfSeq(rows, this.#selected);
    const goal = Math.min(rows.length - 1, Math.max(0, start + step));
    const direction = step < 0 ? -1 : 1;
    for (const way of [direction, -direction]) {
      for (let index = goal; index >= 0 && index < rows.length; index += way) {
        const row = rows[index];
        if (row?.kind === 'entry') return this.#select(row.entry.seq);
      }
    }
  }

  #select(seq: number): void {
    // The next key may come before the page is drawn anew.
    this.#selected = seq;
    this.#acts.select(seq);
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#root;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - BEYOND);
    const last = Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + BEYOND;
    const kept = new Set(this.#rows.slice(first, last).map((row, index) => this.#place(row, first + index)));
    for (const [key, { element }] of this.#drawn) {
      if (kept.has(key)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    const current = this.#selected === undefined ? undefined : this.#rows[rowOfSeq(this.#rows, this.#selected)];
    const id = current?.kind === 'entry' ? rowId(current.entry.seq) : undefined;
    setAttribute(this.#root, 'aria-activedescendant', id);
  }

  #place(row: Row, index: number): string {
    const seq = row.kind === 'entry' ? row.entry.seq : undefined;
    const key = row.kind === 'entry' ? String(seq) : `${row.text} ${index}`;
    const element = this.#elementOf(key, row);
    element.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    setAttribute(element, 'aria-posinset', String(index + 1));
    setAttribute(element, 'aria-setsize', String(this.#rows.length));
    setAttribute(element, 'aria-selected', String(seq !== undefined && seq === this.#selected));
    return key;
  }

  #elementOf(key: string, row: Row): HTMLElement {
    const delivery = row.kind === 'entry' ? this.#deliveries.get(row.entry.seq) : undefined;
    const known = this.#drawn.get(key);
    if (known && known.delivery === delivery) return known.element;
    known?.element.remove();
    const element = rowElement(row, delivery);
    this.#drawn.set(key, { element, delivery });
    this.#space.append(element);
    return element;
  }
}
