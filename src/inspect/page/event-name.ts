/** XState names timers and results of actors in its own way; people read them in another. */
export function nameOf(event: string): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(event) ?? [];
  if (delay !== undefined) return `after ${delay}`;
  const [, what, actor] = /^xstate\.(done|error)\.(?:actor|state)\.(.+)$/.exec(event) ?? [];
  if (actor !== undefined) return `${actor} ${what === 'done' ? 'done' : 'failed'}`;
  return event === 'xstate.init' ? 'starts' : event;
}
