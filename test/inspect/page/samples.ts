import type { LiveActor, LogBody, LogEntry } from '../../../src/inspect/live/protocol.ts';

/** When everything in these tests begins. */
export const START = 1_700_000_000_000;

/** A line of the log, `seq` milliseconds after the start. */
export function line(
  seq: number,
  body: LogBody,
  of: { client?: string; actor?: string; name?: string } = {},
): LogEntry {
  const { client = 'c', actor = client, name = 'client' } = of;
  return { seq, at: START + seq, client, actor, actorName: name, ...body };
}

/** What a transition says that led somewhere. */
export function move(event: string, ...states: string[]): LogBody {
  return { kind: 'transition', event, detail: '', states, moved: true };
}

/** What an event says that led nowhere. */
export function stay(event: string, ...states: string[]): LogBody {
  return { kind: 'transition', event, detail: '', states, moved: false };
}

/** What a stanza says. */
export function stanza(xml: string, direction: 'SEND' | 'RECV' = 'RECV'): LogBody {
  return { kind: 'stanza', direction, xml, length: xml.length, isSummary: false };
}

/** An actor that is a machine in some states, and nothing else is known of it. */
export function actor(id: string, name: string, parent: string | undefined, ...states: string[]): LiveActor {
  return { id, name, parent, status: 'active', chart: name, states, since: {}, deadlines: [] };
}
