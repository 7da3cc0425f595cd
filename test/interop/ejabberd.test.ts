import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEjabberd } from '../support/ejabberd.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { type ClientAuthority, describeLogins, type LoginCase, type Servers, TLS_VERSIONS } from './logins.ts';
import { describeForeignCertificates, describePins } from './refusals.ts';
import { checkReport, createTable, OUTCOME } from './report.ts';
import { describeSessions } from './sessions.ts';
import { stageVisitors } from './stage.ts';
import type { Way } from './ways.ts';

const UNBOUND = {
  'DIGEST-MD5': 'not used: this client does not know it',
  PLAIN: 'works',
  'SCRAM-SHA-1': 'works',
  'SCRAM-SHA-256': 'works',
  'SCRAM-SHA-512': 'works',
  'X-OAUTH2': 'not used: this client does not know it',
};
const REFUSED = 'refused (tls-exporter): Invalid channel binding';

/** ejabberd 23.01 binds to tls-unique alone, also on TLS 1.3, where that is not defined. */
const LOGINS: readonly LoginCase[] = [
  {
    tls: 'TLS 1.2',
    ways: ['STARTTLS', 'direct TLS'],
    outcomes: {
      ...UNBOUND,
      EXTERNAL: 'works',
      'SCRAM-SHA-1-PLUS': 'works (tls-unique)',
      'SCRAM-SHA-256-PLUS': 'works (tls-unique)',
      'SCRAM-SHA-512-PLUS': 'works (tls-unique)',
    },
    chosen: ['SCRAM-SHA-512-PLUS (tls-unique)'],
    chosenInVain: ['SCRAM-SHA-512-PLUS (tls-unique)', 'SCRAM-SHA-512'],
    chosenIfBound: { attempts: ['SCRAM-SHA-512-PLUS (tls-unique)'], error: undefined },
  },
  {
    tls: 'TLS 1.3',
    ways: ['STARTTLS', 'direct TLS'],
    outcomes: {
      ...UNBOUND,
      EXTERNAL: 'works',
      'SCRAM-SHA-1-PLUS': REFUSED,
      'SCRAM-SHA-256-PLUS': REFUSED,
      'SCRAM-SHA-512-PLUS': REFUSED,
    },
    chosen: ['SCRAM-SHA-512-PLUS (tls-exporter)', 'SCRAM-SHA-512'],
    chosenInVain: ['SCRAM-SHA-512-PLUS (tls-exporter)', 'SCRAM-SHA-512'],
    chosenIfBound: { attempts: ['SCRAM-SHA-512-PLUS (tls-exporter)'], error: 'not-authorized' },
  },
  ...TLS_VERSIONS.map(
    (tls): LoginCase => ({
      tls,
      ways: ['WebSocket'],
      outcomes: UNBOUND,
      chosen: ['SCRAM-SHA-512'],
      chosenInVain: ['SCRAM-SHA-512'],
      chosenIfBound: { attempts: [], error: 'no-mechanism' },
    }),
  ),
];

describeWith('ejabberd', 'ejabberd', () => {
  let servers: Servers;
  let authority: ClientAuthority;
  const mechanisms = createTable('Mechanism', TLS_VERSIONS);
  const defaults = createTable('Default options', TLS_VERSIONS);
  const events = createTable('Event', [OUTCOME]);

  beforeAll(async () => {
    authority = await createClientAuthority();
    const [older, newer] = await Promise.all([
      startEjabberd({ clientAuthority: authority.certificate, tlsVersion: '1.2' }),
      startEjabberd({ clientAuthority: authority.certificate, tlsVersion: '1.3' }),
    ]);
    servers = { 'TLS 1.2': older, 'TLS 1.3': newer };
  });
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

  const setting = { servers: () => servers, authority: () => authority, accessToken: 'none' };
  describe('logins', () => describeLogins(setting, LOGINS, { mechanisms, defaults }));

  describe('sessions', () => describeSessions(() => servers['TLS 1.3'], { resumption: 'resume', table: events }));

  describe('certificates', () => {
    const offersExternal = (way: Way) => way !== 'WebSocket';
    const expectedOn = (way: Way) => (offersExternal(way) ? 'not-authorized' : 'no-mechanism');
    describeForeignCertificates(() => servers['TLS 1.3'], expectedOn, events);
  });

  describe('pins', () => {
    let unbound: XmppServer;
    beforeAll(async () => {
      const refused = ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512-PLUS'];
      unbound = await startEjabberd({ config: { disable_sasl_mechanisms: refused } });
    });
    afterAll(() => unbound.stop());
    describePins(() => ({ bound: servers['TLS 1.2'], unbound }), events);

    const { make } = stageVisitors();

    test.each(['STARTTLS', 'direct TLS'] as const)(
      'over %s, a binding that is refused now is not left out',
      async (way) => {
        const pins = new Map([['juliet@capulet.example', 'SCRAM-SHA-512-PLUS']]);
        const visitor = make(servers['TLS 1.3'], way, { pins });
        expect(await visitor.logIn()).toMatchObject({ code: 'sasl/not-authorized', text: 'Invalid channel binding' });
        expect(visitor.attempts).toEqual(['SCRAM-SHA-512-PLUS (tls-exporter)']);
        expect(visitor.state()).toBe('failed.needsCredentials');
        const row = 'a -PLUS mechanism worked with TLS 1.2, now TLS 1.3 is spoken';
        events.note(row, way, OUTCOME, `${visitor.attempts} is refused`);
      },
    );
  });

  test('docs/interop.md says what was measured', () => checkReport('ejabberd', [defaults, mechanisms, events]));
});
