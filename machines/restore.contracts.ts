import { fromPromise } from 'xstate';
import type { XmppError } from '../src/errors/index.ts';
import { unprovided } from './contracts.ts';
import type { RestoredSession } from './session-record.ts';
import type { ClientInput } from './settings.ts';

export interface RestoreInput {
  readonly settings: ClientInput;
}

/** What came of looking for a record: at most one of both. */
export interface Restoration {
  readonly restored: RestoredSession | undefined;
  /** Why the record is of no use. */
  readonly problem: XmppError | undefined;
}

/** Reads the session record of the account. Never rejects: without a record the client logs in afresh. */
export const restoreSlot = fromPromise<Restoration, RestoreInput>(async () => unprovided('restore'));
