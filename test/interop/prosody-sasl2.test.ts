import { afterAll, beforeAll, describe, test } from 'vitest';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { type ClientAuthority, describeLogins, type LoginCase, type Servers, TLS_VERSIONS } from './logins.ts';
import { describeAccessTokens, describeForeignCertificates, describePins } from './refusals.ts';
import { checkReport, createTable, OUTCOME } from './report.ts';
import { describeSessions } from './sessions.ts';

const UNBOUND = {
  EXTERNAL: 'works',
  'HT-SHA-256-NONE': 'works',
  OAUTHBEARER: 'works',
  PLAIN: 'works',
  'SCRAM-SHA-1': 'works',
  'SCRAM-SHA-256': 'works',
};
const NOT_USED = 'not used: channel binding is not supported';

const LOGINS: readonly LoginCase[] = [
  {
    tls: 'TLS 1.2',
    ways: ['STARTTLS', 'direct TLS'],
    outcomes: {
      ...UNBOUND,
      'HT-SHA-256-ENDP': 'works (tls-server-end-point)',
      'HT-SHA-256-UNIQ': 'works (tls-unique)',
      'SCRAM-SHA-1-PLUS': 'works (tls-unique)',
      'SCRAM-SHA-256-PLUS': 'works (tls-unique)',
    },
    chosen: ['SCRAM-SHA-256-PLUS (tls-unique)'],
    chosenInVain: ['SCRAM-SHA-256-PLUS (tls-unique)'],
    chosenIfBound: { attempts: ['SCRAM-SHA-256-PLUS (tls-unique)'], error: undefined },
  },
  {
    tls: 'TLS 1.3',
    ways: ['STARTTLS', 'direct TLS'],
    outcomes: {
      ...UNBOUND,
      'HT-SHA-256-ENDP': 'works (tls-server-end-point)',
      'HT-SHA-256-EXPR': 'works (tls-exporter)',
      'SCRAM-SHA-1-PLUS': 'works (tls-exporter)',
      'SCRAM-SHA-256-PLUS': 'works (tls-exporter)',
    },
    chosen: ['SCRAM-SHA-256-PLUS (tls-exporter)'],
    chosenInVain: ['SCRAM-SHA-256-PLUS (tls-exporter)'],
    chosenIfBound: { attempts: ['SCRAM-SHA-256-PLUS (tls-exporter)'], error: undefined },
  },
  ...TLS_VERSIONS.map(
    (tls): LoginCase => ({
      tls,
      ways: ['WebSocket'],
      outcomes: {
        ...UNBOUND,
        'HT-SHA-256-ENDP': NOT_USED,
        [tls === 'TLS 1.2' ? 'HT-SHA-256-UNIQ' : 'HT-SHA-256-EXPR']: NOT_USED,
        'SCRAM-SHA-1-PLUS': NOT_USED,
        'SCRAM-SHA-256-PLUS': NOT_USED,
      },
      chosen: ['SCRAM-SHA-256'],
      chosenInVain: ['SCRAM-SHA-256'],
      chosenIfBound: { attempts: [], error: 'no-mechanism' },
    }),
  ),
];

describeWith(['prosody', 'prosody-modules'], 'Prosody with SASL2', () => {
  let servers: Servers;
  let authority: ClientAuthority;
  const mechanisms = createTable('Mechanism', TLS_VERSIONS);
  const defaults = createTable('Default options', TLS_VERSIONS);
  const events = createTable('Event', [OUTCOME]);

  beforeAll(async () => {
    authority = await createClientAuthority();
    const options = { sasl2: true, clientAuthority: authority.certificate, tokens: { 'still-good': 'juliet' } };
    const [older, newer] = await Promise.all([
      startProsody({ ...options, tlsVersion: '1.2' }),
      startProsody({ ...options, tlsVersion: '1.3' }),
    ]);
    servers = { 'TLS 1.2': older, 'TLS 1.3': newer };
  });
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

  const setting = { servers: () => servers, authority: () => authority, accessToken: 'still-good' };
  describe('logins', () => describeLogins(setting, LOGINS, { mechanisms, defaults }));
  describe('sessions', () => {
    describeSessions(() => servers['TLS 1.3'], { resumption: 'authenticate', table: events });
  });
  describe('access tokens', () => describeAccessTokens(() => servers['TLS 1.3'], events));
  describe('certificates', () => {
    describeForeignCertificates(
      () => servers['TLS 1.3'],
      () => 'no-mechanism',
      events,
    );
  });

  describe('pins', () => {
    let unbound: XmppServer;
    beforeAll(async () => {
      unbound = await startProsody();
    });
    afterAll(() => unbound.stop());
    describePins(() => ({ bound: servers['TLS 1.3'], unbound }), events);
  });

  test('docs/interop.md says what was measured', () => {
    checkReport('Prosody with SASL2', [defaults, mechanisms, events]);
  });
});
