import { SessionEndedError, type XmppError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import type { ClientActor } from './client.ts';

/** Resolves when the client is online; rejects when it failed, was stopped, or the signal says so. */
export function whenOnline(actor: ClientActor, signal: AbortSignal | undefined): Promise<Jid> {
  let wasOffline = actor.getSnapshot().hasTag('offline');
  return observe(actor, signal, (snapshot, resolve, reject) => {
    if (snapshot.hasTag('online')) resolve(snapshot.context.jid);
    else if (snapshot.hasTag('failed')) reject(snapshot.context.error ?? stopped());
    else if (!snapshot.hasTag('offline')) wasOffline = false;
    else if (!wasOffline) reject(stopped());
  });
}

/** Resolves when the client is offline, or its actor is no more. Never rejects. */
export function whenOffline(actor: ClientActor): Promise<void> {
  return observe<void>(actor, undefined, (snapshot, resolve) => {
    if (snapshot.hasTag('offline')) resolve();
  }).catch(() => {});
}

type Snapshot = ReturnType<ClientActor['getSnapshot']>;

/** Looks at the snapshot now and after each transition, until one settles the promise. */
function observe<T>(
  actor: ClientActor,
  signal: AbortSignal | undefined,
  look: (snapshot: Snapshot, resolve: (value: T) => void, reject: (error: XmppError) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const done =
      <A>(settle: (value: A) => void) =>
      (value: A) => {
        settled.abort();
        settle(value);
      };
    const check = (snapshot: Snapshot): void => look(snapshot, done(resolve), done(reject));
    const ended = (): void => done(reject)(stopped());
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener('abort', () => done(reject)(signal.reason), { signal: settled.signal });
    const subscription = actor.subscribe({ next: check, error: ended, complete: ended });
    settled.signal.addEventListener('abort', () => subscription.unsubscribe());
    if (actor.getSnapshot().status === 'active') check(actor.getSnapshot());
    else ended();
  });
}

function stopped(): SessionEndedError {
  return new SessionEndedError('The client was stopped', {
    condition: 'stopped',
    hint: '`start()` logs in again.',
  });
}
