import { type Drawing, readDrawing } from './chart-svg.ts';
import type { Connection } from './connection.ts';

/** A chart that is shown, on its way, or not to be had. */
export type ChartState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly drawing: Drawing }
  | { readonly kind: 'failed'; readonly reason: string };

/** The charts that were asked for, each loaded once. */
export interface Charts {
  /** What there is of a chart now; asks for it where that did not happen yet. */
  get(key: string): ChartState;
  /** Resolves when it is there or cannot be had. */
  load(key: string): Promise<ChartState>;
  /** Those that could not be had may be asked for again. */
  retry(): void;
}

/** `changed` is called when a chart has come, or could not. */
export function createCharts(connection: Connection, changed: () => void): Charts {
  const states = new Map<string, ChartState>();
  const loads = new Map<string, Promise<ChartState>>();
  return {
    get(key) {
      if (!states.has(key)) void load(key);
      return states.get(key) ?? { kind: 'loading' };
    },
    load,
    retry() {
      for (const [key, { kind }] of states) {
        if (kind !== 'failed') continue;
        states.delete(key);
        loads.delete(key);
      }
    },
  };

  function load(key: string): Promise<ChartState> {
    const begun = loads.get(key) ?? fetchChart(key);
    loads.set(key, begun);
    return begun;
  }

  async function fetchChart(key: string): Promise<ChartState> {
    states.set(key, { kind: 'loading' });
    const state = await readChart(key);
    states.set(key, state);
    changed();
    return state;
  }

  async function readChart(key: string): Promise<ChartState> {
    try {
      const { svg } = await connection.chart(key);
      return { kind: 'ready', drawing: readDrawing(svg) };
    } catch (error) {
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
