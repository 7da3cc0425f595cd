import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;

/** What a client's certificate says. */
export interface ClientNames {
  readonly commonName?: string;
  readonly email?: string;
  /** `id-on-xmppAddr` (RFC 6120 §13.7.1.4). */
  readonly xmppAddr?: string;
  readonly notAfter?: Date;
}

/** An authority for the certificates of clients. */
export async function createClientAuthority() {
  x509.cryptoProvider.set(globalThis.crypto);
  const keys = await generateKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Friar Laurence',
    keys,
    ...validity(),
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    certificate: root.toString('pem'),
    /** For `tls.connect`. */
    issue: async (names: ClientNames) => {
      const own = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${names.commonName ?? 'Somebody'}`,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        ...validity(names.notAfter),
        extensions: alternativeNames(names),
      });
      const key = await globalThis.crypto.subtle.exportKey('pkcs8', own.privateKey);
      return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem') };
    },
  };
}

function alternativeNames({ email, xmppAddr }: ClientNames): x509.Extension[] {
  const names = [
    ...(email === undefined ? [] : [der(0x81, Buffer.from(email))]),
    ...(xmppAddr === undefined ? [] : [otherName(xmppAddr)]),
  ];
  // RFC 5280 §4.2.1.6.
  return names.length === 0 ? [] : [new x509.Extension('2.5.29.17', false, new Uint8Array(der(0x30, ...names)))];
}

function otherName(xmppAddr: string): Buffer {
  const oid = Buffer.from('06082b06010505070805', 'hex');
  return der(0xa0, oid, der(0xa0, der(0x0c, Buffer.from(xmppAddr))));
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

function validity(notAfter = new Date(Date.now() + DAY)) {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY), notAfter };
}

function generateKeys() {
  return globalThis.crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
