import { clientStopped, internalError, type SessionEndedError, type XmppError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import type { ClientActor } from './client.ts';
import { whereabouts } from './whereabouts.ts';

/** Resolves when the client is online; rejects when it failed, was stopped, or the signal says so. */
export function whenOnline(actor: ClientActor, signal: AbortSignal | undefined): Promise<Jid> {
  let wasOffline = actor.getSnapshot().hasTag('offline');
  return observe(actor, signal, (snapshot, resolve, reject) => {
    if (snapshot.hasTag('online')) resolve(snapshot.context.jid);
    else if (snapshot.hasTag('failed')) reject(snapshot.context.error ?? stopped(actor));
    else if (!snapshot.hasTag('offline')) wasOffline = false;
    else if (!wasOffline) reject(stopped(actor));
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
  let forget = (): void => {};
  const settled = new Promise<T>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = (): void => reject(signal?.reason);
    const ended = (): void => reject(stopped(actor));
    signal?.addEventListener('abort', abort);
    const subscription = actor.subscribe({
      next: (snapshot) => look(snapshot, resolve, reject),
      error: (cause) => reject(broken(actor, cause)),
      complete: ended,
    });
    forget = () => {
      signal?.removeEventListener('abort', abort);
      subscription.unsubscribe();
    };
    if (actor.getSnapshot().status === 'active') look(actor.getSnapshot(), resolve, reject);
    else if (actor.getSnapshot().status === 'error') reject(broken(actor, actor.getSnapshot().error));
    else ended();
  });
  return settled.finally(() => forget());
}

/** The actor of the client failed, which it never should: nothing starts it again. */
function broken(actor: ClientActor, cause: unknown): XmppError {
  return whereabouts(actor, internalError('The client failed unexpectedly; make another one', cause));
}

/** What fails because there is no client any more, or none that wants a session. */
export function stopped(actor: ClientActor): SessionEndedError {
  const { recorder } = actor.getSnapshot().context.settings;
  return clientStopped('`start()` logs in again.').witness(recorder?.evidence());
}
