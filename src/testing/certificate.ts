import type { Extension, X509CertificateGenerator } from '@peculiar/x509';

/** What a throw-away certificate is for. */
export interface CertificateOptions {
  /** DNS names it is valid for, as A-labels (`xn--…`); a leading `*.` makes a wildcard. For XMPP: the domain of the JID. */
  readonly domains: readonly string[];
  /** Start of its validity; an hour ago, or an hour before `notAfter` when that is earlier. */
  readonly notBefore?: Date | undefined;
  /** End of its validity; 30 days from now. A date in the past makes an expired certificate. */
  readonly notAfter?: Date | undefined;
}

/** A certificate that is its own issuer. */
export interface SelfSignedOptions extends CertificateOptions {
  /** The key and how it signs; `ECDSA-SHA256` if absent, which is by far the quickest to make. */
  readonly signature?: CertificateSignature | undefined;
}

/** Kinds of signatures that are met on certificates: of P-256, P-384, RSA with 2048 bits, and Ed25519. */
export type CertificateSignature = keyof typeof SIGNATURES;

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

const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SIGNATURES = {
  'ECDSA-SHA256': ALGORITHM,
  'ECDSA-SHA384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'RSA-SHA1': { ...RSA, name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' },
  'RSA-SHA256': { ...RSA, name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'RSA-PSS-SHA512': { ...RSA, name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 },
  Ed25519: { name: 'Ed25519', namedCurve: 'Ed25519' },
} as const;
const HOUR = 3_600_000;
const SUBJECT = 'CN=Throw-away certificate';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/**
 * Makes a certificate authority that lives in memory and is gone with the process: for tests, never for a service.
 * ECDSA P-256, so that a certificate takes a few milliseconds.
 */
export async function createAuthority(): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await generateKeys(ALGORITHM);
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
    issue: async (options) => issue(x509, options, await generateKeys(ALGORITHM), { issuer: root.subject, keys }),
  };
}

/** Makes a certificate that is its own issuer, as a server has it that nobody configured. */
export async function createSelfSignedCertificate(options: SelfSignedOptions): Promise<CertificateWithKey> {
  const algorithm = SIGNATURES[options.signature ?? 'ECDSA-SHA256'];
  const keys = await generateKeys(algorithm);
  return issue(await loadX509(), options, keys, { issuer: SUBJECT, keys }, algorithm);
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
  keys: SigningKeys,
  signer: { readonly issuer: string; readonly keys: SigningKeys },
  signingAlgorithm: Algorithm = ALGORITHM,
): Promise<CertificateWithKey> {
  const certificate = await x509.X509CertificateGenerator.create({
    subject: SUBJECT,
    issuer: signer.issuer,
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm,
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

function generateKeys(algorithm: (typeof SIGNATURES)[CertificateSignature]): Promise<SigningKeys> {
  return globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
