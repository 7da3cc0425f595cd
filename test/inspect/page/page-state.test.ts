import { describe, expect, it } from 'vitest';
import { emptyHistory, type History } from '../../../src/inspect/page/history.ts';
import {
  closeRecording,
  FIRST_STATE,
  openRecording,
  type PageState,
  showHistory,
  travelTo,
  viewOf,
} from '../../../src/inspect/page/page-state.ts';
import { actor, line, move } from './samples.ts';

function historyOf(id: string, ...states: string[]): History {
  const entries = states.map((state, index) => line(index + 1, move('x', state), { client: id }));
  const root = { ...actor(id, 'client', undefined, states.at(-1) ?? ''), firstSeq: 0, goneSeq: undefined };
  return { ...emptyHistory(id, id), entries, actors: [root] };
}

function pageWith(...histories: History[]): PageState {
  return { ...FIRST_STATE, store: { ...FIRST_STATE.store, histories } };
}

function seen(state: PageState) {
  const view = viewOf(state);
  return view && { id: view.live.id, seq: view.seq, states: view.actors[0]?.states, now: view.now() };
}

describe('what the page shows', () => {
  it('is nothing before the first client is there', () => {
    expect(viewOf(FIRST_STATE)).toBeUndefined();
  });

  it('is the first client, as it is now', () => {
    const view = viewOf(pageWith(historyOf('c', 'offline', 'resolving'), historyOf('d')));
    expect([view?.live.id, view?.seq, view?.moment, view?.actors[0]?.states]).toEqual([
      'c',
      2,
      undefined,
      ['resolving'],
    ]);
  });

  it('stays at the moment that somebody looks back at, whatever else happens', () => {
    const back = travelTo(pageWith(historyOf('c', 'offline', 'resolving')), 1);
    const later = { ...back, store: { ...back.store, histories: [historyOf('c', 'offline', 'resolving', 'linked')] } };
    expect(seen(later)).toMatchObject({ id: 'c', seq: 1, states: ['offline'] });
    expect(viewOf(later)?.history.entries.length).toBe(2);
    expect(seen({ ...later, travel: undefined })).toMatchObject({ seq: 3, states: ['linked'] });
  });

  it('is another client where somebody chose it, at its own present', () => {
    const back = travelTo(pageWith(historyOf('c', 'offline', 'resolving'), historyOf('d', 'linked')), 1);
    expect(seen(showHistory(back, 'd'))).toMatchObject({ id: 'd', seq: 1, states: ['linked'] });
  });

  it('is a recording as soon as it is opened, where time stands still, and a client when it is closed', () => {
    const recording: History = { ...historyOf('r', 'failed.terminal'), source: 'recording' };
    const opened = openRecording(pageWith(historyOf('c', 'offline')), recording);
    expect(seen(opened)).toEqual({ id: 'r', seq: 1, states: ['failed.terminal'], now: recording.entries[0]?.at });
    expect(seen(closeRecording(opened, 'r'))).toMatchObject({ id: 'c', states: ['offline'] });
  });
});
