import { domainToAscii } from '../../../jid/index.ts';
import { type Authority, type CertificateWithKey, createAuthority } from '../../certificate.ts';

/** A certificate of each kind that a server may show. */
export interface Certificates {
  /** For the domain, by the authority that the client trusts; for `localhost` as well, where WebSockets are. */
  readonly right: TrustedCertificate;
  readonly otherName: TrustedCertificate;
  readonly unknownAuthority: TrustedCertificate;
  readonly expired: TrustedCertificate;
}

/** A certificate, its key, and the authority that clients are told to trust, which need not be its own. */
type TrustedCertificate = CertificateWithKey & { readonly ca: string };

const DAY = 86_400_000;

/** Makes them, all new. */
export async function certificatesFor(domain: string): Promise<Certificates> {
  const [authority, unknown] = await Promise.all([createAuthority(), createAuthority()]);
  const domains = [domainToAscii(domain), 'localhost'];
  const issue = async (by: Authority, options: Parameters<Authority['issue']>[0]): Promise<TrustedCertificate> => ({
    ...(await by.issue(options)),
    ca: authority.certificate,
  });
  return {
    right: await issue(authority, { domains }),
    otherName: await issue(authority, { domains: ['verify.invalid'] }),
    unknownAuthority: await issue(unknown, { domains }),
    expired: await issue(authority, { domains, notAfter: new Date(Date.now() - DAY) }),
  };
}
