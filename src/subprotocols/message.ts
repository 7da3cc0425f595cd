import { fromCallback } from 'xstate';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SendOptions } from '../../machines/delivery.ts';
import type { SessionLifecycleEvent, StanzaReceived } from '../../machines/events.ts';
import {
  address,
  type ClientSubprotocol,
  type Delivery,
  record,
  requireArgument,
  requireOptions,
  truth,
} from '../client/index.ts';
import type { Jid } from '../jid/index.ts';
import {
  buildMessage,
  buildPrivate,
  isCarbon,
  type Message,
  type MessageOptions,
  parseMessage,
} from '../payloads/index.ts';

// What a subprotocol of one's own needs that sends messages, or hears them.
export {
  buildMessage,
  type Message,
  type MessageOptions,
  type MessageThread,
  type MessageType,
  parseMessage,
  type ReceivedStanza,
} from '../payloads/index.ts';

/** A message came. */
export interface MessageEvent {
  readonly type: 'message';
  readonly message: Message;
}

declare module 'xstate-xmpp' {
  interface ClientEvents {
    message: MessageEvent;
  }
}

/** What a message is made of; its type is `chat` unless another is given. */
export type OutgoingMessage = Omit<MessageOptions, 'from' | 'to'> & {
  readonly to: Jid | string;
  /** Whether other clients of the two accounts shall get no copies (XEP-0280 §9); no. A bare address may have several all the same. */
  readonly private?: boolean | undefined;
};

/**
 * Sends messages; those that come are `message` events of the client. Copies of messages of the account's other clients are
 * none: they are `carbon` events, with `carbonsProtocol()`.
 */
export interface MessageApi {
  /**
   * Sends a message, or keeps it until the client is online, unless the options say otherwise.
   *
   * @throws JidError where the address is no JID; QueueFullError when too much waits already; OptionError when the message or the
   * options are wrong
   */
  send(message: OutgoingMessage, options?: SendOptions): Delivery;
}

/** Messages between two people (RFC 6121 §5). */
export function messageProtocol(): ClientSubprotocol<MessageApi> {
  return {
    name: 'message',
    features: [],
    routes: [{ kind: 'message' }],
    logic: receiver,
    api: (client) => ({
      send(outgoing, options) {
        requireArgument('messages.send()', 'message', outgoing, record);
        requireArgument('messages.send()', 'to', outgoing.to, address);
        requireOptions('messages.send()', outgoing, OPTIONS);
        // One by one: to copy whatever is there takes longer than all the rest of sending.
        const { to, type = 'chat', id, body, subject, thread, lang } = outgoing;
        const message = { to, type, id, body, subject, thread, lang } satisfies Record<Given, unknown>;
        return client.send(buildMessage(message, outgoing.private ? buildPrivate(to) : undefined), options);
      },
    }),
  };
}

type Given = Exclude<keyof OutgoingMessage, 'private'>;

const OPTIONS = { private: truth };

const receiver = fromCallback<SessionLifecycleEvent | StanzaReceived, SubprotocolInput, MessageEvent>(
  ({ receive, emit }) => {
    receive((event) => {
      // XEP-0280 §11: what says that it is a copy is no message, whoever sent it and whatever else it has.
      if (event.type !== 'stanza.received' || isCarbon(event.stanza)) return;
      emit({ type: 'message', message: parseMessage(event.stanza) });
    });
  },
);
