import type { TrafficEntry } from '../../machines/settings.ts';
import { maskSasl } from '../sasl/index.ts';
import type { Framing } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';

/** What goes over one connection, told to the application. Made only if it asked for that. */
export class TrafficLog {
  readonly #framing: Framing;
  readonly #onTraffic: (entry: TrafficEntry) => void;

  constructor(framing: Framing, onTraffic: (entry: TrafficEntry) => void) {
    this.#framing = framing;
    this.#onTraffic = onTraffic;
  }

  /** The one place where payloads of SASL are masked: every element that is logged comes by. */
  element(direction: TrafficEntry['direction'], logged: Element): void {
    this.text(direction, this.#framing.formatElement(maskSasl(logged)));
  }

  /** A header, an error or a closing tag. */
  text(direction: TrafficEntry['direction'], text: string): void {
    try {
      this.#onTraffic({ direction, text });
    } catch {
      // The application's log failed; that must not cost it the connection.
    }
  }
}
