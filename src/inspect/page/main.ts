import { createActiveStatesView } from './active-states-view.ts';
import { createAnnouncer } from './announcer.ts';
import { ChartView } from './chart-view.ts';
import { createCharts } from './charts.ts';
import { connect } from './connection.ts';
import { createControls } from './controls.ts';
import { byId, setText, wantsCalm } from './elements.ts';
import { createExplanationView } from './explanation-view.ts';
import { createHeader } from './header.ts';
import { createLogView } from './log-view.ts';
import {
  closeRecording,
  FIRST_STATE,
  openRecording,
  type PageState,
  showHistory,
  travelTo,
  type View,
  viewOf,
} from './page-state.ts';
import { describeStates } from './phase.ts';
import { listenForRecordings } from './recording-drop.ts';
import { historyOfRecording } from './recording-file.ts';
import { listenToSplitter } from './splitter.ts';
import { receive } from './store.ts';
import { createTimelineView } from './timeline-view.ts';
import { createTreeView } from './tree-view.ts';

/* The page of the live inspector: what the server tells becomes a state, and the state is drawn, once a frame at most. */

let state: PageState = FIRST_STATE;
let isPlanned = false;
let isPlannedLater = false;
let opened = 0;
/** Milliseconds: messages may come by the hundred, and each would cost a drawing. */
const PATIENCE = 40;

const connection = connect({
  message(message) {
    state = { ...state, store: receive(state.store, message) };
    planLater();
  },
  link(link) {
    if (link === 'connected') charts.retry();
    set({ link });
  },
});
const charts = createCharts(connection, plan);
const announcer = createAnnouncer(byId('announcer'));
const header = createHeader({
  choose: (id) => change((now) => showHistory(now, id)),
  close: (id) => change((now) => closeRecording(now, id)),
});
const explanation = createExplanationView(byId('explanation-text'));
const controls = createControls(byId('controls'), connection.send, say);
const timeline = createTimelineView(byId('timeline'), { travel, live: goLive });
const tree = createTreeView(byId('tree'), showActor);
const activeStates = createActiveStatesView(byId('active-states'));
const chart = new ChartView(byId('chart'), byId('chart-bar'), charts);
const log = createLogView({
  connection,
  showActor,
  travel,
  live: goLive,
  pause: (isPaused) => set({ paused: isPaused ? viewOf(state)?.history : undefined }),
  filter: (filter) => set({ filter }),
});
const clocks = [explanation, activeStates, chart];

listenToSplitter(byId('splitter'), document.body.querySelector('main') ?? document.body);
listenForRecordings({ open: (recording) => void show(recording), refuse: say });
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && state.travel && !document.querySelector('dialog[open]')) goLive();
});
setInterval(tick, wantsCalm() ? 1000 : 100);
plan();

async function show(recording: Parameters<typeof historyOfRecording>[0]): Promise<void> {
  const known = await charts.load('client');
  const states = known.kind === 'ready' ? new Set(known.drawing.states.keys()) : new Set<string>();
  opened += 1;
  const history = historyOfRecording(recording, `recording-${opened}`, states);
  say('');
  change((now) => openRecording(now, history));
}

function travel(seq: number): void {
  change((now) => travelTo(now, seq));
}

function goLive(): void {
  set({ travel: undefined });
}

function showActor(actor: string): void {
  set({ actor });
}

function say(text: string): void {
  const notice = byId('notice');
  notice.hidden = text === '';
  setText(notice, text);
}

function set(part: Partial<PageState>): void {
  change((now) => ({ ...now, ...part }));
}

function change(update: (now: PageState) => PageState): void {
  state = update(state);
  plan();
}

function planLater(): void {
  if (isPlannedLater) return;
  isPlannedLater = true;
  setTimeout(() => {
    isPlannedLater = false;
    plan();
  }, PATIENCE);
}

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  requestAnimationFrame(() => {
    isPlanned = false;
    draw();
  });
}

function tick(): void {
  for (const clock of clocks) clock.tick();
}

function draw(): void {
  header.show(state);
  const view = viewOf(state);
  if (!view) return;
  const client = view.actors[0];
  explanation.show(view, client?.chart === undefined ? undefined : charts.get(client.chart));
  controls.show(view);
  timeline.show(view);
  tree.show(view.actors, view.actor);
  activeStates.show(view);
  chart.show(view);
  log.show(view);
  announce(view);
}

function announce({ actors, moment, live }: View): void {
  const when = moment ? 'Looking back: ' : '';
  if (actors[0]) announcer.say(`${when}${live.name}: ${describeStates(actors[0].states)}`);
}
