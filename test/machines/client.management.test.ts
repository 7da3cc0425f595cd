import { describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../machines/index.ts';
import { buildBind2, NS_BIND2, type Sasl2Outcome } from '../../src/sasl/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { parseElement } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  bound,
  CONNECTED,
  FULL_JID,
  failed,
  found,
  login,
  MANAGED_LEGACY_OFFER,
  MANAGED_OFFER,
  MESSAGE,
  managed,
  OPENED,
  recalled,
  SASL_OFFER,
  SECURED,
  SETTLING,
  STARTTLS,
  type Step,
  step,
  steps,
  TLS_OFFER,
  trail,
} from './client-steps.ts';
import { managedLogin, sasl2Features, sasl2Login, succeeded } from './login-steps.ts';

const ONLINE = ['session ← session.begin', 'session ← publish online', 'transport ← silence.watch'];
const ENABLED = managed('enabled', { id: 'm1', resume: 'true' });
const AGAIN = [{ type: 'reconnect.now' }, recalled(), found(STARTTLS), CONNECTED, OPENED, TLS_OFFER] as const;
const SECURE_AGAIN = [...AGAIN, { type: 'tls.proceeded' }, SECURED, OPENED] as const;
const RESUMABLE_OFFER = sasl2Features({ bind: ['urn:xmpp:sm:3'], sm: true });

describe('a session that the server manages (XEP-0198)', () => {
  it('is asked for in the flight of the bind request, and answered before it begins', () => {
    const { restartingFeatures } = login();
    const moves = [MANAGED_OFFER, bindResult, MESSAGE, ENABLED] as const;
    expect(trail(restartingFeatures, moves)).toEqual([
      ['linked.binding', 'transport ← stanza.send', 'transport ← nonza.send'],
      ['linked.establishing.awaitingManagement'],
      ['linked.establishing.awaitingManagement', 'session ← stanza.hold'],
      [SETTLING, 'session ← session.manage', ...ONLINE],
    ]);
  });

  it('is asked for behind the session of old, where the server demands that: its request would count', () => {
    const { restartingFeatures } = login();
    const sessionResult = (snapshot: Step['snapshot']) => answered(snapshot, 'result');
    expect(trail(restartingFeatures, [MANAGED_LEGACY_OFFER, bindResult, sessionResult, ENABLED])).toEqual([
      ['linked.binding', 'transport ← stanza.send'],
      ['linked.establishing.awaitingSession', 'transport ← stanza.send'],
      ['linked.establishing.awaitingManagement', 'transport ← nonza.send'],
      [SETTLING, 'session ← session.manage', ...ONLINE],
    ]);
  });

  it('begins without management where the server refuses it', () => {
    const { awaitingManagement, managedBinding } = managedLogin();
    expect(trail(awaitingManagement, [managed('failed')])).toEqual([[SETTLING, ...ONLINE]]);
    expect(trail(managedBinding, [managed('failed'), bindResult])).toEqual([['linked.binding'], [SETTLING, ...ONLINE]]);
  });

  it('is not asked for where the application wants none', () => {
    const { managedBinding } = managedLogin({ streamManagement: false });
    expect(managedBinding.effects).toEqual(['transport ← stanza.send']);
  });

  it('is enabled along with a resource, in one', () => {
    const { exchanging } = sasl2Login();
    const success = succeeded({ identifier: FULL_JID.full, bound: enabledAlong() });
    expect(trail(exchanging, [success, authenticated(), MANAGED_OFFER])).toEqual([
      ['linked.loggingIn.verifying', 'session ← session.manage', 'authentication ← sasl.succeeded'],
      ['linked.loggingIn.awaitingNewFeatures'],
      [SETTLING, 'stop authentication', ...ONLINE],
    ]);
  });

  it('is asked for after a resource was bound along, where it could not be enabled in one', () => {
    const { awaitingNewFeatures } = sasl2Login();
    expect(trail(awaitingNewFeatures, [MANAGED_OFFER, ENABLED])).toEqual([
      ['linked.establishing.awaitingManagement', 'stop authentication', 'transport ← nonza.send'],
      [SETTLING, 'session ← session.manage', ...ONLINE],
    ]);
  });
});

describe('a managed session that is lost (XEP-0198 §5)', () => {
  it('is suspended, and goes on where the server still has it', () => {
    const { managedOnline, resuming, resumed } = managedLogin();
    const lost = step(managedOnline.snapshot, failed('connection-reset'));
    expect([lost.path, ...lost.effects]).toEqual([
      'reconnecting.backingOff',
      // A closing tag would end the session (XEP-0198 §5).
      'transport ← stream.leave',
      'stop transport',
      'session ← session.suspend',
      'session ← publish reconnecting',
    ]);
    expect([resuming.path, ...resuming.effects]).toEqual([
      'linked.resuming',
      'transport ← stream.leave',
      'transport ← nonza.send',
    ]);
    expect([resumed.path, ...resumed.effects]).toEqual([
      SETTLING,
      'session ← session.resume',
      'session ← publish online',
      'transport ← silence.watch',
    ]);
  });

  it('ends where the server has forgotten it, and another begins on the same stream', () => {
    const { resuming } = managedLogin();
    expect(trail(resuming, [MESSAGE, managed('failed', { h: '3' }), bindResult, ENABLED])).toEqual([
      ['linked.resuming', 'session ← stanza.hold'],
      ['linked.binding', 'session ← session.end', 'transport ← stanza.send', 'transport ← nonza.send'],
      ['linked.establishing.awaitingManagement'],
      [SETTLING, 'session ← session.manage', ...ONLINE],
    ]);
  });

  it('is not believed to go on under another name', () => {
    const { resuming } = managedLogin();
    expect(step(resuming.snapshot, managed('resumed', { previd: 'm2', h: '0' })).path).toBe('linked.binding');
  });

  it('ends where the server does not manage streams any more', () => {
    const { managedOnline } = managedLogin();
    const again = steps(managedOnline, failed('timeout'), ...SECURE_AGAIN, SASL_OFFER, authenticated(), OPENED);
    const next = step(again.snapshot, BIND_OFFER);
    expect([next.path, ...next.effects]).toEqual([
      'linked.binding',
      'session ← session.end',
      'transport ← stanza.send',
    ]);
  });

  it('ends at once where the server ended it with an error (RFC 6120 §4.9.1.1)', () => {
    const { managedOnline } = managedLogin();
    const lost = step(managedOnline.snapshot, { type: 'stream.failed', error: new StreamError('system-shutdown') });
    expect(lost.effects).toContain('session ← session.end');
    expect(lost.snapshot.context.management).toBeUndefined();
  });

  it('ends when its time is over, which the server says', () => {
    const clock = createTestClock();
    const { awaitingManagement } = managedLogin({ clock, reconnect: () => 1000 });
    const online = steps(awaitingManagement, managed('enabled', { id: 'm1', resume: 'true', max: '60' }));
    const lost = steps(online, failed('connection-reset'));
    clock.increment(59_999);
    const inTime = steps(lost, ...AGAIN, failed('timeout'));
    expect(inTime.effects).toContain('session ← session.suspend');
    clock.increment(1);
    expect(steps(lost, ...AGAIN, failed('timeout')).effects).toContain('session ← session.end');
  });

  it('ends with the client', () => {
    const lost = steps(managedLogin().managedOnline, failed('connection-reset'));
    expect(steps(lost, { type: 'stop' }).snapshot.context.management).toBeUndefined();
    const hopeless = steps(lost, ...AGAIN, failed('certificate-invalid'));
    expect([hopeless.path, hopeless.effects.filter((effect) => effect.includes('session.'))]).toEqual([
      'failed.terminal',
      ['session ← session.suspend', 'session ← session.end'],
    ]);
    expect(hopeless.snapshot.context.management).toBeUndefined();
  });

  it('is asked for along with the login, where that is offered (XEP-0198 §9.2)', () => {
    const { managedOnline } = managedLogin();
    const lost = steps(managedOnline, failed('connection-reset'), ...SECURE_AGAIN, RESUMABLE_OFFER);
    expect(lost.inputs.authentication?.requests).toContainEqual(
      parseElement("<resume xmlns='urn:xmpp:sm:3' previd='m1' h='0'/>"),
    );
    const resumption = parseElement("<resumed xmlns='urn:xmpp:sm:3' previd='m1' h='0'/>");
    expect(
      trail(lost, [succeeded({ resumption }), authenticated(undefined, { outcome: outcome({ resumption }) })]),
    ).toEqual([
      ['linked.loggingIn.verifying', 'authentication ← sasl.succeeded'],
      [
        SETTLING,
        'transport ← stream.leave',
        'stop authentication',
        'session ← session.resume',
        'session ← publish online',
        'transport ← silence.watch',
      ],
    ]);
    const refusal = parseElement("<failed xmlns='urn:xmpp:sm:3' h='3'/>");
    const success = succeeded({ identifier: FULL_JID.full, bound: buildBind2(), resumption: refusal });
    expect(trail(lost, [success])).toEqual([
      ['linked.loggingIn.verifying', 'session ← session.end', 'authentication ← sasl.succeeded'],
    ]);
  });
});

describe('a managed session that never began', () => {
  it.each<[string, () => Step]>([
    [
      'while the server was verified',
      () => steps(sasl2Login().exchanging, succeeded({ identifier: FULL_JID.full, bound: enabledAlong() })),
    ],
    [
      'while the features were awaited',
      () =>
        steps(
          sasl2Login().exchanging,
          succeeded({ identifier: FULL_JID.full, bound: enabledAlong() }),
          authenticated(),
        ),
    ],
  ])('because the connection was lost %s cannot be resumed: nobody has it', (_title, from) => {
    const lost = step(from().snapshot, failed('connection-reset'));
    expect(lost.effects).toContain('session ← session.end');
    expect(lost.snapshot.context.management).toBeUndefined();
    const again = steps(lost, ...SECURE_AGAIN, SASL_OFFER, authenticated(), OPENED, MANAGED_OFFER);
    expect(again.path).toBe('linked.binding');
  });
});

function bindResult(snapshot: Step['snapshot']): ClientEvent {
  return answered(snapshot, 'result', bound(FULL_JID.full));
}

/** A resource that was bound, and managed with it. */
function enabledAlong() {
  return parseElement(`<bound xmlns='${NS_BIND2}'><enabled xmlns='urn:xmpp:sm:3' id='m1' resume='true'/></bound>`);
}

function outcome(more: Partial<Sasl2Outcome>): Sasl2Outcome {
  return {
    identifier: FULL_JID.bare,
    bound: undefined,
    bindFailed: false,
    resumption: undefined,
    token: undefined,
    ...more,
  };
}
