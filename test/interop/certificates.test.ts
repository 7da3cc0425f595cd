import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TransportCondition, TransportError } from '../../src/node.ts';
import { createAuthority, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { startEjabberd } from '../support/ejabberd.ts';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { checkReport, createTable } from './report.ts';
import { namesOf, stageVisitors, type Visitor } from './stage.ts';
import { WAYS, type Way } from './ways.ts';

const SOFTWARE = [
  { software: 'Prosody', start: startProsody },
  { software: 'ejabberd', start: startEjabberd },
] as const;

const domains = ['capulet.example', 'anonymous.capulet.example'];
const OTHER_DOMAINS = ['montague.example'];

describeWith(['prosody', 'ejabberd'], 'certificates of servers', () => {
  const table = createTable(
    'Certificate',
    SOFTWARE.map(({ software }) => software),
  );

  describe.each(SOFTWARE)('$software', ({ software, start }) => {
    /** One for each certificate. */
    let servers: Readonly<Record<'valid' | 'expired' | 'selfSigned', XmppServer>>;
    let authority: string;

    beforeAll(async () => {
      const made = await createAuthority();
      authority = made.certificate;
      const [valid, expired, selfSigned] = await Promise.all([
        start({ certificate: await made.issue({ domains }) }),
        start({ certificate: await made.issue({ domains, notAfter: new Date(Date.now() - 60_000) }) }),
        start({ certificate: await createSelfSignedCertificate({ domains: OTHER_DOMAINS }) }),
      ]);
      servers = { valid, expired, selfSigned };
    });
    afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));
    const { make } = stageVisitors();

    describe.each(WAYS)('over %s', (way) => {
      test('one that is valid leads in, also where it is pinned', async () => {
        const fingerprints = [fingerprintOf(servers.valid)];
        const visitor = make(servers.valid, way, { tls: { ca: authority, fingerprints } });
        expect(await visitor.logIn()).toBeUndefined();
        table.note('valid, and pinned', way, software, 'works');
      });

      test('one that has expired is refused', async () => {
        const visitor = make(servers.expired, way, { tls: { ca: authority } });
        await expectRefusal(visitor, 'certificate-expired', /must renew the certificate/);
        table.note('expired', way, software, 'certificate-expired');
      });

      test('one of an authority that nobody trusts is refused', async () => {
        const other = await createAuthority();
        const visitor = make(servers.valid, way, { tls: { ca: other.certificate } });
        await expectRefusal(
          visitor,
          'certificate-untrusted',
          /For an own authority give its certificate with `tls\.ca`/,
        );
        table.note('of an unknown authority', way, software, 'certificate-untrusted');
      });

      test('one that signed itself is refused', async () => {
        const visitor = make(servers.selfSigned, way, { tls: { ca: authority } });
        await expectRefusal(visitor, 'certificate-self-signed', /give this certificate with `tls\.ca`/);
        table.note('self-signed', way, software, 'certificate-self-signed');
      });

      test('one for another domain is refused, whatever host was dialled', async () => {
        const { selfSigned } = servers;
        const visitor = make(selfSigned, way, { tls: { ca: selfSigned.certificate } });
        await expectRefusal(visitor, 'certificate-wrong-host', /must be for .*capulet\.example/);
        table.note('for another domain', way, software, 'certificate-wrong-host');
      });

      test('one that is not the pinned one is refused', async () => {
        const fingerprints = [fingerprintOf(servers.expired)];
        const visitor = make(servers.valid, way, { tls: { ca: authority, fingerprints } });
        await expectRefusal(visitor, 'certificate-not-pinned', /add its fingerprint to `tls\.fingerprints`/);
        table.note('valid, another one is pinned', way, software, 'certificate-not-pinned');
      });

      /** Nothing may be said to whoever shows it. */
      async function expectRefusal(visitor: Visitor, condition: TransportCondition, hint: RegExp): Promise<void> {
        const error = await visitor.logIn();
        expect(error).toBeInstanceOf(TransportError);
        expect(error).toMatchObject({ condition, phase: PHASES[way], hint: expect.stringMatching(hint) });
        expect(visitor.state()).toBe('failed.terminal');
        expect(namesOf(visitor.traffic)).toEqual(SAID_BEFORE_TLS[way]);
      }
    });
  });

  test('docs/interop.md says what was measured', () => checkReport('certificates', [table]));
});

/** Where the certificate is looked at. */
const PHASES: Readonly<Record<Way, string>> = {
  STARTTLS: 'linked.securing.handshaking',
  'direct TLS': 'linked.securing.handshaking',
  WebSocket: 'linked.connecting',
};

const SAID_BEFORE_TLS: Readonly<Record<Way, readonly string[]>> = {
  STARTTLS: ['SEND stream:stream', 'RECV stream:stream', 'RECV features', 'SEND starttls', 'RECV proceed'],
  'direct TLS': [],
  WebSocket: [],
};

function fingerprintOf({ certificate }: XmppServer): string {
  return new X509Certificate(certificate).fingerprint256;
}
