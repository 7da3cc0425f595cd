export type { TokenLookup } from './accounts.ts';
export {
  type Authority,
  type CertificateOptions,
  type CertificateWithKey,
  createAuthority,
  createSelfSignedCertificate,
} from './certificate.ts';
export type { ClientLoginOptions } from './client-login.ts';
export type { ClientAuthenticateOptions } from './client-sasl.ts';
export type { ClientSasl2Options } from './client-sasl2.ts';
export type { ClientTlsOptions } from './client-tls.ts';
export { type AllMachines, coverAllMachines } from './coverage/all-machines.ts';
export { type ChartCoverage, mergeCoverage, type Taken } from './coverage/chart-coverage.ts';
export { type Coverage, createCoverage } from './coverage/coverage.ts';
export { journal, readJournals } from './coverage/journal.ts';
export type { LedgerListener } from './coverage/ledger.ts';
export { belowGate, coverageOf, coverageSummary, coverageText, type ReportOptions } from './coverage/report.ts';
export {
  type ChartCoverageOptions,
  type ChartCoverageReporter,
  chartCoverageReporter,
} from './coverage/vitest-reporter.ts';
export type { Expected } from './expectation.ts';
export type { ListenOptions } from './listeners.ts';
export type { AuthenticationOptions } from './login-policy.ts';
export type { ServerMechanism } from './mechanisms.ts';
export {
  type Cases,
  describeAction,
  describeOutcomes,
  describeViolation,
  describeWalk,
  type ExploreOptions,
  explore,
  happensByItself,
  type Invariant,
  type ModelAction,
  type ModelEdge,
  ModelError,
  type ModelGraph,
  type ModelNode,
  type PerformWalkOptions,
  type Play,
  type PuppetLogic,
  performWalk,
  puppet,
  type RandomWalkOptions,
  type RunWalkOptions,
  randomWalks,
  runWalk,
  type SnapshotOf,
  shortestPaths,
  type TourOptions,
  type TransitionId,
  tours,
  transitionId,
  transitionIds,
  untakenTransitions,
  type Violation,
  violations,
  violationsIn,
  type Walk,
  type WalkClock,
  type WalkRun,
  type Waypoint,
  walkBy,
  walkTo,
  withPuppets,
} from './model/index.ts';
export type { ConflictPolicy } from './registry.ts';
export type { ClientSteps, CommonSteps, Conversation, ScriptSteps } from './script-steps.ts';
export { connectScriptedClient, type ScriptedClient, type ScriptedClientOptions } from './scripted-client.ts';
export type { Side } from './scripted-line.ts';
export type { BindOptions, LoginOptions } from './scripted-login.ts';
export type { AuthenticateOptions } from './scripted-sasl.ts';
export type { Sasl2StepOptions } from './scripted-sasl2.ts';
export {
  type ScriptedPeer,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from './scripted-server.ts';
export { type Server, type ServerOptions, type ServerTraffic, startServer } from './server.ts';
export type { TlsOptions } from './server-tls.ts';
export type { InterceptedSession } from './session.ts';
export type { Finding, Omission, Verification } from './verify/index.ts';
export { type TourGroup, verify } from './verify/server/index.ts';
export type { VerifyOptions } from './verify/server/verify.ts';
