export { clientStopped, OptionError, QueueFullError, RequestTimeoutError, SessionEndedError } from './client-error.ts';
export { internalError, notLoaded, type TransportCondition, TransportError } from './transport-error.ts';
export { type EndpointAttempt, XmppError, type XmppErrorDetails } from './xmpp-error.ts';
