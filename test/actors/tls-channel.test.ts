import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket, type TlsOptions } from 'node:tls';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { TlsChannel } from '../../src/actors/tls-channel.ts';
import { type CertificateSignature, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { closeServers, dial, fewerSockets, listenTls } from './tcp-servers.ts';

afterEach(closeServers);

/** A server, and where its ends of connections are to be found. */
async function served(options: TlsOptions = {}, signature?: CertificateSignature) {
  const shown = await createSelfSignedCertificate({ domains: ['example.org'], ...(signature && { signature }) });
  const sockets: TLSSocket[] = [];
  const accept = (socket: TLSSocket): void => {
    sockets.push(socket);
    socket.write('x');
  };
  return { port: await listenTls(shown, accept, options), ca: shown.certificate, sockets };
}

/** Both ends of a connection. */
async function connection(options?: TlsOptions, signature?: CertificateSignature) {
  const { port, ca, sockets } = await served(options, signature);
  const dialled = dial(port, {}, { tls: { ca } });
  await dialled.until('received x');
  const [channel] = dialled.channels;
  const [server] = sockets;
  if (!channel || !server) throw new Error('There is no connection');
  return { ...dialled, channel, server, certificate: new X509Certificate(ca).raw };
}

describe('what a login can be bound to', () => {
  it('is in TLS 1.3 the key that both sides export (RFC 9266), and the certificate', async () => {
    const { channel, server } = await connection();
    expect([channel.tlsVersion, channel.bindings]).toEqual(['TLSv1.3', ['tls-exporter', 'tls-server-end-point']]);
    const exported = server.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    expect(hex(await channel.bindingData('tls-exporter'))).toBe(hex(exported));
  });

  it('is in TLS 1.2 the first message of the end of the handshake (RFC 5929 §3), and the certificate', async () => {
    const { channel, server } = await connection({ maxVersion: 'TLSv1.2' });
    expect([channel.tlsVersion, channel.bindings]).toEqual(['TLSv1.2', ['tls-unique', 'tls-server-end-point']]);
    const finished = server.getPeerFinished();
    expect(finished).toHaveLength(12);
    expect(hex(await channel.bindingData('tls-unique'))).toBe(hex(finished));
  });

  it('is another one on every connection', async () => {
    for (const [maxVersion, type] of [
      ['TLSv1.3', 'tls-exporter'],
      ['TLSv1.2', 'tls-unique'],
    ] as const) {
      const { wire, channel } = await connection({ maxVersion });
      const { channel: other } = await connection({ maxVersion });
      expect(hex(await channel.bindingData(type))).not.toBe(hex(await other.bindingData(type)));
      wire.end();
    }
  });

  it.each<[CertificateSignature, string]>([
    ['RSA-SHA1', 'sha256'],
    ['RSA-SHA256', 'sha256'],
    ['RSA-PSS-SHA512', 'sha512'],
    ['ECDSA-SHA256', 'sha256'],
    ['ECDSA-SHA384', 'sha384'],
  ])('is a certificate signed with %s by its hash: %s (RFC 5929 §4.1)', async (signature, hash) => {
    const { channel, certificate } = await connection({}, signature);
    const expected = createHash(hash).update(certificate).digest('hex');
    expect(hex(await channel.bindingData('tls-server-end-point'))).toBe(expected);
  });

  it('is no certificate that is signed without a hash function of its own', async () => {
    const { channel } = await connection({}, 'Ed25519');
    expect(channel.bindings).toEqual(['tls-exporter']);
    await expect(channel.bindingData('tls-server-end-point')).rejects.toMatchObject(NONE);
  });

  it.each([
    ['TLSv1.3', 'tls-unique'],
    ['TLSv1.2', 'tls-exporter'],
  ] as const)('is nothing else: in %s not %s', async (maxVersion, type) => {
    const { channel } = await connection({ maxVersion });
    await expect(channel.bindingData(type)).rejects.toMatchObject(NONE);
  });

  it('stays the same when the connection is gone, but can no longer be had', async () => {
    const { channel, server, until } = await connection();
    server.destroy();
    await until('closed');
    await closeServers();
    await fewerSockets(0);
    expect(channel.bindings).toContain('tls-exporter');
    for (const type of channel.bindings) await expect(channel.bindingData(type)).rejects.toMatchObject(NONE);
  });

  it('can no longer be had from the moment that the connection was cut on this side', async () => {
    const { port, ca } = await served();
    const socket = connect({ port, host: '127.0.0.1', servername: 'example.org', ca });
    await once(socket, 'secureConnect');
    const channel = new TlsChannel(socket);
    socket.destroy();
    await expect(channel.bindingData('tls-exporter')).rejects.toMatchObject(NONE);
    expect(channel.bindings).toEqual(['tls-exporter']);
  });

  it('is not to be seen by whoever looks at the connection', async () => {
    const { channel } = await connection();
    const values = await Promise.all(channel.bindings.map((type) => channel.bindingData(type)));
    const seen = JSON.stringify(channel) + inspect(channel, { depth: null, showHidden: true });
    expect(JSON.parse(JSON.stringify(channel))).toEqual({ tlsVersion: 'TLSv1.3' });
    for (const value of values) expect(seen).not.toContain(hex(value));
  });

  const NONE = { name: 'SaslError', code: 'sasl/aborted' };
});

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
