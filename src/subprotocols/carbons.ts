import { fromCallback } from 'xstate';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent, StanzaReceived } from '../../machines/events.ts';
import type { InlineRequest } from '../../machines/subprotocol.ts';
import { type ClientSubprotocol, DEFAULT_TIMEOUTS, type DroppedEvent, type ErrorEvent } from '../client/index.ts';
import { SessionEndedError, XmppError } from '../errors/index.ts';
import { bareJid, type Jid } from '../jid/index.ts';
import {
  buildCarbonsDisable,
  buildCarbonsEnable,
  type Carbon,
  isCarbon,
  NS_CARBONS,
  parseCarbon,
} from '../payloads/index.ts';
import { buildIq, isFrom } from '../stanza/index.ts';
import type { Element } from '../xml/index.ts';

export type { Carbon } from '../payloads/index.ts';

/**
 * Another client of the account sent or received a message. It must not be answered automatically: that other client may do
 * so as well, and a message that was sent never is to be (XEP-0280 §10.4).
 */
export interface CarbonEvent extends Carbon {
  readonly type: 'carbon';
}

declare module 'xstate-xmpp' {
  interface ClientEvents {
    carbon: CarbonEvent;
  }
}

/**
 * Whether copies come. They are asked for as each session begins, along with the login where the server can do that
 * (XEP-0386); those that come are `carbon` events of the client.
 */
export interface CarbonsApi {
  /** Asks for copies, in this session and in each after it: as it is from the beginning. */
  enable(): void;
  /** Asks for none, in this session and in each after it. Those that are on their way still come. */
  disable(): void;
}

/** The server did not do what was asked about copies, and the client goes on without; `cause` says why. */
export class CarbonsError extends XmppError {
  override readonly name = 'CarbonsError';
  override readonly level = 'carbons';
}

/** Copies of the messages that other clients of the account send and receive: Message Carbons (XEP-0280). */
export function carbonsProtocol(): ClientSubprotocol<CarbonsApi> {
  // What the user wants outlives sessions, and is asked for anew in each.
  let isWanted = true;
  return {
    name: 'carbons',
    features: [],
    routes: [{ kind: 'message', namespaces: [NS_CARBONS] }],
    inline: () => (isWanted ? [ENABLE_ALONG] : []),
    logic: receiver(() => isWanted),
    api: (client) => {
      const want = (wanted: boolean) => () => {
        isWanted = wanted;
        client.tell({ type: 'carbons.changed' });
      };
      return { enable: want(true), disable: want(false) };
    },
  };
}

const ENABLE_ALONG: InlineRequest = { feature: NS_CARBONS, request: buildCarbonsEnable() };

function receiver(isWanted: () => boolean) {
  return fromCallback<
    SessionLifecycleEvent | StanzaReceived | { readonly type: 'carbons.changed' },
    SubprotocolInput,
    CarbonEvent | DroppedEvent | ErrorEvent
  >(({ input, receive, emit }) => {
    const account = bareJid(input.jid);
    receive((event) => {
      switch (event.type) {
        case 'stanza.received':
          // The namespace has marks for other messages as well.
          return isCarbon(event.stanza) ? emit(judge(event.stanza, account)) : undefined;
        case 'session.started':
          // A server that resumes a session knows what was asked for in it.
          if (event.resumed || event.enabled.includes(NS_CARBONS) === isWanted()) return;
          return ask();
        case 'carbons.changed':
          return ask();
      }
    });

    function ask(): void {
      const payload = isWanted() ? buildCarbonsEnable() : buildCarbonsDisable();
      input.iq.send({
        type: 'iq.request',
        request: {
          stanza: buildIq({ type: 'set' }, payload),
          timeout: DEFAULT_TIMEOUTS.request,
          resolve() {},
          reject: (reason) => report(payload, reason),
        },
      });
    }

    /** With the session, the question is over as well. */
    function report({ name }: Element, cause: XmppError): void {
      if (cause instanceof SessionEndedError) return;
      emit({ type: 'error', error: refused(name, cause) });
    }
  });
}

/** XEP-0280 §11: a copy comes from the own account; whoever else sends one wants to speak in the name of others. */
function judge(stanza: Element, account: Jid): CarbonEvent | DroppedEvent {
  if (!isFrom(stanza, account)) return { type: 'stanza.dropped', stanza, reason: 'foreign-carbon' };
  const carbon = parseCarbon(stanza);
  return carbon ? { type: 'carbon', ...carbon } : { type: 'stanza.dropped', stanza, reason: 'unreadable-carbon' };
}

function refused(request: string, cause: XmppError): CarbonsError {
  const { condition, text } = cause;
  return new CarbonsError(`The server did not ${request} carbons: ${cause.message}`, {
    condition,
    text,
    cause,
    hint: 'Messages of other clients of the account may be missing here. Ask the operator of the server for XEP-0280.',
  });
}
