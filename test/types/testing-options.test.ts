import { describe, expect, it } from 'vitest';
import type { clientMachine } from '../../machines/index.ts';
import type {
  AuthenticateOptions,
  AuthenticationOptions,
  BindOptions,
  CertificateOptions,
  ChartCoverageOptions,
  ClientAuthenticateOptions,
  ClientLoginOptions,
  ClientSasl2Options,
  ClientTlsOptions,
  createSelfSignedCertificate,
  ExploreOptions,
  ListenOptions,
  LoginOptions,
  PerformWalkOptions,
  RandomWalkOptions,
  ReportOptions,
  RunWalkOptions,
  Sasl2StepOptions,
  ScriptedClientOptions,
  ScriptedServerOptions,
  ServerOptions,
  TlsOptions,
  TourOptions,
  VerifyOptions,
} from '../../src/testing/index.ts';
import { missingFrom } from './doors.ts';
import type { RefusingIn } from './refusing.ts';

type M = typeof clientMachine;

/** What tests give to the kit, by name. */
interface Given {
  AuthenticateOptions: AuthenticateOptions;
  AuthenticationOptions: AuthenticationOptions;
  BindOptions: BindOptions;
  CertificateOptions: CertificateOptions;
  ChartCoverageOptions: ChartCoverageOptions;
  ClientAuthenticateOptions: ClientAuthenticateOptions;
  ClientLoginOptions: ClientLoginOptions;
  ClientSasl2Options: ClientSasl2Options;
  ClientTlsOptions: ClientTlsOptions;
  ExploreOptions: Omit<ExploreOptions<M>, 'cases' | 'input'>;
  ListenOptions: ListenOptions;
  LoginOptions: LoginOptions;
  PerformWalkOptions: PerformWalkOptions<M>;
  RandomWalkOptions: RandomWalkOptions;
  ReportOptions: ReportOptions;
  RunWalkOptions: RunWalkOptions<M>;
  Sasl2StepOptions: Sasl2StepOptions;
  ScriptedClientOptions: ScriptedClientOptions;
  ScriptedServerOptions: ScriptedServerOptions;
  ServerOptions: ServerOptions;
  TlsOptions: TlsOptions;
  TourOptions: TourOptions;
  VerifyOptions: VerifyOptions;
  createSelfSignedCertificate: Parameters<typeof createSelfSignedCertificate>[0];
}

describe('options of the testing kit', () => {
  it('may be undefined, each that may be absent', () => {
    const refusing: RefusingIn<Given>[] = [];
    // The compiler's message says which.
    const none: never[] = refusing;
    expect(none).toEqual([]);
  });

  it('are all looked at: each interface of options that the door names', () => {
    const { missing, count } = missingFrom(import.meta.filename, (door) => door.startsWith('./testing'));
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(15);
  });
});
