import { XmppError, type XmppErrorDetails } from './xmpp-error.ts';

/** No answer to a request within the time it was given. */
export class RequestTimeoutError extends XmppError {
  override readonly name = 'RequestTimeoutError';
  override readonly level = 'request';

  constructor(message: string, details: Omit<XmppErrorDetails, 'condition'> = {}) {
    super(message, { ...details, condition: 'timeout' });
  }
}

/** The session that an operation needed is over, or was never reached. */
export class SessionEndedError extends XmppError {
  override readonly name = 'SessionEndedError';
  override readonly level = 'session';
  declare readonly condition: 'stopped' | 'aborted' | 'lost' | 'not-online';

  constructor(message: string, details: XmppErrorDetails & { readonly condition: SessionEndedError['condition'] }) {
    super(message, details);
  }
}

/** What fails because the client was stopped, and what can be done about it where something can. */
export function clientStopped(hint?: string): SessionEndedError {
  return new SessionEndedError('The client was stopped', { condition: 'stopped', hint });
}

/** A stanza could not be kept: the queue holds as many as its limit allows. */
export class QueueFullError extends XmppError {
  override readonly name = 'QueueFullError';
  override readonly level = 'queue';

  constructor(message: string, details: Omit<XmppErrorDetails, 'condition'> = {}) {
    super(message, { ...details, condition: 'full' });
  }
}

/** A stanza was not sent, because of what its sender said of it in the options. */
export class DeliveryError extends XmppError {
  override readonly name = 'DeliveryError';
  override readonly level = 'delivery';
  /**
   * `expired`: its time was over before it was written. `not-kept`: there was no session to send it in, and it was not to wait
   * for one. `dropped`: a newer one took its place in a full queue.
   */
  declare readonly condition: 'expired' | 'not-kept' | 'dropped';

  constructor(message: string, details: XmppErrorDetails & { readonly condition: DeliveryError['condition'] }) {
    super(message, details);
  }
}

/** The caller gave something this library cannot work with; thrown at once, at the door. */
export class OptionError extends XmppError {
  override readonly name = 'OptionError';
  override readonly level = 'option';

  constructor(message: string, details: Omit<XmppErrorDetails, 'condition'> = {}) {
    super(message, { ...details, condition: 'invalid' });
  }
}
