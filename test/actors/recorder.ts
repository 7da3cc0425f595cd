import { type ActorRef, createActor, type EventObject, fromCallback, type Snapshot } from 'xstate';

/** An actor that hears everything and does what a test says. */
export interface Recorder<TEvent extends EventObject> {
  readonly actor: ActorRef<Snapshot<unknown>, TEvent, EventObject>;
  readonly heard: TEvent[];
}

export function recorder<TEvent extends EventObject>(hear: (event: TEvent) => void = () => {}): Recorder<TEvent> {
  const heard: TEvent[] = [];
  const logic = fromCallback<TEvent, undefined, EventObject>(({ receive }) => {
    receive((event) => {
      heard.push(event);
      hear(event);
    });
  });
  return { actor: createActor(logic, { input: undefined }).start(), heard };
}

/** Lets the work of this turn happen: microtasks, no time. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
