export type { AppEvent, AppState } from './app-state.ts';
export type {
  ExchangeEvent,
  ExchangeInput,
  RecalledToken,
  RecallInput,
  Recollection,
} from './authentication.contracts.ts';
export type { AuthenticationContext, AuthenticationInput, AuthenticationOutput } from './authentication.facts.ts';
export { authenticationMachine } from './authentication.machine.ts';
export { clientMachine } from './client.machine.ts';
export type { ClientContext, ClientEvent, ClientOutput, ClientTag } from './client.types.ts';
export type {
  Audience,
  IqCommand,
  IqInput,
  OutboxCommand,
  OutboxInput,
  PendingRequest,
  PublishCommand,
  PublishedEvent,
  ResolveInput,
  RouteEntry,
  RouterCommand,
  RouterInput,
  SubprotocolInput,
  TransportCommand,
  TransportInput,
} from './contracts.ts';
export type { DeliveryReport, SendOptions, WhenFull, WriteReport } from './delivery.ts';
export {
  describeEndpoint,
  type Endpoint,
  type MemoryConnect,
  type MemoryPipe,
} from './endpoint.ts';
export type {
  ClientCommand,
  SaslEvent,
  SessionLifecycleEvent,
  StanzaReceived,
  TransportEvent,
} from './events.ts';
export { classifyFailure, type FailureClass } from './failure.ts';
export type { Restoration, RestoreInput } from './restore.contracts.ts';
export { fullJitter, neverRetry, type Retry } from './retry.ts';
export type { SessionCommand } from './session.contracts.ts';
export type { SessionContext, SessionEvent, SessionInput, SessionOutput } from './session.facts.ts';
export { sessionMachine } from './session.machine.ts';
export type {
  RecordedSession,
  RecordedStanza,
  RestoredSession,
  RestoredStanza,
  SessionRecord,
  SessionStore,
} from './session-record.ts';
export type {
  AccountStore,
  AskCredentials,
  ClientCertificate,
  ClientClock,
  ClientInput,
  CredentialsRequest,
  Limits,
  Liveness,
  Location,
  ReconnectPolicy,
  RetryRequest,
  Timeouts,
  Timer,
  TlsSettings,
  TrafficEntry,
} from './settings.ts';
export { enteredStates, statePath } from './state-path.ts';
export type { InlineRequest, Route, Subprotocol } from './subprotocol.ts';
