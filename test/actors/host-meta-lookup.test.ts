import { describe, expect, it } from 'vitest';
import { type FetchHostMeta, type HostMetaRequest, lookUpHostMeta } from '../../src/actors/host-meta-lookup.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { createTestClock } from '../support/clock.ts';
import { bytes, JRD, JRD_URL, jrd, XRD, XRD_URL } from './host-meta-documents.ts';

describe('host-meta', () => {
  it('is asked for in both forms at once', async () => {
    const requests: HostMetaRequest[] = [];
    await lookUp(async (request) => {
      requests.push(request);
      return undefined;
    });
    expect(requests.map(({ url, domain }) => [url, domain])).toEqual([
      [JRD_URL, 'example.org'],
      [XRD_URL, 'example.org'],
    ]);
    expect(requests.map(({ accept }) => accept)).toEqual([
      'application/json, application/jrd+json, */*;q=0.1',
      'application/xrd+xml, application/xml;q=0.9, */*;q=0.1',
    ]);
  });

  it('in JSON counts, and the XRD is not waited for', async () => {
    let xrdSignal: AbortSignal | undefined;
    const found = await lookUp(({ url, signal }) => {
      if (url === JRD_URL) return Promise.resolve(bytes(JRD));
      xrdSignal = signal;
      return untilAborted(signal);
    });
    expect(found).toEqual([{ url: 'wss://jrd.example.org/ws', namedBy: JRD_URL }]);
    expect(xrdSignal?.aborted).toBe(true);
  });

  it('in XML counts where the other does not come', async () => {
    const clock = createTestClock();
    const found = lookUp(({ url, signal }) => (url === XRD_URL ? Promise.resolve(bytes(XRD)) : untilAborted(signal)), {
      clock,
    });
    clock.increment(7500);
    expect(await found).toEqual([{ url: 'wss://xrd.example.org/ws', namedBy: XRD_URL }]);
  });

  it('has three quarters of the time of discovery, and leaves no timer', async () => {
    const clock = createTestClock();
    const found = lookUp(({ signal }) => untilAborted(signal), { clock, timeouts: { resolve: 2000 } });
    expect(clock.timers()).toEqual([1500]);
    clock.increment(1500);
    await expect(found).rejects.toMatchObject({
      code: 'transport/discovery-failed',
      message: `${JRD_URL} did not come within 1.5 s; ${XRD_URL} did not come within 1.5 s`,
    });
    await lookUp(async () => bytes(JRD), { clock });
    expect(clock.timers()).toEqual([]);
  });

  it('that is refused for its certificate says so, whatever else is wrong', async () => {
    const untrusted = new TransportError('untrusted', { condition: 'certificate-untrusted' });
    const found = lookUp(async ({ url }) => {
      if (url === JRD_URL) return bytes('<html>');
      throw untrusted;
    });
    await expect(found).rejects.toBe(untrusted);
  });

  it('that is wrong in one form and not there in the other is wrong', async () => {
    const found = lookUp(async ({ url }) => (url === JRD_URL ? bytes('<html>') : undefined));
    await expect(found).rejects.toMatchObject({
      code: 'transport/discovery-failed',
      message: expect.stringContaining(`${JRD_URL} cannot be understood: `),
      hint: 'Tell the operator of the server, or name the address yourself (`websocket`, or `host` on Node).',
      cause: { name: 'SyntaxError' },
    });
  });

  it('that names only what may not be used says what', async () => {
    const text = jrd('ws://example.org/', 'wss://a@example.org/');
    await expect(lookUp(async ({ url }) => (url === JRD_URL ? bytes(text) : undefined))).rejects.toMatchObject({
      message:
        `${JRD_URL} names no WebSocket that may be used: "ws://example.org/" does not start with wss://; ` +
        '"wss://a@example.org/" holds a user name or password',
    });
  });
});

function lookUp(fetchHostMeta: FetchHostMeta, options: Partial<ClientOptions> = {}) {
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', ...options });
  return lookUpHostMeta('example.org', settings, fetchHostMeta, new AbortController().signal);
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
