import { type AnyActorLogic, type AnyActorRef, assertEvent, assign, enqueueActions, sendTo, setup } from 'xstate';
import { iqSlot, outboxSlot, routerSlot, type SubprotocolInput } from './contracts.ts';
import {
  crashError,
  endedActor,
  identityOf,
  MAX_CRASHES,
  missingSubprotocols,
  NO_ACTORS,
  NO_CRASHES,
  pingRequest,
  RESERVED_NAMES,
  routeEntries,
  type SessionContext,
  type SessionEvent,
  type SessionInput,
  type SessionOutput,
  without,
} from './session.facts.ts';

/**
 * The slots, with names that the type system does not know: where it knows them, `spawn` takes ids for slots alone, and the
 * actor of a subprotocol, which is no slot, could not have its name.
 */
const slots: Record<string, AnyActorLogic> = {
  router: routerSlot,
  iq: iqSlot,
  outbox: outboxSlot,
};

/** No actor is spawned. */
const NOBODY: readonly string[] = [];

/** Types, actors, guards and actions of `sessionMachine`. */
export const sessionSetup = setup({
  types: {} as {
    input: SessionInput;
    context: SessionContext;
    events: SessionEvent;
    output: SessionOutput;
  },
  actors: slots,
  guards: {
    isInfrastructure: ({ event }) => RESERVED_NAMES.includes(endedActor(event)),
    restoresSession: ({ event }) => event.type === 'session.restore' && event.restored?.session !== undefined,
    isManaged: ({ context }) => context.ledger.isOpen,
    isSubprotocol: ({ context, event }) => context.actors.has(endedActor(event)),
  },
  actions: {
    rememberSession: assign(({ event }) => {
      assertEvent(event, 'session.begin');
      return { jid: event.jid, enabled: event.enabled, features: event.features, crashes: NO_CRASHES };
    }),
    rememberManagement: assign(({ event }) => {
      assertEvent(event, 'session.manage');
      return { management: event.management };
    }),
    forgetManagement: assign({ management: undefined }),
    rememberRestored: assign(({ event }) => {
      assertEvent(event, 'session.restore');
      const { session } = event.restored ?? {};
      if (!session) return {};
      const { jid, management, enabled, features } = session;
      return { jid, management, enabled, features, crashes: NO_CRASHES };
    }),
    rememberApp: assign(({ event }) => {
      assertEvent(event, ['app.active', 'app.inactive']);
      return { app: event.type === 'app.active' ? 'active' : 'inactive' };
    }),
    rememberCrash: assign({ error: ({ event }) => crashError(event) }),
    addSubprotocol: assign(({ context, event }) => {
      assertEvent(event, 'subprotocol.use');
      return { subprotocols: [...context.subprotocols, event.subprotocol] };
    }),
    noteCrash: assign(({ context, event }) => {
      const name = endedActor(event);
      const count = (context.crashes.get(name) ?? 0) + 1;
      return { actors: without(context.actors, name), crashes: new Map(context.crashes).set(name, count) };
    }),
    noteEnd: assign(({ context, event }) => {
      const name = endedActor(event);
      return { actors: without(context.actors, name), crashes: new Map(context.crashes).set(name, MAX_CRASHES) };
    }),
    spawnSubprotocols: assign(({ context, spawn }) => {
      const { jid, outbox, iq, router } = context;
      const missing = missingSubprotocols(context);
      if (missing.length === 0) return { starting: NOBODY };
      const actors = new Map(context.actors);
      for (const { name, logic } of missing) {
        const input: SubprotocolInput = { jid, outbox, iq };
        const actor: AnyActorRef = spawn(logic, { id: name, input });
        actor.on('*', (event) => router.send({ type: 'publish', event }));
        actors.set(name, actor);
      }
      return { actors, starting: missing.map(({ name }) => name) };
    }),
    sendStarted: enqueueActions(({ context, event, enqueue }) => {
      const { jid, enabled, features, app, actors, starting } = context;
      for (const name of starting) {
        const actor = actors.get(name);
        const isNewStream = event.type === 'session.begin';
        if (actor)
          enqueue.sendTo(actor, { type: 'session.started', jid, resumed: false, isNewStream, enabled, features, app });
      }
    }),
    // Those that lived through the gap; what they enabled is enabled still.
    sendResumed: enqueueActions(({ context, enqueue }) => {
      const { jid, enabled, features, app, actors } = context;
      for (const actor of actors.values()) {
        enqueue.sendTo(actor, {
          type: 'session.started',
          jid,
          resumed: true,
          isNewStream: false,
          enabled,
          features,
          app,
        });
      }
    }),
    tellActors: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, ['app.active', 'app.inactive']);
      for (const actor of context.actors.values()) enqueue.sendTo(actor, event);
    }),
    sendSuspended: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'session.suspend');
      for (const actor of context.actors.values()) {
        enqueue.sendTo(actor, { type: 'session.suspended', reason: event.reason });
      }
    }),
    sendEnded: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, ['session.end', 'session.abandon']);
      for (const actor of context.actors.values()) {
        enqueue.sendTo(actor, { type: 'session.ended', reason: event.reason });
        enqueue.stopChild(actor);
      }
    }),
    forgetActors: assign({ actors: NO_ACTORS }),
    passToActor: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'subprotocol.tell');
      const actor = context.actors.get(event.name);
      if (actor) enqueue.sendTo(actor, event.event);
    }),
    passToOutbox: sendTo(
      ({ context }) => context.outbox,
      ({ event }) => {
        assertEvent(event, 'stanza.send');
        return event;
      },
    ),
    passToRouter: sendTo(
      ({ context }) => context.router,
      ({ event }) => {
        assertEvent(event, ['publish', 'stanza.hold']);
        return event;
      },
    ),
    publishCrash: sendTo(
      ({ context }) => context.router,
      ({ event }) => ({ type: 'publish', event: { type: 'error', error: crashError(event) } }),
    ),
    openIq: sendTo(
      ({ context }) => context.iq,
      ({ context }) => ({ type: 'iq.open', jid: context.jid }),
    ),
    openOutbox: sendTo(
      ({ context }) => context.outbox,
      ({ context, event }) => {
        assertEvent(event, 'session.begin');
        return { type: 'outbox.open', transport: event.transport, session: identityOf(context) };
      },
    ),
    attachTransport: sendTo(
      ({ event }) => {
        assertEvent(event, ['session.begin', 'session.resume']);
        return event.transport;
      },
      ({ context }) => ({ type: 'transport.attach', router: context.router, outbox: context.outbox }),
    ),
    sendRoutes: sendTo(
      ({ context }) => context.router,
      ({ context }) => ({ type: 'routes.replace', entries: routeEntries(context) }),
    ),
    askForAck: sendTo(({ context }) => context.outbox, { type: 'ack.probe' }),
    pingServer: sendTo(
      ({ context }) => context.iq,
      ({ context }) => ({ type: 'iq.request', request: pingRequest(context) }),
    ),
    openRouter: sendTo(({ context }) => context.router, { type: 'router.open' }),
    closeRouter: sendTo(({ context }) => context.router, { type: 'router.close' }),
    openLedger: ({ context }) => context.ledger.open(),
    closeLedger: ({ context }) => void context.ledger.close(),
    sendLastAck: sendTo(({ context }) => context.outbox, { type: 'ack.send' }),
    pauseOutbox: sendTo(({ context }) => context.outbox, { type: 'outbox.pause' }),
    restoreOutbox: sendTo(
      ({ context }) => context.outbox,
      ({ event }) => {
        assertEvent(event, 'session.restore');
        return { type: 'outbox.restore', restored: event.restored };
      },
    ),
    resumeOutbox: sendTo(
      ({ context }) => context.outbox,
      ({ event }) => {
        assertEvent(event, 'session.resume');
        return { type: 'outbox.resume', transport: event.transport, h: event.h };
      },
    ),
    closeOutbox: sendTo(
      ({ context }) => context.outbox,
      ({ event }) => ({
        type: 'outbox.close',
        h: event.type === 'session.end' ? event.h : undefined,
        isWanted: 'reason' in event && event.reason.condition === 'stopped',
      }),
    ),
    abandonRequests: sendTo(
      ({ context }) => context.iq,
      ({ event }) => {
        assertEvent(event, ['session.end', 'session.abandon', 'requests.abandon']);
        return { type: 'iq.abandon', reason: event.reason };
      },
    ),
    abandonStanzas: sendTo(
      ({ context }) => context.outbox,
      ({ event }) => {
        assertEvent(event, 'session.abandon');
        return { type: 'outbox.abandon', reason: event.reason };
      },
    ),
  },
});
