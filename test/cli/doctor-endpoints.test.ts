import { afterEach, describe, expect, test } from 'vitest';
import { NS_CHANNEL_BINDING } from '../../src/sasl/index.ts';
import { NS_SASL, NS_STREAM_ERRORS, NS_TLS } from '../../src/stream/index.ts';
import {
  createAuthority,
  createSelfSignedCertificate,
  type ScriptedPeer,
  startServer,
} from '../../src/testing/index.ts';
import { closeWebServers, serve } from '../actors/web-server.ts';
import { runDoctor, steady } from './doctor-run.ts';
import { examineScripted, openScripted, stopServers } from './doctor-scripts.ts';
import { run } from './harness.ts';
import { closedPort, openMute } from './stage.ts';

const DOMAIN = 'verona.example';
const DAY = 24 * 3_600_000;
const DAY_LATER = new Date(Date.now() + DAY);
/** What the client's goodbye leaves behind. */
const GOODBYE = ['</stream:stream>'];

afterEach(async () => {
  await stopServers();
  await closeWebServers();
});

describe('an endpoint where nobody should log in', () => {
  test('has lost its STARTTLS on the way: nothing is sent in clear', async () => {
    const { exitCode, lines, verdict, came } = await examineScripted([
      (peer) => peer.header().features(mechanisms('PLAIN')).closed(),
    ]);
    expect(exitCode).toBe(4);
    expect(came).toEqual([GOODBYE]);
    expect(lines).toEqual([
      '   source       named by the application',
      '   TCP          connected in TIME',
      '   STARTTLS     not offered',
      '   before TLS   PLAIN: the client waits for TLS',
      '   failed       The server offers no TLS, or refused it — in state linked.opening.awaitingFeatures. Nothing was sent in',
      '                clear. If the server has TLS, somebody in between removed the offer; try direct TLS.',
    ]);
    expect(verdict).toEqual(['   No endpoint would let a client log in to verona.example.']);
  });

  test('refuses TLS when it is asked for', async () => {
    const { exitCode, lines, came } = await examineScripted([
      (peer) =>
        peer
          .header()
          .features(`<starttls xmlns="${NS_TLS}"/>`)
          .receives(`<starttls xmlns="${NS_TLS}"/>`)
          .sends(`<failure xmlns="${NS_TLS}"/></stream:stream>`)
          .closed(),
    ]);
    expect(exitCode).toBe(4);
    expect(came).toEqual([GOODBYE]);
    expect(lines.slice(2, 4)).toEqual([
      '   STARTTLS     offered, not required',
      '   failed       The server offers no TLS, or refused it — in state linked.securing.awaitingProceed. Nothing was sent in',
    ]);
  });

  test.each([
    [
      'has expired',
      () => issue({ domains: [DOMAIN], notAfter: new Date(Date.now() - 2 * DAY - 60_000) }),
      [
        '   certificate  for verona.example',
        '                issued by Throw-away authority',
        '                expired on DAY, 3 days ago',
        '                SHA-256 FINGERPRINT',
        '   failed       The certificate of 127.0.0.1:PORT (STARTTLS) is refused: CERT_HAS_EXPIRED — in state',
        '                linked.securing.handshaking. The operator of the server must renew the certificate; check the clock of',
        '                this machine too.',
      ],
    ],
    [
      'is not valid yet',
      () => issue({ domains: [DOMAIN], notBefore: DAY_LATER }),
      [
        '   certificate  for verona.example',
        '                issued by Throw-away authority',
        '                not valid before DAY, valid until DAY, 29 days from now',
        '                SHA-256 FINGERPRINT',
        '   failed       The certificate of 127.0.0.1:PORT (STARTTLS) is refused: CERT_NOT_YET_VALID — in state',
        '                linked.securing.handshaking. Check the clock of this machine; if it is right, the operator of the server',
        '                must show another certificate.',
      ],
    ],
    [
      'is for others',
      () => issue({ domains: ['mantua.example', '*.verona.example'] }),
      [
        '   certificate  for mantua.example, *.verona.example, and not for verona.example',
        '                issued by Throw-away authority',
        '                valid until DAY, 29 days from now',
        '                SHA-256 FINGERPRINT',
        '   failed       The certificate of 127.0.0.1:PORT (STARTTLS) is refused: ERR_TLS_CERT_ALTNAME_INVALID — in state',
        '                linked.securing.handshaking. The certificate must be for verona.example, the domain of the address.',
        '                Check the domain; otherwise this is another server.',
      ],
    ],
    [
      'is its own issuer, and nobody trusts it',
      async () => ({ ...(await createSelfSignedCertificate({ domains: [DOMAIN] })), ca: await strangersAuthority() }),
      [
        '   certificate  for verona.example',
        '                issued by Throw-away certificate',
        '                valid until DAY, 29 days from now',
        '                SHA-256 FINGERPRINT',
        '   failed       The certificate of 127.0.0.1:PORT (STARTTLS) is refused: DEPTH_ZERO_SELF_SIGNED_CERT — in state',
        '                linked.securing.handshaking. The server signed it itself. If it is your own server, give this',
        '                certificate with `tls.ca` (--ca).',
      ],
    ],
  ])('shows a certificate that %s: it is described, and nothing is said under it', async (_what, make, expected) => {
    // The second connection is there to look at the certificate.
    const { exitCode, lines, came } = await examineScripted([toTls, toTls], {}, { certificate: await make() });
    expect(exitCode).toBe(4);
    expect(came).toEqual([[], []]);
    expect(lines.slice(3)).toEqual(['   TLS          TLSv1.3, TLS_AES_256_GCM_SHA384', ...expected]);
  });

  test('wants to speak before its turn', async () => {
    const { exitCode, lines } = await examineScripted([
      (peer) =>
        peer
          .header()
          .features(`<starttls xmlns="${NS_TLS}"/>`)
          .receives(`<starttls xmlns="${NS_TLS}"/>`)
          .sends(`<proceed xmlns="${NS_TLS}"/><stream:features/>`)
          .closed(),
    ]);
    expect(exitCode).toBe(4);
    expect(lines[3]).toBe(
      '   failed       Bytes came between the consent to TLS and its handshake — in state linked.securing.awaitingProceed.',
    );
  });
});

describe('an endpoint that cannot be used at the moment', () => {
  test('where nobody listens', async () => {
    const port = String(await closedPort());
    const command = runDoctor(DOMAIN, { host: '127.0.0.1', port });
    expect(await command.exitCode).toBe(5);
    expect(steady(command.stdout()).slice(2)).toEqual([
      '',
      '1. 127.0.0.1:PORT (STARTTLS)',
      '   source       named by the application',
      '   failed       The connection to 127.0.0.1:PORT (STARTTLS) failed: ECONNREFUSED — in state linked.connecting. Nothing',
      '                listens there: check host and port, and that the server runs.',
      '',
      'Verdict',
      '   No endpoint would let a client log in to verona.example.',
    ]);
  });

  test('that stalls, for no longer than it is waited for', async () => {
    const { exitCode, lines } = await examineScripted([(peer) => peer.header().closed()], { timeout: '0.2' });
    expect(exitCode).toBe(5);
    expect(lines.slice(1, 3)).toEqual([
      '   TCP          connected in TIME',
      '   failed       No answer from 127.0.0.1:PORT (STARTTLS) in time — in state linked.opening.awaitingFeatures. Check that',
    ]);
  });

  test('that stalls in the TLS handshake', async () => {
    const { port, close } = await openMute();
    const command = runDoctor(DOMAIN, { host: '127.0.0.1', port: String(port), directTls: true, timeout: '0.2' });
    expect(await command.exitCode).toBe(5);
    expect(steady(command.stdout())[6]).toBe(
      '   failed       No answer from 127.0.0.1:PORT (direct TLS) in time — in state linked.securing.handshaking. Check that',
    );
    close();
  });

  test('that ends the stream with an error', async () => {
    const { exitCode, lines } = await examineScripted([
      (peer) =>
        peer
          .header()
          .sends(
            `<stream:error><system-shutdown xmlns="${NS_STREAM_ERRORS}"/><text xmlns="${NS_STREAM_ERRORS}">\u009b2J</text></stream:error></stream:stream>`,
          )
          .closed(),
    ]);
    expect(exitCode).toBe(5);
    expect(lines[2]).toMatch(/^ {3}failed {7}Stream error system-shutdown, .*\\u\{9b\}2J/);
  });

  test('that answers plain HTTP instead of a WebSocket', async () => {
    const certificate = await issue({ domains: [DOMAIN] });
    const { port } = await serve(certificate, {});
    const { ca } = await openScripted([], { certificate });
    const command = runDoctor(DOMAIN, { websocket: `wss://127.0.0.1:${port}/ws`, ca });
    expect(await command.exitCode).toBe(5);
    expect(steady(command.stdout()).slice(3, 11)).toEqual([
      '1. wss://127.0.0.1:PORT/ws',
      '   source       named by the application',
      '   TLS          TLSv1.3, TLS_AES_256_GCM_SHA384',
      '   certificate  for verona.example',
      '                issued by Throw-away authority',
      '                valid until DAY, 29 days from now',
      '                SHA-256 FINGERPRINT',
      '   failed       wss://127.0.0.1:PORT/ws opened no WebSocket: HTTP status 404 (Not Found) — in state linked.connecting.',
    ]);
  });
});

describe('an endpoint whose mechanisms', () => {
  test('are PLAIN alone: that will do under TLS', async () => {
    const { exitCode, lines, verdict, came } = await examineScripted([offering(mechanisms('PLAIN')), toTls]);
    expect(exitCode).toBe(0);
    expect(came).toEqual([[], []]);
    expect(lines.slice(-3)).toEqual([
      '   SASL         PLAIN',
      '   binding      no list (XEP-0440)',
      '   choice       PLAIN, in SASL (RFC 6120)',
    ]);
    expect(verdict).toEqual(['   A client would log in to verona.example at endpoint 1, with PLAIN.']);
  });

  test('are none of those that may be used', async () => {
    const { exitCode, lines, came } = await examineScripted([offering(mechanisms('PLAIN', 'X-OWN')), toTls], {
      mechanism: ['SCRAM-SHA-256'],
    });
    expect(exitCode).toBe(4);
    expect(came).toEqual([[], []]);
    expect(lines.slice(-5)).toEqual([
      '   SASL         PLAIN, X-OWN',
      '   binding      no list (XEP-0440)',
      '   failed       The server offers no SASL mechanism that may be used: "PLAIN" (it is not among the allowed ones),',
      '                "X-OWN" (this client does not know it) — in state linked.authenticating. Ask the operator of the server',
      '                to enable SCRAM-SHA-256; PLAIN needs TLS.',
    ]);
  });

  test('are none at all', async () => {
    const { exitCode, lines } = await examineScripted([
      offering('<register xmlns="http://jabber.org/features/iq-register"/>'),
      toTls,
    ]);
    expect(exitCode).toBe(4);
    expect(lines.slice(-5)).toEqual([
      '   SASL         none',
      '   binding      no list (XEP-0440)',
      '   others       register (http://jabber.org/features/iq-register)',
      '   failed       The server offers no SASL mechanism — in state linked.authenticating. Ask the operator of the server to',
      '                enable SCRAM-SHA-256; PLAIN needs TLS.',
    ]);
  });

  test('do not bind, where that is required', async () => {
    const { exitCode, lines } = await examineScripted([offering(mechanisms('SCRAM-SHA-256')), toTls], {
      requireChannelBinding: true,
    });
    expect(exitCode).toBe(4);
    expect(lines.at(-2)).toBe(
      '   failed       The server offers no SASL mechanism that may be used: "SCRAM-SHA-256" (channel binding is required) — in',
    );
  });

  test('bind to something that the server did not list', async () => {
    const offer = mechanisms('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'OAUTHBEARER');
    const { exitCode, lines } = await examineScripted([offering(offer), toTls]);
    expect(exitCode).toBe(0);
    expect(lines.slice(-3)).toEqual([
      '   choice       SCRAM-SHA-256-PLUS, bound to tls-exporter, a guess, in SASL (RFC 6120)',
      '   and not      SCRAM-SHA-256: SCRAM-SHA-256-PLUS is preferred',
      '                OAUTHBEARER: it needs an access token',
    ]);
  });

  test('have lost those that bind, on the way (XEP-0474)', async () => {
    const list = `<sasl-channel-binding xmlns="${NS_CHANNEL_BINDING}"><channel-binding type="tls-exporter"/></sasl-channel-binding>`;
    const { exitCode, lines } = await examineScripted([offering(mechanisms('SCRAM-SHA-256') + list), toTls]);
    expect(exitCode).toBe(4);
    expect(lines.slice(-6, -4)).toEqual([
      '   binding      tls-exporter',
      '   failed       The server offers no SASL mechanism that may be used: "SCRAM-SHA-256" (the server lists types of channel',
    ]);
  });

  test('have names that command terminals', async () => {
    const { lines } = await examineScripted([offering(mechanisms('PLAIN', 'EVIL\u009b31m\u202e')), toTls]);
    expect(lines.slice(-4)).toEqual([
      '   SASL         PLAIN, EVIL\\u{9b}31m\\u{202e}',
      '   binding      no list (XEP-0440)',
      '   choice       PLAIN, in SASL (RFC 6120)',
      '   and not      EVIL\\u{9b}31m\\u{202e}: this client does not know it',
    ]);
  });

  test('come along with a challenge that nobody asked for, which is not answered', async () => {
    const hasty = `${mechanisms('SCRAM-SHA-256')}</stream:features><challenge xmlns="${NS_SASL}"/><stream:features>`;
    const { exitCode, came } = await examineScripted([offering(hasty), toTls]);
    expect(exitCode).toBe(0);
    expect(came).toEqual([[], []]);
  });
});

test('a server that sends the client elsewhere is followed, under TLS', async () => {
  const certificate = await issue({ domains: [DOMAIN] });
  const { server } = await openScripted([offering(mechanisms('PLAIN')), toTls], { certificate });
  const elsewhere = `<see-other-host xmlns="${NS_STREAM_ERRORS}">127.0.0.1:${server.port}</see-other-host>`;
  const { exitCode, lines, verdict } = await examineScripted(
    [(peer) => peer.startTls().header().sends(`<stream:error>${elsewhere}</stream:error></stream:stream>`).closed()],
    {},
    { certificate },
  );
  expect(exitCode).toBe(0);
  expect(lines.slice(0, 4)).toEqual([
    '   source       127.0.0.1 sent us there',
    '   sent on by   127.0.0.1:PORT (STARTTLS): Stream error see-other-host, the server sends us to another host',
    '   TCP          connected in TIME',
    '   STARTTLS     offered and required',
  ]);
  expect(verdict).toEqual(['   A client would log in to verona.example at endpoint 1, with PLAIN.']);
});

test('a WebSocket of this machine may do without TLS, and then PLAIN may not be used', async () => {
  const { websocketUrl, stop } = await startServer({
    domain: DOMAIN,
    accounts: {},
    tls: false,
    websocket: true,
    mechanisms: ['SCRAM-SHA-1', 'PLAIN'],
  });
  const command = runDoctor(DOMAIN, { websocket: websocketUrl });
  expect(await command.exitCode).toBe(0);
  expect(steady(command.stdout()).slice(3, -3)).toEqual([
    '1. ws://127.0.0.1:PORT/xmpp-websocket',
    '   source       named by the application',
    '   WebSocket    opened in TIME, subprotocol xmpp',
    '   SASL         SCRAM-SHA-1, PLAIN',
    '   binding      no list (XEP-0440)',
    '   choice       SCRAM-SHA-1, in SASL (RFC 6120)',
    '   and not      PLAIN: it would show the password, since the connection has no verified TLS',
  ]);
  await stop();
});

test('a certificate that cannot be looked at a second time is not described', async () => {
  const { exitCode, lines } = await examineScripted([offering(mechanisms('PLAIN')), (peer) => peer.closed()], {
    timeout: '0.5',
  });
  expect(exitCode).toBe(0);
  expect(lines.slice(2)).toEqual([
    '   STARTTLS     offered and required',
    '   TLS          TLSv1.3, in TIME',
    '   SASL         PLAIN',
    '   binding      no list (XEP-0440)',
    '   choice       PLAIN, in SASL (RFC 6120)',
  ]);
});

test('JSON holds nothing that a terminal would obey', async () => {
  const { server, ca } = await openScripted([offering(mechanisms('EVIL\u009b31m\u202e\u{e0041}')), toTls]);
  const command = runDoctor(DOMAIN, { host: '127.0.0.1', port: String(server.port), ca, json: true });
  expect(await command.exitCode).toBe(4);
  expect(command.stdout()).toContain('"EVIL\\u009b31m\\u202e\\udb40\\udc41"');
  expect(JSON.parse(command.stdout()).endpoints[0].sasl.mechanisms).toEqual(['EVIL\u009b31m\u202e\u{e0041}']);
});

describe('among many endpoints', () => {
  test('one whose certificate is bad keeps a client from those behind it', async () => {
    const bad = await openScripted([toTls, toTls], { certificate: await issue({ domains: ['mantua.example'] }) });
    const good = await openScripted([offering(mechanisms('PLAIN')), toTls]);
    const records = [bad, good].map(({ server: { port } }, priority) => ({
      name: '127.0.0.1',
      port,
      priority,
      weight: 0,
    }));
    const lookupSrv = async (name: string) => (name.startsWith('_xmpp-client') ? records : []);
    const command = runDoctor(DOMAIN, { ca: good.ca }, { lookupSrv });
    expect(await command.exitCode).toBe(0);
    expect(command.stdout().trimEnd().split('\n').slice(-2)).toEqual([
      '   A client would stop at endpoint 1, and try none behind it.',
      '   It could log in at endpoint 2, told to go there: --host, --direct-tls, --websocket.',
    ]);
  });

  test('no more than eight are tried', async () => {
    const port = await closedPort();
    const lookupSrv = async (name: string) =>
      name.startsWith('_xmpps')
        ? []
        : Array.from({ length: 10 }, (_, priority) => ({ name: `127.0.0.${priority + 1}`, port, priority, weight: 0 }));
    const command = runDoctor(DOMAIN, {}, { lookupSrv });
    expect(await command.exitCode).toBe(5);
    expect(command.stdout().match(/^\d+\. .*/gm)).toHaveLength(8);
    expect(command.stdout().trimEnd().split('\n').slice(-2)).toEqual([
      '   No endpoint would let a client log in to verona.example.',
      '   2 more endpoints were not tried.',
    ]);
  });

  test('there may be none: a domain that offers no service is a refusal', async () => {
    const lookupSrv = async () => [{ name: '', port: 0, priority: 0, weight: 0 }];
    const command = runDoctor(DOMAIN, {}, { lookupSrv });
    expect(await command.exitCode).toBe(4);
    expect(command.stdout().trimEnd().split('\n').slice(-2)).toEqual([
      '   There was nothing to try.',
      '   No endpoint would let a client log in to verona.example.',
    ]);
  });
});

test('an interruption leaves the endpoint that is tried, and says no more', async () => {
  const { port, close } = await openMute();
  const command = run(['doctor', DOMAIN, '--host', '127.0.0.1', '--port', String(port)]);
  await command.line(/Nobody was asked/);
  command.interrupt();
  expect(await command.exitCode).toBe(130);
  expect(command.stderr()).toBe('xstate-xmpp: interrupted\n');
  expect(command.stdout()).not.toContain('Verdict');
  close();
});

/** The server's side of STARTTLS, and nothing more. */
function toTls(peer: ScriptedPeer): Promise<readonly string[]> {
  return peer.startTls().closed();
}

/** The same, and then features, to which the client says nothing but goodbye. */
function offering(features: string): (peer: ScriptedPeer) => Promise<readonly string[]> {
  return (peer) => peer.startTls().header().features(features).receives('</stream:stream>').close().closed();
}

function mechanisms(...names: readonly string[]): string {
  return `<mechanisms xmlns="${NS_SASL}">${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`;
}

/** A certificate of an authority of its own, with that authority. */
async function issue(options: {
  readonly domains: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}) {
  const authority = await createAuthority();
  return { ...(await authority.issue(options)), ca: authority.certificate };
}

async function strangersAuthority(): Promise<string> {
  return (await createAuthority()).certificate;
}
