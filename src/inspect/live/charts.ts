import type { AnyMachineSnapshot } from 'xstate';
import { clientMachine } from '../../../machines/index.ts';
import { type ChartGraph, chartGraph } from '../graph/index.ts';
import { drawChart } from './draw.ts';
import type { LiveChart } from './protocol.ts';

/** Charts that are remembered: an application may make a machine for each of its rooms. */
const MOST_CHARTS = 200;

type Machine = AnyMachineSnapshot['machine'];

/** A machine that was seen, and its chart once somebody asked for it. */
interface Entry {
  readonly machine: Machine;
  drawn: Promise<LiveChart> | undefined;
}

/** The charts of the machines that were seen, each drawn once, and only if somebody wants to see it. */
export class Charts {
  /** By key; the oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** Two machines with the same chart and other implementations are one here. */
  readonly #keys = new WeakMap<object, string>();
  readonly #draw: (graph: ChartGraph) => Promise<string>;

  constructor(draw: (graph: ChartGraph) => Promise<string> = drawChart) {
    this.#draw = draw;
    // A recording wants it too, and may be opened where no client ever was.
    this.#keys.set(clientMachine.config, clientMachine.id);
    this.#entries.set(clientMachine.id, { machine: clientMachine, drawn: undefined });
  }

  /** The key of the chart of a machine: its id where no other machine has the same. */
  keyOf({ machine }: AnyMachineSnapshot): string {
    const known = this.#keys.get(machine.config);
    if (known !== undefined && this.#entries.has(known)) return known;
    const key = this.#freeKey(machine.id.replace(/[^\w.-]+/g, '-').slice(0, 64) || 'machine');
    this.#keys.set(machine.config, key);
    this.#entries.set(key, { machine, drawn: undefined });
    const oldest = [...this.#entries.keys()].find((each) => each !== clientMachine.id);
    if (this.#entries.size > MOST_CHARTS && oldest !== undefined) this.#entries.delete(oldest);
    return key;
  }

  /** The chart with this key, `undefined` where there is none. Rejects where it cannot be drawn. */
  chart(key: string): Promise<LiveChart> | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    entry.drawn ??= this.#render(entry.machine);
    return entry.drawn;
  }

  async #render(machine: Machine): Promise<LiveChart> {
    return { name: machine.id, svg: await this.#draw(chartGraph(machine)) };
  }

  #freeKey(name: string): string {
    let key = name;
    for (let count = 2; this.#entries.has(key); count += 1) key = `${name}-${count}`;
    return key;
  }
}
