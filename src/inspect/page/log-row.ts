import type { LogEntry } from '../live/protocol.ts';
import { formatTime } from './duration.ts';
import { make } from './elements.ts';
import { nameOf } from './event-name.ts';
import type { DeliveryEntry } from './history.ts';
import { describeStates } from './phase.ts';
import type { Row } from './rows.ts';
import { xmlLine } from './xml-view.ts';

/** Words for the states of delivery; they are read aloud too, so that no colour stands alone. */
export const DELIVERY_WORDS = {
  queued: 'queued',
  written: 'written',
  acknowledged: 'acknowledged',
  failed: 'failed',
} as const;

/** One line of the log. All columns are texts that others may have written. */
export function rowElement(row: Row, delivery: DeliveryEntry | undefined): HTMLElement {
  if (row.kind === 'gap') return make('div', { class: 'row gap', role: 'option', 'aria-disabled': 'true' }, row.text);
  const { entry } = row;
  const element = make(
    'div',
    { class: `row ${entry.kind}`, role: 'option', id: rowId(entry.seq), 'data-seq': String(entry.seq) },
    make('time', { class: 'at' }, formatTime(entry.at)),
    make('span', { class: 'kind' }, kindOf(entry)),
    make('span', { class: 'actor' }, entry.actorName),
    make('span', { class: 'text' }, ...textOf(entry)),
  );
  if (entry.kind === 'transition' && !entry.moved) element.classList.add('still');
  if (entry.kind === 'stanza') element.classList.add(entry.direction === 'SEND' ? 'sent' : 'received');
  if (entry.kind === 'delivery') element.classList.add(entry.state);
  if (delivery)
    element.append(make('span', { class: `delivery-state ${delivery.state}` }, DELIVERY_WORDS[delivery.state]));
  return element;
}

/** Id of the element of a line. */
export function rowId(seq: number): string {
  return `row-${seq}`;
}

/** Short, and without colours: what the second column says. */
function kindOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'stanza':
      return entry.direction === 'SEND' ? '→ sent' : '← received';
    case 'transition':
      return entry.moved ? 'state' : 'event';
    default:
      return entry.kind;
  }
}

function textOf(entry: LogEntry): (Node | string)[] {
  switch (entry.kind) {
    case 'stanza':
      return [xmlLine(entry.xml)];
    case 'transition': {
      const event = make('span', { class: 'event-name' }, nameOf(entry.event));
      const to = make('b', { class: 'target' }, describeStates(entry.states));
      return entry.moved ? [to, ' ', event, detail(entry.detail)] : [event, detail(entry.detail)];
    }
    case 'event':
      return [make('span', { class: 'event-name' }, nameOf(entry.event)), detail(entry.detail)];
    case 'delivery':
      return [`${DELIVERY_WORDS[entry.state]} `, detail(entry.detail)];
    case 'error':
      return [make('b', {}, entry.code), ` ${entry.message}`];
  }
}

function detail(text: string): Node {
  return make('span', { class: 'detail-text' }, text === '' ? '' : ` ${text.slice(0, 300)}`);
}
