export { beginningOf } from './beginning.ts';
export {
  clientStopped,
  DeliveryError,
  OptionError,
  QueueFullError,
  RequestTimeoutError,
  SessionEndedError,
} from './client-error.ts';
export type {
  Evidence,
  Explanation,
  Json,
  RecordedElement,
  RecordedEvent,
  Recording,
  RecordingEntry,
} from './evidence.ts';
export { SessionRecordError } from './session-record-error.ts';
export { shown, shownKind } from './shown.ts';
export { internalError, notLoaded, storeError, type TransportCondition, TransportError } from './transport-error.ts';
export { type EndpointAttempt, failureOf, kindOf, XmppError, type XmppErrorDetails } from './xmpp-error.ts';
