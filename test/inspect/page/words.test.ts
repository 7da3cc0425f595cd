import { describe, expect, it } from 'vitest';
import { formatCalmDuration, formatDuration, formatOffset } from '../../../src/inspect/page/duration.ts';
import { nameOf } from '../../../src/inspect/page/event-name.ts';
import { describeActor, describeStates, phaseOf } from '../../../src/inspect/page/phase.ts';
import { actor } from './samples.ts';

describe('words for people', () => {
  it('tell spans of time', () => {
    const spans = [-5, 0, 999.9, 1000, 59_999, 60_000, 185_000, 3_600_000, 7_620_000];
    expect(spans.map(formatDuration)).toEqual([
      '0 ms',
      '0 ms',
      '999 ms',
      '1.0 s',
      '59.9 s',
      '1 min 00 s',
      '3 min 05 s',
      '1 h 00 min',
      '2 h 07 min',
    ]);
    expect([240, 1999, 61_500].map(formatCalmDuration)).toEqual(['0 s', '1 s', '1 min 01 s']);
    expect([formatOffset(12), formatOffset(-1400)]).toEqual(['+12 ms', '−1.4 s']);
  });

  it('tell states, with what they have in common said once', () => {
    expect(describeStates(['linked.online.stability.stable', 'linked.online.liveness.fresh'])).toBe(
      'linked.online: stability.stable, liveness.fresh',
    );
    expect([describeStates(['a', 'b']), describeStates(['offline']), describeStates([])]).toEqual([
      'a, b',
      'offline',
      'not known',
    ]);
  });

  it('tell how an actor is', () => {
    expect(describeActor(actor('s', 'session', 'c', 'live'))).toBe('live');
    expect(describeActor({ ...actor('s', 'session', 'c', 'live'), status: 'error' })).toBe('failed');
    expect(describeActor({ ...actor('t', 'transport', 'c'), chart: undefined })).toBe('');
  });

  it('tell what a state means for the connection', () => {
    const states = [
      'offline',
      'resolving.asking',
      'linked.opening',
      'linked.online.a',
      'reconnecting.x',
      'failed.terminal',
    ];
    expect(states.map((state) => phaseOf([state]))).toEqual([
      'offline',
      'connecting',
      'connecting',
      'online',
      'waiting',
      'failed',
    ]);
    expect(phaseOf([])).toBe('unknown');
  });

  it('tell events of XState in another way than XState', () => {
    const events = [
      'xstate.after.openDeadline.client.linked.opening',
      'xstate.done.actor.recall',
      'xstate.error.actor.resolve',
      'xstate.init',
      'features.received',
    ];
    expect(events.map(nameOf)).toEqual([
      'after openDeadline',
      'recall done',
      'resolve failed',
      'starts',
      'features.received',
    ]);
  });
});
