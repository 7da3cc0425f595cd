import type { SentStanza } from '../../machines/delivery.ts';

/** A stanza that stands in a line. */
export class Place {
  readonly sent: SentStanza;
  /** The one that it stands in. */
  line: Line | undefined;
  before: Place | undefined;
  behind: Place | undefined;
  /** How long its deadline was away when it was set. */
  timeout: number | undefined;

  constructor(sent: SentStanza) {
    this.sent = sent;
  }
}

/** Stanzas one behind the other, in the order of sending. Each can leave at once, wherever it stands. */
class Line {
  first: Place | undefined;
  last: Place | undefined;
  size = 0;
  /** UTF-16 units of all of them. */
  characters = 0;

  /** Lets in one that was sent after all that are here. */
  enter(place: Place): void {
    put(this, place, this.last, undefined);
  }

  /** Lets in one that was here before: it is looked for from the front where it belongs. */
  enterAgain(place: Place): void {
    let behind = this.first;
    while (behind && behind.sent.order < place.sent.order) behind = behind.behind;
    put(this, place, behind ? behind.before : this.last, behind);
  }

  leave(place: Place): void {
    const { before, behind, sent } = place;
    if (before) before.behind = behind;
    else this.first = behind;
    if (behind) behind.before = before;
    else this.last = before;
    place.line = undefined;
    place.before = undefined;
    place.behind = undefined;
    this.size -= 1;
    this.characters -= sent.length;
  }
}

/** A line where nobody stands. Most clients wait for nothing most of the time, and need none of their own. */
export const NOBODY: Line = new Line();

/** A line that can be entered. */
export function opened(line: Line): Line {
  return line === NOBODY ? new Line() : line;
}

function put(line: Line, place: Place, before: Place | undefined, behind: Place | undefined): void {
  place.line = line;
  place.before = before;
  place.behind = behind;
  if (before) before.behind = place;
  else line.first = place;
  if (behind) behind.before = place;
  else line.last = place;
  line.size += 1;
  line.characters += place.sent.length;
}
