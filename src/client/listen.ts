import type { PublishedEvent, RouterRef } from '../../machines/contracts.ts';
import { errorEvent } from '../actors/published.ts';
import { OptionError } from '../errors/index.ts';
import type { ClientEvents } from './client-events.ts';

/** Hears the events of a type; the returned function ends that. */
export function listen<Type extends keyof ClientEvents>(
  router: RouterRef,
  type: Type,
  listener: (event: ClientEvents[Type]) => void,
): () => void {
  const subscription = router.on(type, (event) => {
    if (!isOfType(event, type)) return;
    try {
      listener(event);
    } catch (cause) {
      // Nobody is told of an error in a listener for errors: it would be told of that too, and so on.
      if (type !== 'error') reportListener(router, `'${type}'`, cause);
    }
  });
  return () => subscription.unsubscribe();
}

/** A listener of the application failed: the client goes on, and says so while there is somebody who could hear it. */
export function reportListener(router: RouterRef, subject: string, cause: unknown): void {
  if (router.getSnapshot().status !== 'active') return;
  const error = new OptionError(`A listener for ${subject} failed`, {
    cause,
    hint: 'Look at the stack of `cause`: the client goes on.',
  });
  router.send({ type: 'publish', event: errorEvent(error) });
}

function isOfType<Type extends keyof ClientEvents>(event: PublishedEvent, type: Type): event is ClientEvents[Type] {
  return event.type === type;
}
