import { afterAll, beforeAll, describe, test } from 'vitest';
import { startProsody } from '../support/prosody.ts';
import { describeWith } from '../support/server-suite.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { type ClientAuthority, describeLogins, type LoginCase, type Servers, TLS_VERSIONS } from './logins.ts';
import { describeAccessTokens, describeForeignCertificates, describePins } from './refusals.ts';
import { checkReport, createTable, OUTCOME } from './report.ts';
import { describeSessions } from './sessions.ts';
import { WAYS } from './ways.ts';

const UNBOUND = {
  EXTERNAL: 'works',
  OAUTHBEARER: 'works',
  PLAIN: 'works',
  'SCRAM-SHA-1': 'works',
  'SCRAM-SHA-256': 'works',
};

/** Prosody 0.12 binds to tls-unique alone, which TLS 1.3 does not have. */
const LOGINS: readonly LoginCase[] = [
  {
    tls: 'TLS 1.2',
    ways: ['STARTTLS', 'direct TLS'],
    outcomes: { ...UNBOUND, 'SCRAM-SHA-1-PLUS': 'works (tls-unique)', 'SCRAM-SHA-256-PLUS': 'works (tls-unique)' },
    chosen: ['SCRAM-SHA-256-PLUS (tls-unique)'],
    chosenInVain: ['SCRAM-SHA-256-PLUS (tls-unique)', 'SCRAM-SHA-256'],
    chosenIfBound: { attempts: ['SCRAM-SHA-256-PLUS (tls-unique)'], error: undefined },
  },
  {
    tls: 'TLS 1.2',
    ways: ['WebSocket'],
    outcomes: {
      ...UNBOUND,
      'SCRAM-SHA-1-PLUS': 'not used: channel binding is not supported',
      'SCRAM-SHA-256-PLUS': 'not used: channel binding is not supported',
    },
    chosen: ['SCRAM-SHA-256'],
    chosenInVain: ['SCRAM-SHA-256'],
    chosenIfBound: { attempts: [], error: 'no-mechanism' },
  },
  {
    tls: 'TLS 1.3',
    ways: WAYS,
    outcomes: UNBOUND,
    chosen: ['SCRAM-SHA-256'],
    chosenInVain: ['SCRAM-SHA-256'],
    chosenIfBound: { attempts: [], error: 'no-mechanism' },
  },
];

describeWith('prosody', 'Prosody', () => {
  let servers: Servers;
  let authority: ClientAuthority;
  const mechanisms = createTable('Mechanism', TLS_VERSIONS);
  const defaults = createTable('Default options', TLS_VERSIONS);
  const events = createTable('Event', [OUTCOME]);

  beforeAll(async () => {
    authority = await createClientAuthority();
    const options = { clientAuthority: authority.certificate, tokens: { 'still-good': 'juliet' } };
    const [older, newer] = await Promise.all([
      startProsody({ ...options, tlsVersion: '1.2' }),
      startProsody({ ...options, tlsVersion: '1.3' }),
    ]);
    servers = { 'TLS 1.2': older, 'TLS 1.3': newer };
  });
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

  const setting = { servers: () => servers, authority: () => authority, accessToken: 'still-good' };
  describe('logins', () => describeLogins(setting, LOGINS, { mechanisms, defaults }));
  describe('sessions', () => describeSessions(() => servers['TLS 1.3'], { resumption: 'resume', table: events }));
  describe('access tokens', () => describeAccessTokens(() => servers['TLS 1.3'], events));
  describe('certificates', () => {
    describeForeignCertificates(
      () => servers['TLS 1.3'],
      () => 'no-mechanism',
      events,
    );
  });
  describe('pins', () => {
    describePins(() => ({ bound: servers['TLS 1.2'], unbound: servers['TLS 1.3'] }), events);
  });
  test('docs/interop.md says what was measured', () => checkReport('Prosody', [defaults, mechanisms, events]));
});
