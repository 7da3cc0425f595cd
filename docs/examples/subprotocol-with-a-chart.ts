// A subprotocol whose actor is a machine: Message Delivery Receipts (XEP-0184). Each message that asks for a receipt has an
// actor of its own that waits for it, and the application hears `receipt` events.
// Use it: `const receipts = client.use(receiptsProtocol())`, and then `receipts.send(to, body)`.

import { assertEvent, assign, emit, enqueueActions, sendParent, sendTo, setup, spawnChild, stopChild } from 'xstate';
import {
  type ClientSubprotocol,
  childOf,
  createId,
  type Delivery,
  type Element,
  element,
  parseJid,
  type SessionLifecycleEvent,
  type StanzaReceived,
  type SubprotocolInput,
} from 'xstate-xmpp';
import { tryParseJid } from 'xstate-xmpp/jid';
import { buildMessage, parseMessage } from 'xstate-xmpp/message';

const NS = 'urn:xmpp:receipts';

/** What became of a message. `overdue` need not mean anything: nobody has to send receipts (§4). */
export interface ReceiptEvent {
  readonly type: 'receipt';
  readonly id: string;
  readonly state: 'received' | 'overdue';
}

declare module 'xstate-xmpp' {
  interface ClientEvents {
    receipt: ReceiptEvent;
  }
}

interface ReceiptsApi {
  /** Sends a message that asks for a receipt; `receipt` events name it by its id. */
  send(to: string, body: string): { readonly id: string; readonly delivery: Delivery };
}

interface ReceiptsOptions {
  /** Milliseconds from when a message went out until its receipt is overdue; 30,000 if absent. */
  readonly patience?: number | undefined;
}

export function receiptsProtocol({ patience = 30_000 }: ReceiptsOptions = {}): ClientSubprotocol<ReceiptsApi> {
  const receipt = receiptMachine.provide({ delays: { patience } });
  return {
    name: 'receipts',
    features: [NS],
    routes: [{ kind: 'message', namespaces: [NS] }],
    logic: receiptsMachine.provide({ actors: { receipt } }),
    api: (client) => ({
      send(to, body) {
        const id = createId();
        const request = element(`{${NS}}request`);
        const delivery = client.send(buildMessage({ to, id, type: 'chat', body }, request));
        // Patience begins when it went out, which may be much later; `delivery` knows of those that never do.
        const wait = (): void => client.tell({ type: 'message.written', id, to: parseJid(to).bare });
        delivery.written().then(wait, () => {});
        return { id, delivery };
      },
    }),
  };
}

/** A message that went out, and the bare address that it went to. */
interface Sent {
  readonly id: string;
  readonly to: string;
}

const receiptMachine = setup({
  types: {} as { input: Sent; context: Sent; events: { type: 'receipt.came'; from: string | undefined } },
  delays: { patience: 30_000, memory: 600_000 },
  guards: { isFromRecipient: ({ context, event }) => event.from === context.to },
  actions: {
    report: sendParent(({ context: { id } }, state: ReceiptEvent['state']) => ({ type: 'receipt.changed', id, state })),
  },
}).createMachine({
  id: 'receipt',
  context: ({ input }) => input,
  initial: 'pending',
  on: { 'receipt.came': { guard: 'isFromRecipient', target: '.received' } },
  states: {
    pending: { after: { patience: 'overdue' } },
    overdue: { entry: { type: 'report', params: 'overdue' }, after: { memory: 'forgotten' } },
    received: { type: 'final', entry: { type: 'report', params: 'received' } },
    forgotten: { type: 'final' },
  },
});

type ReceiptsEvent =
  | SessionLifecycleEvent
  | StanzaReceived
  | ({ type: 'message.written' } & Sent)
  | { type: 'receipt.changed'; id: string; state: ReceiptEvent['state'] }
  | { type: `xstate.done.actor.${string}`; actorId: string };

const receiptsMachine = setup({
  types: {} as {
    input: SubprotocolInput;
    context: { outbox: SubprotocolInput['outbox']; contacts: readonly string[] };
    events: ReceiptsEvent;
    emitted: ReceiptEvent;
  },
  actors: { receipt: receiptMachine },
  guards: {
    isReceipt: (_, stanza: Element) => childOf(stanza, 'received', NS) !== undefined,
    // Strangers shall not learn that somebody is here (§8), and an error asks for nothing.
    isOwed: ({ context }, stanza: Element) => {
      const { from, id, type } = stanza.attributes;
      const isRequest = childOf(stanza, 'request', NS) !== undefined && id !== undefined && type !== 'error';
      return isRequest && context.contacts.includes(bareAddress(from) ?? '');
    },
  },
  actions: {
    rememberContact: assign({ contacts: ({ context }, { to }: Sent) => [...new Set([...context.contacts, to])] }),
    awaitReceipt: spawnChild('receipt', { id: ({ event }) => sent(event).id, input: ({ event }) => sent(event) }),
    handOn: enqueueActions(({ self, enqueue }, stanza: Element) => {
      const id = childOf(stanza, 'received', NS)?.attributes.id ?? '';
      const from = bareAddress(stanza.attributes.from);
      // The id is the word of a stranger: it may be anything, also `constructor`.
      if (Object.hasOwn(self.getSnapshot().children, id)) enqueue.sendTo(id, { type: 'receipt.came', from });
    }),
    answer: sendTo(
      ({ context }) => context.outbox,
      (_, request: Element) => {
        const { from, id, type } = parseMessage(request);
        const receipt = buildMessage({ to: from, type }, element(`{${NS}}received`, { id }));
        return { type: 'stanza.send', stanza: receipt };
      },
    ),
  },
}).createMachine({
  id: 'receipts',
  context: ({ input }) => ({ outbox: input.outbox, contacts: [] }),
  on: {
    'message.written': {
      actions: [{ type: 'rememberContact', params: ({ event }) => event }, 'awaitReceipt'],
    },
    'stanza.received': [
      {
        guard: { type: 'isReceipt', params: ({ event }) => event.stanza },
        actions: { type: 'handOn', params: ({ event }) => event.stanza },
      },
      {
        guard: { type: 'isOwed', params: ({ event }) => event.stanza },
        actions: { type: 'answer', params: ({ event }) => event.stanza },
      },
    ],
    'receipt.changed': { actions: emit(({ event: { id, state } }) => ({ type: 'receipt', id, state })) },
    'xstate.done.actor.*': { actions: stopChild(({ event }) => event.actorId) },
  },
});

function sent(event: ReceiptsEvent): Sent {
  assertEvent(event, 'message.written');
  return event;
}

function bareAddress(text: string | undefined): string | undefined {
  return tryParseJid(text)?.bare;
}
