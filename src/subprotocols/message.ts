import { fromCallback } from 'xstate';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent, StanzaReceived } from '../../machines/events.ts';
import type { ClientSubprotocol, Delivery } from '../client/index.ts';
import type { Jid } from '../jid/index.ts';
import { buildMessage, type Message, type MessageOptions, parseMessage } from '../payloads/index.ts';

/** A message came. */
export interface MessageEvent {
  readonly type: 'message';
  readonly message: Message;
}

declare module '../client/client-events.ts' {
  interface ClientEvents {
    message: MessageEvent;
  }
}

/** What a message is made of; its type is `chat` unless another is given. */
export type OutgoingMessage = Omit<MessageOptions, 'from' | 'to'> & { readonly to: Jid | string };

/** Sends messages; those that come are `message` events of the client. */
export interface MessageApi {
  /**
   * Sends a message, or keeps it until the client is online.
   *
   * @throws JidError where the address is no JID; QueueFullError when too many stanzas wait already
   */
  send(message: OutgoingMessage): Delivery;
}

/** Messages between two people (RFC 6121 §5). */
export function messageProtocol(): ClientSubprotocol<MessageApi> {
  return {
    name: 'message',
    features: [],
    routes: [{ kind: 'message' }],
    logic: receiver,
    api: (client) => ({ send: (message) => client.send(buildMessage({ type: 'chat', ...message })) }),
  };
}

const receiver = fromCallback<SessionLifecycleEvent | StanzaReceived, SubprotocolInput, MessageEvent>(
  ({ receive, emit }) => {
    receive((event) => {
      if (event.type === 'stanza.received') emit({ type: 'message', message: parseMessage(event.stanza) });
    });
  },
);
