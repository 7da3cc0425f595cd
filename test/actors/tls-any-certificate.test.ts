import { afterEach, expect, it } from 'vitest';
import { createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { closeServers, dial, listenTls } from './tcp-servers.ts';

afterEach(closeServers);

it('any certificate is trusted where that was asked for, and the process is warned, once', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => {
    if (Reflect.get(warning, 'code') === 'XMPP_TRUSTS_ANY_CERTIFICATE') warnings.push(warning.message);
  };
  process.on('warning', listen);
  const bad = await createSelfSignedCertificate({ domains: ['example.net'], notAfter: new Date(0) });
  const port = await listenTls(bad, (socket) => socket.write('x'));
  for (let i = 0; i < 2; i += 1) {
    const { log, until } = dial(port, {}, { tls: { dangerouslyTrustAnyCertificate: true } });
    await until('received x');
    expect(log).toEqual(['connected', 'secured', 'received x']);
  }
  process.off('warning', listen);
  expect(warnings).toEqual([
    '`tls.dangerouslyTrustAnyCertificate` is set: anybody can pretend to be the server, and logins are not safe',
  ]);
});
