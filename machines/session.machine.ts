import { type AnyActorLogic, type AnyActorRef, assertEvent, assign, enqueueActions, sendTo, setup } from 'xstate';
import { iqSlot, outboxSlot, routerSlot, type SubprotocolInput } from './contracts.ts';
import {
  crashError,
  endedActor,
  initialSession,
  MAX_CRASHES,
  missingSubprotocols,
  NO_CRASHES,
  RESERVED_NAMES,
  routeEntries,
  type SessionContext,
  type SessionEvent,
  type SessionInput,
  type SessionOutput,
  sessionOutput,
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

/**
 * What lives as long as a session, and what outlives it: the router, the pending requests and the queue are there for the
 * whole life of the client; each subprotocol has an actor while the session is live.
 *
 * Children: `router`, `iq`, `outbox`; one actor for each subprotocol. Parent: `client`.
 */
export const sessionMachine = setup({
  types: {} as {
    input: SessionInput;
    context: SessionContext;
    events: SessionEvent;
    output: SessionOutput;
  },
  actors: slots,
  guards: {
    isInfrastructure: ({ event }) => RESERVED_NAMES.includes(endedActor(event)),
    isSubprotocol: ({ context, event }) => context.actors.has(endedActor(event)),
  },
  actions: {
    rememberSession: assign(({ event }) => {
      assertEvent(event, 'session.begin');
      return { jid: event.jid, crashes: NO_CRASHES };
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
      const actors = new Map(context.actors);
      for (const { name, logic } of missing) {
        const input: SubprotocolInput = { jid, outbox, iq };
        const actor: AnyActorRef = spawn(logic, { id: name, input });
        actor.on('*', (event) => router.send({ type: 'publish', event }));
        actors.set(name, actor);
      }
      return { actors, starting: missing.map(({ name }) => name) };
    }),
    sendStarted: enqueueActions(({ context, enqueue }) => {
      for (const name of context.starting) {
        const actor = context.actors.get(name);
        if (actor) enqueue.sendTo(actor, { type: 'session.started', jid: context.jid, resumed: false });
      }
    }),
    sendEnded: enqueueActions(({ context, event, enqueue }) => {
      assertEvent(event, 'session.end');
      for (const actor of context.actors.values()) {
        enqueue.sendTo(actor, { type: 'session.ended', reason: event.reason });
        enqueue.stopChild(actor);
      }
    }),
    forgetActors: assign({ actors: new Map() }),
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
      ({ event }) => {
        assertEvent(event, 'session.begin');
        return { type: 'outbox.open', transport: event.transport };
      },
    ),
    attachTransport: sendTo(
      ({ event }) => {
        assertEvent(event, 'session.begin');
        return event.transport;
      },
      ({ context }) => ({ type: 'transport.attach', router: context.router, outbox: context.outbox }),
    ),
    sendRoutes: sendTo(
      ({ context }) => context.router,
      ({ context }) => ({ type: 'routes.replace', entries: routeEntries(context) }),
    ),
    openRouter: sendTo(({ context }) => context.router, { type: 'router.open' }),
    closeRouter: sendTo(({ context }) => context.router, { type: 'router.close' }),
    closeOutbox: sendTo(({ context }) => context.outbox, { type: 'outbox.close' }),
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
}).createMachine({
  id: 'session',
  context: initialSession,
  output: sessionOutput,
  initial: 'absent',
  options: { maxIterations: 100 },
  on: {
    publish: { actions: 'passToRouter' },
    'stanza.send': { actions: 'passToOutbox' },
    'stanza.hold': { actions: 'passToRouter' },
    'subprotocol.use': { actions: 'addSubprotocol' },
    'requests.abandon': { actions: ['abandonRequests', 'closeOutbox'] },
    'session.abandon': { actions: ['abandonRequests', 'abandonStanzas', 'closeRouter'] },
    'xstate.error.actor.*': [
      { guard: 'isInfrastructure', target: '.broken', actions: 'rememberCrash' },
      { actions: 'publishCrash' },
    ],
  },
  states: {
    absent: {
      description: 'No session. Stanzas wait in the queue; no subprotocol has an actor.',
      on: {
        'session.begin': {
          target: 'live',
          // The queue goes out before subprotocols hear of the session, and they hear of it before they hear stanzas.
          actions: [
            'rememberSession',
            'openIq',
            'openOutbox',
            'attachTransport',
            'spawnSubprotocols',
            'sendRoutes',
            'sendStarted',
            'openRouter',
          ],
        },
        // A login that failed half-way: what came with it must not reach the next session.
        'session.end': { actions: 'closeRouter' },
      },
    },
    live: {
      description: 'Logged in: stanzas flow, each subprotocol has its actor.',
      on: {
        'session.end': {
          target: 'absent',
          // What subprotocols send when they hear of the end waits for the next session. They hear the reason first; then
          // the requests that wait fail with it, also those made at the last moment.
          actions: [
            'closeRouter',
            'closeOutbox',
            'sendEnded',
            'forgetActors',
            'sendRoutes',
            'abandonRequests',
            'closeOutbox',
          ],
        },
        'subprotocol.use': { actions: ['addSubprotocol', 'spawnSubprotocols', 'sendRoutes', 'sendStarted'] },
        'subprotocol.tell': { actions: 'passToActor' },
        'xstate.done.actor.*': { guard: 'isSubprotocol', actions: ['noteEnd', 'sendRoutes'] },
        'xstate.error.actor.*': {
          guard: 'isSubprotocol',
          actions: ['publishCrash', 'noteCrash', 'spawnSubprotocols', 'sendRoutes', 'sendStarted'],
        },
      },
    },
    broken: {
      type: 'final',
      description: 'An actor that no session can do without failed: a bug, reported to the client.',
    },
  },
});
