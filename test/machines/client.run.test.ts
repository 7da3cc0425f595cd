import { describe, expect, it } from 'vitest';
import { TransportError } from '../../src/errors/index.ts';
import { type FastToken, SaslError } from '../../src/sasl/index.ts';
import { run } from './client-run.ts';
import {
  CONNECTED,
  DIRECT_TLS,
  failed,
  features,
  OPENED,
  OTHER_STARTTLS,
  SASL_OFFER,
  SECURED,
  STARTTLS,
  TLS_OFFER,
  WSS,
} from './client-steps.ts';

const TO_HANDSHAKE = [CONNECTED, OPENED, TLS_OFFER, { type: 'tls.proceeded' }] as const;

describe('a running client', () => {
  it('sends the stream header and the login with a token in one flight, before it heard anything (XEP-0484 §3.4)', async () => {
    const stored: FastToken = {
      mechanism: 'HT-SHA-256-NONE',
      token: 't',
      userAgent: 'u',
      inline: { bind: [], sm: false },
    };
    const tokens = new Map([['juliet@example.org', stored]]);
    for (const endpoint of [DIRECT_TLS, WSS]) {
      const client = run([endpoint], { tokens, realExchange: true });
      await client.start();
      client.report(CONNECTED);
      if (endpoint === DIRECT_TLS) client.report(SECURED);
      expect(client.look().path).toBe('linked.loggingIn.awaitingHeader');
      await client.lastTold('sasl.authenticate');
      expect(client.told.map(({ type }) => type).filter((type) => type !== 'tls.start')).toEqual([
        'stream.open',
        'sasl.authenticate',
      ]);
      expect(client.told.at(-1)).toMatchObject({ mechanism: 'HT-SHA-256-NONE', along: { userAgent: { id: 'u' } } });
    }
  });

  it('knows of every error where it happened: the state, and the endpoint', async () => {
    const client = run([STARTTLS]);
    await client.start();
    client.report(...TO_HANDSHAKE, failed('certificate-expired'));
    expect(client.look()).toEqual({
      path: 'failed.terminal',
      error: ['transport/certificate-expired', 'linked.securing.handshaking', 'a.example.org:5222 (STARTTLS)'],
    });
  });

  it('knows of an error without an endpoint the state alone', async () => {
    const client = run(new TransportError('x', { condition: 'service-unavailable' }));
    await client.start();
    expect(client.look()).toEqual({
      path: 'failed.terminal',
      error: ['transport/service-unavailable', 'resolving.asking', undefined],
    });
  });

  it('has a transport for each attempt, and hears nothing of those before', async () => {
    const client = run([STARTTLS, OTHER_STARTTLS]);
    await client.start();
    client.report(failed('connection-refused'));
    expect(client.dialled).toEqual(['a.example.org', 'b.example.org']);
    client.lines[0]?.(CONNECTED);
    expect(client.look().path).toBe('linked.connecting');
    client.report(CONNECTED);
    expect(client.look().path).toBe('linked.opening.awaitingHeader');
    expect(client.freed).toEqual(['a.example.org']);
  });

  it('comes back when the policy says, by its own clock', async () => {
    const client = run([STARTTLS], { reconnect: ({ attempt }) => attempt * 1000 });
    await client.start();
    client.report(failed('timeout'));
    expect([client.look().path, client.clock.timers()]).toEqual(['reconnecting.backingOff', [1000]]);
    client.clock.increment(1000);
    expect(client.look().path).toBe('resolving.recalling');
    await client.settle();
    client.report(failed('timeout'));
    expect(client.clock.timers()).toEqual([3000]);
  });

  it('gives every endpoint its time, and no more', async () => {
    const client = run([STARTTLS, DIRECT_TLS], { timeouts: { connect: 100, open: 50 }, reconnect: () => undefined });
    await client.start();
    client.clock.increment(100);
    expect(client.dialled).toEqual(['a.example.org', 'c.example.org']);
    client.clock.increment(99);
    client.report(CONNECTED, SECURED);
    client.clock.increment(50);
    expect(client.look()).toEqual({
      path: 'failed.gaveUp',
      error: ['transport/timeout', 'linked.secured.awaitingHeader', 'c.example.org:5223 (direct TLS)'],
    });
    expect(client.freed).toEqual(['a.example.org', 'c.example.org']);
  });

  it('has no timer and no transport left once it was stopped', async () => {
    const client = run([STARTTLS]);
    await client.start();
    client.report(...TO_HANDSHAKE);
    client.actor.send({ type: 'stop' });
    client.report({ type: 'transport.closed' });
    expect([client.look().path, client.clock.timers(), client.freed]).toEqual(['offline', [], ['a.example.org']]);
    expect(Object.keys(client.actor.getSnapshot().children)).toEqual(['session']);
  });

  it('is not hurt by a transport that fails when it is made', async () => {
    const client = run([{ ...STARTTLS, host: 'explodes' }]);
    await client.start();
    expect([client.look().path, client.actor.getSnapshot().status]).toEqual(['failed.terminal', 'active']);
    expect(client.look().error?.[0]).toBe('transport/internal-error');
    await client.start();
    expect(client.dialled).toHaveLength(2);
  });

  it('frees the connection when an actor fails that it cannot do without', async () => {
    const client = run([STARTTLS]);
    await client.start();
    client.report(...TO_HANDSHAKE);
    const session = client.actor.getSnapshot().children.session;
    session?.getSnapshot().context.iq.send(JSON.parse('{"type":"explode"}'));
    const { status, output } = client.actor.getSnapshot();
    expect([status, output?.error?.message, client.freed]).toEqual([
      'done',
      "The actor 'iq' failed",
      ['a.example.org'],
    ]);
  });

  it('asks for a mechanism the server offers, with the reason why the last login failed', async () => {
    const client = run([STARTTLS]);
    const secured = [...TO_HANDSHAKE, SECURED, OPENED] as const;
    const refusal = new SaslError('no', { condition: 'not-authorized' });
    await client.start();
    client.report(...secured, features(''));
    expect(client.look().error?.[0]).toBe('sasl/no-mechanism');
    await client.start();
    client.report(...secured, SASL_OFFER);
    client.report({ type: 'sasl.failed', error: refusal });
    expect(client.look().path).toBe('failed.needsCredentials');
    await client.start();
    client.report(...secured, SASL_OFFER);
    expect(client.asked).toEqual([
      ['SCRAM-SHA-256', undefined],
      ['SCRAM-SHA-256', refusal],
    ]);
  });
});
