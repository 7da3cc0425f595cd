import type { ClientInput, Recorder, TrafficEntry } from '../../machines/settings.ts';
import { maskSasl } from '../sasl/index.ts';
import type { Framing } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';

/** What goes over one connection: told to the recorder of the client, and as text to the application, if it asked for that. */
export class TrafficLog {
  readonly #framing: Framing;
  readonly #recorder: Recorder | undefined;
  readonly #onTraffic: ((entry: TrafficEntry) => void) | undefined;

  constructor(framing: Framing, { recorder, onTraffic }: ClientInput) {
    this.#framing = framing;
    this.#recorder = recorder;
    this.#onTraffic = onTraffic;
  }

  /** Payloads of SASL are masked: every element that an application sees as text comes by here. */
  element(direction: TrafficEntry['direction'], logged: Element): void {
    this.#recorder?.element(direction, logged);
    if (this.#onTraffic)
      this.#tell({ direction, text: this.#framing.formatElement(maskSasl(logged)) }, this.#onTraffic);
  }

  /** A header, an error or a closing tag. */
  text(direction: TrafficEntry['direction'], text: string): void {
    this.#recorder?.text(direction, text);
    if (this.#onTraffic) this.#tell({ direction, text }, this.#onTraffic);
  }

  #tell(entry: TrafficEntry, onTraffic: (entry: TrafficEntry) => void): void {
    try {
      onTraffic(entry);
    } catch {
      // The application's log failed; that must not cost it the connection.
    }
  }
}
