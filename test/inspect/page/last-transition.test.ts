import { describe, expect, it } from 'vitest';
import { takenEdges } from '../../../src/inspect/page/last-transition.ts';

const edge = (source: string, event: string, target: string) => ({ source, event, target });

const CONNECTED = edge('linked.connecting', 'transport.connected', 'linked.opening');
const SECURED = edge('linked.connecting', 'transport.connected', 'linked.secured');
const OUT_OF_TURN = edge('linked', 'transport.connected', 'failing');
const FAILED = edge('linked', 'transport.failed', 'failing');
const TERMINAL = edge('failing', '', 'failed.terminal');
const AGAIN = edge('failing', '', 'reconnecting');
const CHOSEN = edge('reconnecting.choosing', '', 'reconnecting.backingOff');
const LATER = edge('reconnecting.backingOff', 'xstate.after.backOff.client.reconnecting.backingOff', 'resolving');
const PROBED = edge('linked.online', 'ping.*', 'linked.probing');
const EDGES = [CONNECTED, SECURED, OUT_OF_TURN, FAILED, TERMINAL, AGAIN, CHOSEN, LATER, PROBED];

describe('the transition that an event took', () => {
  it('is that of the innermost state, and of several the one that leads to where the actor is', () => {
    const event = 'transport.connected';
    expect(takenEdges(EDGES, event, ['linked.connecting'], ['linked.opening.header'])).toEqual([CONNECTED]);
    expect(takenEdges(EDGES, event, ['linked.connecting'], ['linked.secured'])).toEqual([SECURED]);
    expect(takenEdges(EDGES, event, ['linked.online'], ['failed.terminal'])).toEqual([OUT_OF_TURN, TERMINAL]);
  });

  it('goes on through states that are left at once', () => {
    expect(takenEdges(EDGES, 'transport.failed', ['linked.opening'], ['reconnecting.backingOff'])).toEqual([
      FAILED,
      AGAIN,
    ]);
    expect(takenEdges(EDGES, 'transport.failed', ['linked.opening'], ['failed.terminal'])).toEqual([FAILED, TERMINAL]);
  });

  it('may be one of time, or one for several events', () => {
    expect(takenEdges(EDGES, LATER.event, ['reconnecting.backingOff'], ['resolving'])).toEqual([LATER]);
    expect(takenEdges(EDGES, 'ping.late', ['linked.online.a', 'linked.online.b'], ['linked.probing'])).toEqual([
      PROBED,
    ]);
  });

  it('is guessed by its end where nothing tells where the actor was', () => {
    expect(takenEdges(EDGES, 'transport.connected', undefined, ['linked.secured'])).toEqual([SECURED]);
  });

  it('is none where the chart has none', () => {
    expect(takenEdges(EDGES, 'start', ['offline'], ['resolving'])).toEqual([]);
    expect(takenEdges(EDGES, 'transport.failed', ['offline'], ['resolving'])).toEqual([]);
  });
});
