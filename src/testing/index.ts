export type { TokenLookup } from './accounts.ts';
export {
  type Authority,
  type CertificateOptions,
  type CertificateWithKey,
  createAuthority,
  createSelfSignedCertificate,
} from './certificate.ts';
export type { Conversation, ScriptSteps } from './conversation.ts';
export type { Expected } from './expectation.ts';
export type { ListenOptions } from './listeners.ts';
export type { AuthenticationOptions } from './login-policy.ts';
export type { ServerMechanism } from './mechanisms.ts';
export type { ConflictPolicy } from './registry.ts';
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
