import type { Explanation } from '../../client/index.ts';
import type { LiveActor } from '../live/protocol.ts';
import type { LinkState } from './connection.ts';
import { type Filter, OPEN_FILTER } from './filter.ts';
import type { History } from './history.ts';
import { type Moment, momentAt } from './moment.ts';
import { EMPTY_STORE, type Gap, type Store } from './store.ts';

/** All that the page shows comes from this. Never changed: a newer one takes its place. */
export interface PageState {
  readonly store: Store;
  readonly link: LinkState;
  readonly recordings: readonly History[];
  /** Id of the history that is shown; empty for the first. */
  readonly shown: string;
  /** Session id of the actor whose chart is shown; empty for the client itself. */
  readonly actor: string;
  /** Looked back at: what was known when somebody began to look back, and the entry that they look at. */
  readonly travel: { readonly history: History; readonly seq: number } | undefined;
  /** What the log shows while it is paused. */
  readonly paused: History | undefined;
  readonly filter: Filter;
}

/** What all views show, worked out of the state. */
export interface View {
  readonly state: PageState;
  /** Everything up to now, also while somebody looks back. */
  readonly live: History;
  /** What the timeline spans: the same, or what was known when somebody began to look back. */
  readonly history: History;
  readonly moment: Moment | undefined;
  readonly gaps: readonly Gap[];
  /** As they are, or as they were. */
  readonly actors: readonly LiveActor[];
  /** The one whose chart is shown. */
  readonly actor: LiveActor | undefined;
  readonly explanation: Explanation | undefined;
  /** `seq` of what is shown: everything up to it has happened. */
  readonly seq: number;
  /** Now, or then. */
  now(): number;
}

/** Before anything has come. */
export const FIRST_STATE: PageState = {
  store: EMPTY_STORE,
  link: 'connecting',
  recordings: [],
  shown: '',
  actor: '',
  travel: undefined,
  paused: undefined,
  filter: OPEN_FILTER,
};

/** All histories that can be chosen: clients first, then recordings. */
export function choices({ store, recordings }: PageState): readonly History[] {
  return [...store.histories, ...recordings];
}

/** What is to be shown; `undefined` as long as there is nothing. */
export function viewOf(state: PageState): View | undefined {
  const all = choices(state);
  const live = all.find(({ id }) => id === state.shown) ?? all[0];
  if (!live) return undefined;
  const { travel } = state;
  const history = travel?.history ?? live;
  const isRecording = live.source === 'recording';
  const end = history.entries.at(-1);
  const seq = travel?.seq ?? end?.seq ?? 0;
  const moment = travel ? momentAt(travel.history, travel.seq) : undefined;
  const actors = moment?.actors ?? live.actors.filter(({ goneSeq }) => goneSeq === undefined);
  return {
    state,
    live,
    history,
    moment,
    gaps: isRecording ? [] : state.store.gaps,
    actors,
    actor: actors.find(({ id }) => id === state.actor) ?? actors[0],
    explanation: moment || isRecording ? undefined : live.explanation,
    seq,
    now: () => moment?.at ?? (isRecording ? (end?.at ?? 0) : Date.now()),
  };
}

/** Looks at the moment right after an entry. */
export function travelTo(state: PageState, seq: number): PageState {
  const history = state.travel?.history ?? viewOf(state)?.live;
  return history ? { ...state, travel: { history, seq } } : state;
}

/** Another client or recording: what was chosen in the one before means nothing there. */
export function showHistory(state: PageState, id: string): PageState {
  return { ...state, shown: id, actor: '', travel: undefined, paused: undefined };
}

/** Opens a recording and shows it, from its beginning. */
export function openRecording(state: PageState, recording: History): PageState {
  const opened = { ...state, recordings: [...state.recordings, recording] };
  return showHistory(opened, recording.id);
}

/** Closes a recording; the first client is shown again. */
export function closeRecording(state: PageState, id: string): PageState {
  const recordings = state.recordings.filter((recording) => recording.id !== id);
  return showHistory({ ...state, recordings }, '');
}
