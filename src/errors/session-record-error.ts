import { XmppError, type XmppErrorDetails } from './xmpp-error.ts';

/** A session record is of no use, or could not be kept. The client goes on without it. */
export class SessionRecordError extends XmppError {
  override readonly name = 'SessionRecordError';
  override readonly level = 'session-record';
  /**
   * `unreadable`: the store failed to load it. `damaged`: it is no record. `other-version`: another version of this library wrote
   * it. `other-account`: it is of another account or resource. `unsaved`: the store failed to save one.
   */
  declare readonly condition: 'unreadable' | 'damaged' | 'other-version' | 'other-account' | 'unsaved';

  constructor(message: string, details: XmppErrorDetails & { readonly condition: SessionRecordError['condition'] }) {
    super(message, details);
  }
}
