import { createActor, type EventObject, fromCallback } from 'xstate';
import type { RouteEntry, TransportCommand } from '../../machines/contracts.ts';
import { type Subprotocol, type SubprotocolInput, sessionMachine } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { XmppError } from '../../src/errors/index.ts';
import { recorder } from '../actors/recorder.ts';

/*
 * A session whose actors only write down what they are told: all of them in one list, so that the order shows.
 */

/** A session with these subprotocols. Its log may be read and cut. */
export function runSession(...subprotocols: readonly Subprotocol[]) {
  const log: string[] = [];
  const machine = sessionMachine.provide({
    actors: {
      router: infrastructure('router', log),
      iq: infrastructure('iq', log),
      outbox: infrastructure('outbox', log),
    },
  });
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', subprotocols });
  const actor = createActor(machine, { input: { settings, audience: undefined } }).start();
  const transport = recorder<TransportCommand>((event) => log.push(`transport: ${event.type}`)).actor;
  return {
    log,
    actor,
    transport,
    /** What happened since the last look. */
    news: (): string[] => log.splice(0),
    names: (): string[] => [...actor.getSnapshot().context.actors.keys()],
  };
}

/** Stands for the router, the tracker or the outbox. It fails when it is told `explode`. */
function infrastructure(name: string, log: string[]) {
  return fromCallback<EventObject>(({ receive }) => {
    receive((event) => {
      if (event.type === 'explode') throw new Error(`${name} exploded`);
      log.push(`${name}: ${describe(event)}`);
    });
  });
}

interface SubprotocolOptions {
  /** Fails when it is made. */
  readonly stillborn?: boolean;
  readonly input?: (input: SubprotocolInput) => void;
  readonly hear?: (event: EventObject) => void;
}

/** A subprotocol whose actor writes what it hears. `explode` makes it fail, `speak` makes it emit, `end` is its end. */
export function subprotocol(
  name: string,
  log: () => string[],
  { stillborn, input: look, hear }: SubprotocolOptions = {},
): Subprotocol {
  const logic = fromCallback<EventObject, SubprotocolInput, EventObject>(({ input, receive, emit }) => {
    log().push(`${name}: made`);
    look?.(input);
    if (stillborn) throw new Error(`${name} was stillborn`);
    receive((event) => {
      if (event.type === 'explode') throw new Error(`${name} exploded`);
      log().push(`${name}: ${describe(event)}`);
      hear?.(event);
      if (event.type === 'speak') emit({ type: `${name}.spoke` });
    });
    return () => log().push(`${name}: stopped`);
  });
  return { name, features: [], routes: [{ kind: 'message' }], logic };
}

interface DescribedEvent extends EventObject {
  readonly reason?: unknown;
  readonly jid?: unknown;
  readonly resumed?: boolean;
  readonly entries?: readonly RouteEntry[];
  readonly event?: EventObject & { readonly error?: unknown };
  readonly h?: number | undefined;
  readonly isWanted?: boolean;
}

function describe(event: DescribedEvent): string {
  const { type, reason, entries, jid, event: inner } = event;
  if (reason instanceof XmppError) return `${type} ${reason.code}`;
  if (entries) return `${type} [${entries.map(({ actor }) => actor.id).join()}]`;
  if (inner) return `${type} ${inner.type}${inner.error instanceof XmppError ? ` ${inner.error.message}` : ''}`;
  return `${type}${jid === undefined ? '' : ` ${String(jid)}`}${marksOf(event)}`;
}

function marksOf({ resumed, h, isWanted }: DescribedEvent): string {
  return [resumed && ' again', h !== undefined && ` h=${h}`, isWanted && ' wanted'].filter(Boolean).join('');
}
