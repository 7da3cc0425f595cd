import { waitFor } from 'xstate';
import { statePath } from '../../machines/index.ts';
import { type Client, XmppError } from '../../src/node.ts';

/** The path of a client that is online, not long yet, and hears its server. */
export const ONLINE = 'linked.online.stability.settling+liveness.fresh';

/** Resolves when the client is in this state or within it: `linked.online` stands for {@link ONLINE} too. */
export async function whenIn(client: Client, path: string): Promise<void> {
  await waitFor(client.actor, ({ value }) => `${statePath(value)}.`.startsWith(`${path}.`));
}

/** The error that a promise rejects with. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${String(value)}`);
    },
    (reason: unknown) => reason,
  );
}

/** What an error of a client tells, without its stack. */
export function factsOf(error: unknown) {
  if (!(error instanceof XmppError)) return error;
  const { name, code, phase, endpoint, hint } = error;
  return { name, code, phase, endpoint, hint };
}
