import { createHash, X509Certificate } from 'node:crypto';
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM, findProgram } from './server-suite.ts';

/** What a test may choose of the browser. */
export interface ChromiumOptions {
  /** PEM of certificates that it accepts, whoever issued them and for whatever name: those that servers for tests show. */
  readonly certificates?: readonly string[];
  /** Domains that are found at 127.0.0.1, by the browser alone. */
  readonly domains?: readonly string[];
  /** Ports of 127.0.0.1 by domain: there, and not at 443, is the web server of the domain. */
  readonly webServers?: Readonly<Record<string, number>>;
}

/**
 * Starts the Chromium that is installed, without a window and with an empty profile in a temporary folder. `close` it in
 * `afterAll`; when the test process dies it goes as well, for it is led through a pipe.
 *
 * A page has WebCrypto only in a secure context: served over HTTPS, or from `localhost`. See `page-server.ts`.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = findProgram(...CHROMIUM);
  if (!executablePath) throw new Error(`No Chromium is in the path, by none of these names: ${CHROMIUM.join(', ')}`);
  const { certificates = [], domains = [], webServers = {} } = options;
  // The first rule that fits holds.
  const rules = [
    ...Object.entries(webServers).map(([name, port]) => `MAP ${name}:443 127.0.0.1:${port}`),
    ...domains.map((name) => `MAP ${name} 127.0.0.1`),
  ];
  const accepted = certificates.map(publicKeyHash);
  return chromium.launch({
    executablePath,
    args: [
      ...QUIET,
      ...(accepted.length === 0 ? [] : [`--ignore-certificate-errors-spki-list=${accepted.join(',')}`]),
      ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(',')}`]),
    ],
  });
}

/** No sandbox, which root and containers cannot have; and nothing that a test did not ask for. */
const QUIET: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** As the browser writes it: SHA-256 of the public key, in base64. */
function publicKeyHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
