import type { Extension, X509CertificateGenerator } from '@peculiar/x509';

/** What a throw-away certificate is for. */
export interface CertificateOptions {
  /** DNS names it is valid for, as A-labels (`xn--…`); a leading `*.` makes a wildcard. For XMPP: the domain of the JID. */
  readonly domains: readonly string[];
  /** Start of its validity; an hour ago, or an hour before `notAfter` when that is earlier. */
  readonly notBefore?: Date;
  /** End of its validity; 30 days from now. A date in the past makes an expired certificate. */
  readonly notAfter?: Date;
}

/** A certificate with its private key, both PEM: fits `tls.createServer` and the files that servers read. */
export interface CertificateWithKey {
  /** The private key, PKCS #8. */
  readonly key: string;
  readonly certificate: string;
}

/** An authority of its own, trusted by nobody who is not given its {@link certificate}. */
export interface Authority {
  /** PEM, for `tls.connect({ ca })`. */
  readonly certificate: string;
  /** Makes a key and a certificate for it, signed by this authority. */
  issue(options: CertificateOptions): Promise<CertificateWithKey>;
}

type X509 = typeof import('@peculiar/x509');
type SigningKeys = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'];

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 3_600_000;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/**
 * Makes a certificate authority that lives in memory and is gone with the process: for tests, never for a service.
 * ECDSA P-256, so that a certificate takes a few milliseconds.
 */
export async function createAuthority(): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    // Named apart, for verifiers look for an issuer by its name first.
    name: `CN=Throw-away authority ${globalThis.crypto.randomUUID()}`,
    keys,
    ...validity({}),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: root.toString('pem'),
    issue: (options) => issue(x509, options, { issuer: root.subject, keys }),
  };
}

/** Makes a certificate that is its own issuer, as a server has it that nobody configured. */
export async function createSelfSignedCertificate(options: CertificateOptions): Promise<CertificateWithKey> {
  return issue(await loadX509(), options);
}

/** Loaded when needed: it takes 100 ms, and its dependency injection wants `reflect-metadata` first. */
async function loadX509(): Promise<X509> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(globalThis.crypto);
  return x509;
}

async function issue(
  x509: X509,
  options: CertificateOptions,
  by?: { readonly issuer: string; readonly keys: SigningKeys },
): Promise<CertificateWithKey> {
  const keys = await generateKeys();
  const subject = 'CN=Throw-away certificate';
  const signer = by ?? { issuer: subject, keys };
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: signer.issuer,
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    ...validity(options),
    extensions: await leafExtensions(x509, options.domains, keys, signer.keys),
  });
  const key = await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), certificate: certificate.toString('pem') };
}

async function leafExtensions(
  x509: X509,
  domains: readonly string[],
  own: SigningKeys,
  signer: SigningKeys,
): Promise<Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
    new x509.SubjectAlternativeNameExtension(domains.map((value) => ({ type: 'dns' as const, value }))),
    await x509.SubjectKeyIdentifierExtension.create(own.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
  ];
}

function validity(options: Omit<CertificateOptions, 'domains'>): { notBefore: Date; notAfter: Date } {
  const notAfter = options.notAfter ?? new Date(Date.now() + 30 * 24 * HOUR);
  const notBefore = options.notBefore ?? new Date(Math.min(Date.now(), notAfter.getTime()) - HOUR);
  return { notBefore, notAfter };
}

function generateKeys(): Promise<SigningKeys> {
  return globalThis.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
