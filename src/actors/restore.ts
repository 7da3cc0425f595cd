import { fromPromise } from 'xstate';
import type { Restoration, RestoreInput } from '../../machines/restore.contracts.ts';
import { failureOf, SessionRecordError, XmppError } from '../errors/index.ts';
import { readSessionRecord } from './session-record.ts';

/** Reads the session record of the account, where the application keeps any. A record that is of no use is reported. */
export const restoreLogic = fromPromise<Restoration, RestoreInput>(async ({ input: { settings } }) => {
  try {
    const record = await settings.sessions?.load(settings.jid.bare);
    if (record === undefined || record === null) return { restored: undefined, problem: undefined };
    return { restored: readSessionRecord(record, settings, Date.now()), problem: undefined };
  } catch (cause) {
    return { restored: undefined, problem: cause instanceof XmppError ? cause : unreadable(cause) };
  }
});

function unreadable(cause: unknown): SessionRecordError {
  return new SessionRecordError(`The session record could not be loaded: ${failureOf(cause)}`, {
    condition: 'unreadable',
    hint: 'Look at `load` of the store given as `sessions`. The client logs in afresh.',
  });
}
