import { describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../machines/index.ts';
import { TransportError, type XmppError } from '../../src/errors/index.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { StanzaError } from '../../src/stanza/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  answered,
  authenticated,
  bound,
  crashed,
  DIRECT_TLS,
  failed,
  features,
  found,
  login,
  OTHER_STARTTLS,
  passed,
  recalled,
  STARTTLS,
  type Step,
  step,
  steps,
} from './client-steps.ts';

type Outcome = readonly [path: string, code: string | undefined];

const RETRY = 'reconnecting.backingOff';
const TERMINAL = 'failed.terminal';
const at = login();

describe('a failure of a login with one endpoint', () => {
  const noBinding = features('');
  const unreadable = answered(at.binding.snapshot, 'result', bound('no resource'));
  const conflict = answered(at.binding.snapshot, 'error', new StanzaError('conflict').toElement());
  const busy = answered(at.binding.snapshot, 'error', new StanzaError('resource-constraint').toElement());
  const refusedSession = answered(at.awaitingSession.snapshot, 'error', new StanzaError('forbidden').toElement());
  const unavailable = new TransportError('.', { condition: 'service-unavailable' });

  it.each<[title: string, from: Step, event: ClientEvent, outcome: Outcome]>([
    ['nothing is found', at.resolving, found(), [RETRY, 'transport/host-not-found']],
    [
      'the domain offers no service',
      at.resolving,
      crashed('resolve', unavailable),
      [TERMINAL, 'transport/service-unavailable'],
    ],
    ['discovery breaks', at.resolving, crashed('resolve', new Error('x')), [TERMINAL, 'transport/internal-error']],
    ['discovery is silent', at.resolving, passed('resolveDeadline', 'resolving.asking'), [RETRY, 'transport/timeout']],
    [
      'nobody answers the call',
      at.connecting,
      passed('connectDeadline', 'linked.connecting'),
      [RETRY, 'transport/timeout'],
    ],
    ['the call is refused', at.connecting, failed('connection-refused'), [RETRY, 'transport/connection-refused']],
    [
      'the transport breaks',
      at.connecting,
      crashed('transport', new Error('x')),
      [TERMINAL, 'transport/internal-error'],
    ],
    ['no header comes', at.awaitingHeader, passed('openDeadline', 'linked.opening'), [RETRY, 'transport/timeout']],
    ['no TLS is offered', at.awaitingFeatures, features(''), [TERMINAL, 'transport/tls-unavailable']],
    ['TLS is refused', at.awaitingProceed, { type: 'tls.refused' }, [TERMINAL, 'transport/tls-unavailable']],
    [
      'the consent to TLS does not come',
      at.awaitingProceed,
      passed('secureDeadline', 'linked.securing'),
      [RETRY, 'transport/timeout'],
    ],
    ['bytes are injected', at.handshaking, failed('injected-bytes'), [TERMINAL, 'transport/injected-bytes']],
    [
      'the certificate is wrong',
      at.handshaking,
      failed('certificate-wrong-host'),
      [TERMINAL, 'transport/certificate-wrong-host'],
    ],
    ['the handshake hangs', at.handshaking, passed('secureDeadline', 'linked.securing'), [RETRY, 'transport/timeout']],
    [
      'the secured stream is silent',
      at.securedHeader,
      passed('openDeadline', 'linked.secured'),
      [RETRY, 'transport/timeout'],
    ],
    [
      'the password is wrong',
      at.authenticating,
      authenticated(sasl('not-authorized')),
      ['failed.needsCredentials', 'sasl/not-authorized'],
    ],
    [
      'the server lies',
      at.authenticating,
      authenticated(sasl('server-not-authenticated')),
      [TERMINAL, 'sasl/server-not-authenticated'],
    ],
    [
      'the server is busy',
      at.authenticating,
      authenticated(sasl('temporary-auth-failure')),
      [RETRY, 'sasl/temporary-auth-failure'],
    ],
    [
      'the exchange breaks',
      at.authenticating,
      crashed('authentication', new Error('x')),
      [TERMINAL, 'transport/internal-error'],
    ],
    [
      'SASL never ends',
      at.authenticating,
      passed('authenticateDeadline', 'linked.authenticating'),
      [RETRY, 'transport/timeout'],
    ],
    [
      'the new stream is silent',
      at.restartingHeader,
      passed('openDeadline', 'linked.restarting'),
      [RETRY, 'transport/timeout'],
    ],
    ['no binding is offered', at.restartingFeatures, noBinding, [RETRY, 'transport/protocol-violation']],
    ['the resource is in use', at.binding, conflict, [TERMINAL, 'stanza/conflict']],
    ['too many resources are bound', at.binding, busy, [RETRY, 'stanza/resource-constraint']],
    ['the bound address is unreadable', at.binding, unreadable, [RETRY, 'transport/protocol-violation']],
    ['binding is not answered', at.binding, passed('bindDeadline', 'linked.binding'), [RETRY, 'transport/timeout']],
    ['the legacy session is refused', at.awaitingSession, refusedSession, [TERMINAL, 'stanza/forbidden']],
    [
      'the legacy session is not answered',
      at.awaitingSession,
      passed('bindDeadline', 'linked.establishing.awaitingSession'),
      [RETRY, 'transport/timeout'],
    ],
    ['the connection is lost', at.stable, failed('connection-reset'), [RETRY, 'transport/connection-reset']],
    ['another session takes the place', at.stable, streamFailed('conflict'), [TERMINAL, 'stream/conflict']],
    ['the server goes down', at.stable, streamFailed('system-shutdown'), [RETRY, 'stream/system-shutdown']],
    ['the server closes the stream', at.stable, { type: 'stream.closed' }, [RETRY, 'transport/connection-closed']],
    ['the session breaks', at.stable, crashedSession(), ['broken', 'transport/internal-error']],
    [
      'the session breaks offline',
      at.offline,
      crashed('session', new Error('x')),
      ['broken', 'transport/internal-error'],
    ],
  ])('when %s', (_title, from, event, outcome) => {
    const { path, snapshot } = step(from.snapshot, event);
    expect([path, snapshot.context.error?.code]).toEqual(outcome);
  });

  it('frees the transport, ends the session, and says when it comes back', () => {
    expect(steps(at.stable, failed('connection-reset')).effects).toEqual([
      'stop transport',
      'session ← session.end',
      'session ← publish reconnecting',
    ]);
  });

  it('frees the transport, ends the session, fails the requests and says so when it is for good', () => {
    expect(steps(at.authenticating, authenticated(sasl('not-authorized'))).effects).toEqual([
      'stop authentication',
      'stop transport',
      'session ← session.end',
      'session ← session.end',
      'session ← requests.abandon',
      'session ← publish failed',
    ]);
  });

  it('keeps the error that an actor failed with', () => {
    const cause = new Error('unexpected');
    const { error } = step(at.connecting.snapshot, crashed('transport', cause)).snapshot.context;
    expect([error?.cause, error?.message]).toEqual([cause, 'An actor of the client failed']);
  });

  it('remembers a refusal for whoever asks for credentials next, until a login succeeds', () => {
    const refused = steps(at.authenticating, authenticated(sasl('not-authorized')));
    expect(refused.snapshot.context.refusal?.condition).toBe('not-authorized');
    const again = steps(refused, { type: 'start' }, recalled(), found(DIRECT_TLS));
    expect(again.snapshot.context.refusal?.condition).toBe('not-authorized');
    expect(again.snapshot.context.error).toBeUndefined();
    expect(step(login().authenticating.snapshot, authenticated()).snapshot.context.refusal).toBeUndefined();
  });
});

describe('a failure of one of several endpoints', () => {
  const all = login({}, STARTTLS, OTHER_STARTTLS, DIRECT_TLS);

  it('leads to the next one, with a transport of its own, at once', () => {
    for (const from of [all.connecting, all.awaitingFeatures, all.handshaking, all.binding]) {
      const next = step(from.snapshot, failed('connection-reset'));
      expect([next.path, ...next.effects]).toEqual([
        'linked.connecting',
        'stop transport',
        'session ← session.end',
        'start transport',
      ]);
      expect(next.snapshot.context.candidate).toBe(1);
    }
  });

  it('waits for another round when all of them failed', () => {
    const last = steps(all.connecting, failed('connection-refused'), failed('connection-reset'), failed('timeout'));
    expect(last.path).toBe(RETRY);
    expect(last.snapshot.context.tried).toEqual([
      {
        endpoint: 'a.example.org:5222 (STARTTLS)',
        code: 'transport/connection-refused',
        message: 'connection-refused',
      },
      { endpoint: 'b.example.org:5222 (STARTTLS)', code: 'transport/connection-reset', message: 'connection-reset' },
      { endpoint: 'c.example.org:5223 (direct TLS)', code: 'transport/timeout', message: 'timeout' },
    ]);
    expect(last.snapshot.context.retry.attempt).toBe(1);
  });

  it('begins with the first one in the next round, and forgets how the last one went', () => {
    const waiting = steps(all.connecting, failed('timeout'), failed('timeout'), failed('timeout'));
    const resolving = steps(waiting, { type: 'reconnect.now' });
    expect(resolving.path).toBe('resolving.recalling');
    const { candidates, candidate, tried } = resolving.snapshot.context;
    expect({ candidates, candidate, tried }).toEqual({ candidates: [], candidate: 0, tried: [] });
  });

  it.each<[title: string, event: ClientEvent, path: string]>([
    ['a bad certificate', failed('certificate-untrusted'), TERMINAL],
    ['a stream error that other endpoints will repeat', streamFailed('policy-violation'), TERMINAL],
    ['a server that wants to be asked later', streamFailed('resource-constraint'), RETRY],
    ['a server that sends us elsewhere, whom nobody follows', streamFailed('see-other-host'), 'linked.connecting'],
  ])('tries the next one only where that may help: %s', (_title, event, path) => {
    expect(step(all.securedFeatures.snapshot, event).path).toBe(path);
  });

  it('does not go elsewhere with a password that was refused', () => {
    expect(step(all.authenticating.snapshot, authenticated(sasl('not-authorized'))).path).toBe(
      'failed.needsCredentials',
    );
  });
});

function sasl(condition: SaslError['condition']): SaslError {
  return new SaslError(condition, { condition });
}

function streamFailed(condition: StreamError['condition']): ClientEvent {
  return { type: 'stream.failed', error: new StreamError(condition) };
}

function crashedSession(): ClientEvent {
  const error: XmppError = new TransportError('x', { condition: 'internal-error' });
  return { type: 'xstate.done.actor.session', actorId: 'session', output: { error } };
}
