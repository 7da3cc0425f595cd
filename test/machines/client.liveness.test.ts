import { describe, expect, it } from 'vitest';
import { createTestClock } from '../support/clock.ts';
import { failed, login, managed, passed, SETTLING, STABLE, steps, trail } from './client-steps.ts';
import { managedLogin } from './login-steps.ts';

const PROBING = 'linked.online.stability.settling+liveness.probing';
const SILENT = { type: 'transport.silent' } as const;
const HEARD = { type: 'transport.heard' } as const;
const ASKED = ['transport ← sign.await', 'session ← session.probe'];
const DEAD = passed('livenessPatience', 'linked.online.liveness.probing');

describe('a server that says nothing', () => {
  it('is asked whether it is there, and all is well with the first byte', () => {
    const { settling } = login();
    expect(trail(settling, [SILENT, HEARD, SILENT])).toEqual([
      [PROBING, ...ASKED],
      [SETTLING, 'transport ← silence.watch'],
      [PROBING, ...ASKED],
    ]);
  });

  it('is watched and waited for as long as the application says', () => {
    const { settling } = login({ liveness: { interval: 5000, patience: 700 } });
    expect(settling.told.at(-1)).toEqual({ type: 'silence.watch', interval: 5000 });
    expect(steps(settling, SILENT).deadlines).toEqual({ livenessPatience: 700 });
  });

  it.each([
    ['platform.woke', 'the platform slept'],
    ['network.online', 'there is another network'],
    ['network.offline', 'there is no network'],
  ] as const)('is asked at once on %s: %s', (type, _why) => {
    const { settling } = login();
    expect(trail(settling, [{ type }, HEARD])).toEqual([
      [PROBING, ...ASKED],
      [SETTLING, 'transport ← silence.watch'],
    ]);
  });

  it('is not asked again while it is asked', () => {
    const { settling } = login();
    const asked = steps(settling, SILENT);
    expect(trail(asked, [{ type: 'network.online' }, { type: 'platform.woke' }, SILENT])).toEqual([
      [PROBING],
      [PROBING],
      [PROBING],
    ]);
  });

  it('is dead when its time is over: the connection is cut, and the client comes back', () => {
    const { settling } = login();
    const dead = steps(settling, SILENT, DEAD);
    expect([dead.path, ...dead.effects]).toEqual([
      'reconnecting.backingOff',
      'transport ← transport.abort',
      'stop transport',
      'session ← session.end',
      'session ← publish reconnecting',
    ]);
    const { error } = dead.snapshot.context;
    expect([error?.code, error?.message]).toEqual([
      'transport/connection-dead',
      'a.example.org:5222 (STARTTLS) does not answer any more',
    ]);
  });

  it('keeps a session that it manages, when it is dead', () => {
    const { managedOnline } = managedLogin();
    const dead = steps(managedOnline, SILENT, DEAD);
    expect([dead.path, ...dead.effects]).toEqual([
      'reconnecting.backingOff',
      'transport ← transport.abort',
      'transport ← stream.leave',
      'stop transport',
      'session ← session.suspend',
      'session ← publish reconnecting',
    ]);
  });

  it('is left alone where the application wants it so', () => {
    const { settling } = login({ liveness: false });
    expect(settling.effects).not.toContain('transport ← silence.watch');
    expect(trail(settling, [{ type: 'network.online' }, { type: 'network.offline' }])).toEqual([
      [SETTLING],
      [SETTLING],
    ]);
  });
});

describe('whether a session lasts and whether its server is there', () => {
  it('have nothing to do with each other', () => {
    const { settling } = login();
    const asked = steps(settling, SILENT, passed('stableSession', 'linked.online.stability.settling'));
    expect([asked.path, steps(asked, HEARD).path]).toEqual(['linked.online.stability.stable+liveness.probing', STABLE]);
  });

  it('end together when the client is stopped', () => {
    const { settling } = login();
    expect(steps(settling, SILENT, { type: 'stop' }).path).toBe('linked.closing');
  });
});

describe('a session that was lost and can be resumed', () => {
  it('ends when the server keeps it no longer, while the client waits', () => {
    const { awaitingManagement } = managedLogin({ reconnect: () => 900_000, clock: createTestClock() });
    const enabled = managed('enabled', { id: 'm1', resume: 'true', max: '300' });
    const waiting = steps(awaitingManagement, enabled, failed('connection-reset'));
    expect(waiting.deadlines).toEqual({ 'session.expired': 300_000, backOff: 900_000 });
    const expired = steps(waiting, { type: 'session.expired' });
    expect([expired.path, ...expired.effects]).toEqual(['reconnecting.backingOff', 'session ← session.end']);
    expect(expired.snapshot.context.management).toBe(undefined);
  });

  it('is asked for where nobody said how long it is kept', () => {
    const { managedOnline } = managedLogin();
    expect(steps(managedOnline, failed('connection-reset')).deadlines).toEqual({ backOff: expect.any(Number) });
  });
});
