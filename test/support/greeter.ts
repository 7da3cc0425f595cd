import { fromCallback } from 'xstate';
import type { ClientSubprotocol, SessionLifecycleEvent, SubprotocolInput } from '../../src/node.ts';
import { messageWith } from './stanzas.ts';

/** A subprotocol that sends a message when it hears of a session, and tells what it hears. */
export function greeter(name: string, tell: (line: string) => void = () => {}): ClientSubprotocol<void> {
  return {
    name,
    features: [],
    routes: [],
    logic: fromCallback<SessionLifecycleEvent, SubprotocolInput>(({ input, receive }) => {
      receive((event) => {
        if ('reason' in event) tell(`${name} ended: ${event.reason.code}`);
        if (event.type !== 'session.started') return;
        tell(`${name} started`);
        input.outbox.send({ type: 'stanza.send', stanza: messageWith(`${name}: started`) });
      });
    }),
    api: () => {},
  };
}
