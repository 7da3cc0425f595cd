import { fromCallback } from 'xstate';
import type { PublishedEvent, PublisherCommand, PublisherInput } from '../../machines/contracts.ts';

/**
 * Tells the application what happens: emits each event to its listeners, and sends it as `xmpp.<type>` to the machine that
 * embeds the client. Listeners must not throw; the client's door wraps them.
 */
export const publisherLogic = fromCallback<PublisherCommand, PublisherInput, PublishedEvent>(
  ({ input: { audience }, receive, emit }) => {
    receive(({ event }) => {
      emit(event);
      audience?.send({ ...event, type: `xmpp.${event.type}` });
    });
  },
);
