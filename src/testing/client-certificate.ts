import type { X509Certificate } from 'node:crypto';

/**
 * The address that a client's certificate stands for (XEP-0178 §2): its first XMPP address (`id-on-xmppAddr`), else its first
 * mail address, else its common name. `undefined` unless the authority itself issued it, and it is valid now.
 */
export function certifiedAddress(certificate: X509Certificate, authority: X509Certificate): string | undefined {
  const isIssued = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  return isIssued && isValidNow(certificate) ? addressIn(certificate) : undefined;
}

function isValidNow({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

function addressIn({ subjectAltName = '', subject = '' }: X509Certificate): string | undefined {
  // Node puts values with anything special in them into quotation marks: no address is among them.
  const names = subjectAltName.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').split(', ');
  return (
    valueAfter(names, 'othername:XmppAddr:') ?? valueAfter(names, 'email:') ?? valueAfter(subject.split('\n'), 'CN=')
  );
}

function valueAfter(names: readonly string[], kind: string): string | undefined {
  return names.find((name) => name.startsWith(kind))?.slice(kind.length) || undefined;
}
