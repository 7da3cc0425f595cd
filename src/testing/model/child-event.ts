/** An event that XState sends for a child. */
export interface ChildEvent {
  readonly id: string;
  /** `done`, `error` where it failed, or `snapshot` where it goes on. */
  readonly what: string;
}

/** Reads the type of an event; `undefined` where it is none of those. */
export function childEvent(type: string): ChildEvent | undefined {
  const [, what, id] = /^xstate\.(done|error|snapshot)\.actor\.(.+)$/.exec(type) ?? [];
  return what === undefined || id === undefined ? undefined : { id, what };
}

/** The same for the events that are the last of a child: it is done, or failed. */
export function childEnd(type: string): ChildEvent | undefined {
  const event = childEvent(type);
  return event?.what === 'snapshot' ? undefined : event;
}
