import type { LogEntry } from '../live/protocol.ts';
import type { Connection } from './connection.ts';
import { formatDuration, formatOffset, formatTime } from './duration.ts';
import { button, make } from './elements.ts';
import { nameOf } from './event-name.ts';
import type { DeliveryEntry, History, StanzaEntry, TransitionEntry } from './history.ts';
import { DELIVERY_WORDS } from './log-row.ts';
import { lastMove } from './moment.ts';
import { deliveriesOf, stanzasAround } from './neighbours.ts';
import { describeStates } from './phase.ts';
import { xmlLine, xmlView } from './xml-view.ts';

/** What the details can lead to. */
export interface DetailActs {
  readonly connection: Connection;
  /** Goes to an entry, whatever the filter says. */
  goTo(seq: number): void;
  showActor(actor: string): void;
  close(): void;
}

/** All that is known of a line of the log. */
export function detailOf(entry: LogEntry, history: History, acts: DetailActs): Node[] {
  const heading = make('h2', {}, titleOf(entry));
  const close = button('Close', acts.close, { class: 'quiet', title: 'Back to now (Escape)' });
  const facts = make(
    'dl',
    { class: 'facts' },
    ...fact('Time', formatTime(entry.at)),
    ...actorFact(entry, history, acts),
  );
  return [make('div', { class: 'detail-head' }, heading, close), facts, ...contentOf(entry, history, acts)];
}

function titleOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'transition':
      return entry.moved ? 'Transition' : 'Event without transition';
    case 'stanza':
      return entry.direction === 'SEND' ? 'Sent' : 'Received';
    case 'event':
      return 'Event';
    case 'delivery':
      return 'Delivery';
    case 'error':
      return 'Error';
  }
}

function contentOf(entry: LogEntry, history: History, acts: DetailActs): Node[] {
  switch (entry.kind) {
    case 'transition':
      return [...transition(entry, history), ...around(entry, history, acts)];
    case 'stanza':
      return [...deliverySteps(entry, history), ...stanza(entry, acts)];
    case 'event':
      return [list(fact('Event', entry.event)), ...text(entry.detail), ...around(entry, history, acts)];
    case 'delivery':
      return delivery(entry, acts);
    case 'error':
      return [
        list(fact('Code', entry.code), entry.hint ? fact('What to do', entry.hint) : []),
        ...text(entry.message),
        ...around(entry, history, acts),
      ];
  }
}

function transition(entry: TransitionEntry, history: History): Node[] {
  const move = lastMove(history.entries, entry.actor, entry.seq);
  const previous = move && lastMove(history.entries, entry.actor, move.entry.seq - 1);
  const lasted = entry.moved && previous ? ` for ${formatDuration(entry.at - previous.entry.at)}` : '';
  const from = entry.moved && move?.before ? fact('From', `${describeStates(move.before)}${lasted}`) : [];
  const name = nameOf(entry.event);
  const event = name === entry.event ? entry.event : `${name} (${entry.event})`;
  return [
    list(fact('Event', event), from, fact(entry.moved ? 'To' : 'Stays in', describeStates(entry.states))),
    ...text(entry.detail),
  ];
}

function around(entry: LogEntry, history: History, acts: DetailActs): Node[] {
  const stanzas = stanzasAround(history.entries, entry.seq);
  if (stanzas.length === 0) return [];
  const items = stanzas.map((stanza) => {
    const offset = make('span', { class: 'offset' }, formatOffset(stanza.at - entry.at));
    const direction = make('span', { class: 'direction' }, stanza.direction === 'SEND' ? '→ sent' : '← received');
    const link = make('button', { type: 'button', class: 'around' }, offset, direction, xmlLine(stanza.xml));
    link.addEventListener('click', () => acts.goTo(stanza.seq));
    return make('li', { class: stanza.direction === 'SEND' ? 'sent' : 'received' }, link);
  });
  return [make('h3', {}, 'Stanzas around it'), make('ul', { class: 'stanzas-around' }, ...items)];
}

function stanza(entry: StanzaEntry, acts: DetailActs): Node[] {
  const box = make('div', { class: 'xml-box' }, xmlView(entry.xml));
  if (entry.isSummary) {
    return [make('p', { class: 'hint' }, 'A recording keeps the outline of a stanza and not its text.'), box];
  }
  let whole = entry.xml;
  const copy = button('Copy', () => void navigator.clipboard.writeText(whole), { class: 'quiet' });
  const bar = make('p', { class: 'hint' });
  if (entry.xml.length >= entry.length) return [bar, box, copy];
  bar.textContent = `The first ${entry.xml.length.toLocaleString('en')} of ${entry.length.toLocaleString('en')} characters. `;
  const load = button('Load all of it', async () => {
    try {
      whole = await acts.connection.wholeText(entry.seq);
      box.replaceChildren(xmlView(whole));
      bar.textContent = `All ${whole.length.toLocaleString('en')} characters.`;
    } catch {
      load.remove();
      bar.textContent = 'The inspector no longer has the rest of this stanza.';
    }
  });
  bar.append(load);
  return [bar, box, copy];
}

function deliverySteps(entry: StanzaEntry, history: History): Node[] {
  const steps = deliveriesOf(history.entries, entry.seq);
  if (steps.length === 0) return [];
  const items = steps.map(({ state, at, detail }) =>
    make('li', { class: state }, DELIVERY_WORDS[state], ` ${formatOffset(at - entry.at)} ${detail}`),
  );
  return [make('ol', { class: 'delivery-steps', 'aria-label': 'Delivery' }, ...items)];
}

function delivery({ of, state, detail }: DeliveryEntry, acts: DetailActs): Node[] {
  const link = of === undefined ? [] : [button('Show the stanza', () => acts.goTo(of))];
  return [list(fact('State', DELIVERY_WORDS[state])), ...text(detail), ...link];
}

function actorFact(entry: LogEntry, { actors }: History, acts: DetailActs): Node[] {
  const isKnown = actors.some(({ id }) => id === entry.actor);
  const name = isKnown
    ? button(entry.actorName, () => acts.showActor(entry.actor), { class: 'link-button', title: 'Show its chart' })
    : entry.actorName;
  return [make('dt', {}, 'Actor'), make('dd', {}, name)];
}

function list(...facts: readonly (readonly Node[])[]): Node {
  return make('dl', { class: 'facts' }, ...facts.flat());
}

function fact(name: string, value: string): Node[] {
  return [make('dt', {}, name), make('dd', {}, value)];
}

function text(value: string): Node[] {
  return value === '' ? [] : [make('pre', { class: 'detail-box', tabindex: '0' }, value)];
}
