export { OptionError, QueueFullError, RequestTimeoutError, SessionEndedError } from './client-error.ts';
export { type TransportCondition, TransportError } from './transport-error.ts';
export { XmppError, type XmppErrorDetails } from './xmpp-error.ts';
