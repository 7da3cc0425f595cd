import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateWithKey, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { createTestClock } from '../support/clock.ts';
import { closed, closeServers, dial, fewerSockets, listen, listenTls, openSockets } from './tcp-servers.ts';

let certificate: CertificateWithKey;

beforeAll(async () => {
  certificate = await createSelfSignedCertificate({ domains: ['example.org'] });
});

afterEach(closeServers);

describe('a connection under TLS that is paused', () => {
  it('hears nothing until it is resumed, and the server can send no more: its memory is used, not ours', async () => {
    const { wire, until, log, server } = await dialPaused();
    let isDrained = false;
    server.once('drain', () => {
      isDrained = true;
    });
    expect(server.write(Buffer.alloc(64_000_000, 'x'))).toBe(false);
    for (let i = 0; i < 100; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([log, isDrained]).toEqual([['connected', 'secured'], false]);
    wire.resume();
    server.end('last words');
    await until('closed');
    const received = log.filter((entry) => entry.startsWith('received '));
    expect(received.join('').replaceAll('received ', '')).toHaveLength(64_000_010);
  });

  it('tells what came before it failed', async () => {
    const { wire, until, log, server, raw } = await dialPaused();
    // Whoever leaves with something unread resets the connection (RFC 2525 §2.17).
    server.pause();
    wire.write('x'.repeat(1_000_000));
    server.write('last words');
    await expect.poll(() => server.readableLength, { interval: 1 }).toBeGreaterThan(0);
    raw.destroy();
    await until('transport/connection-reset');
    const heard = log.filter((entry) => entry !== 'drained');
    expect(heard).toEqual(['connected', 'secured', 'received last words', 'transport/connection-reset']);
  });
});

describe('a connection under TLS that is given up', () => {
  it.each(['during the handshake', 'when it is secured', 'with much to be sent'])(
    'leaves nothing that keeps the process alive, %s',
    async (when) => {
      const clock = createTestClock();
      const isSecured = when !== 'during the handshake';
      const servers: Socket[] = [];
      const accept = (socket: Socket) => servers.push(socket.pause());
      const port = isSecured ? await listenTls(certificate, accept) : await listen(accept);
      const options = { clock, tls: { ca: certificate.certificate } };
      const { wire, until, log } = dial(port, { security: 'direct-tls' }, options);
      await until(isSecured ? 'secured' : 'connected');
      if (when === 'with much to be sent') expect(wire.write('x'.repeat(50_000_000))).toBe(false);
      const before = [...log];
      await expect.poll(() => servers, { interval: 1 }).toHaveLength(1);
      wire.abort();
      wire.end();
      for (const server of servers) server.resume();
      await closed();
      await closeServers();
      await fewerSockets(0);
      expect([openSockets(), clock.timers(), log]).toEqual([[], [], before]);
    },
  );
});

/** A connection that is paused, with both its ends. */
async function dialPaused() {
  const accepted: { readonly server: TLSSocket; readonly raw: Socket }[] = [];
  const port = await listenTls(certificate, (server, raw) => accepted.push({ server, raw }));
  const dialled = dial(port, { security: 'direct-tls' }, { tls: { ca: certificate.certificate } });
  await dialled.until('secured');
  await expect.poll(() => accepted, { interval: 1 }).toHaveLength(1);
  dialled.wire.pause();
  const [ends] = accepted;
  if (!ends) throw new Error('Nobody was accepted');
  return { ...dialled, ...ends };
}
