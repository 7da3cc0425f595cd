import { describe, expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import { type ClientEvent, clientMachine, neverRetry, statePath } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { SaslError } from '../../src/sasl/index.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  bound,
  type ClientSnapshot,
  crashed,
  DIRECT_TLS,
  FULL_JID,
  failed,
  found,
  LEGACY_OFFER,
  MEMORY,
  OPENED,
  passed,
  SASL_OFFER,
  STARTTLS,
  TLS_OFFER,
} from './client-steps.ts';

/** Every kind of thing that can happen; which of them means something depends on the state. */
function events(snapshot: ClientSnapshot): ClientEvent[] {
  return [
    { type: 'start' },
    { type: 'stop' },
    { type: 'network.offline' },
    found(STARTTLS),
    found(DIRECT_TLS),
    found(MEMORY),
    { type: 'transport.connected' },
    OPENED,
    TLS_OFFER,
    { type: 'tls.proceeded' },
    { type: 'transport.secured' },
    SASL_OFFER,
    authenticated(),
    authenticated(new SaslError('x', { condition: 'not-authorized' })),
    BIND_OFFER,
    LEGACY_OFFER,
    answered(snapshot, 'result', bound(FULL_JID.full)),
    passed('stableSession', 'linked.online.settling'),
    failed('timeout'),
    failed('certificate-invalid'),
    crashed('session', new Error('x')),
  ];
}

function paths(options: ClientOptions) {
  return getShortestPaths(clientMachine, {
    input: clientInput(options),
    events,
    serializeState: (snapshot) => describeState(snapshot),
    limit: 100_000,
  });
}

/** States differ by what decides about the way from here. */
function describeState({ value, context }: ClientSnapshot): string {
  const { candidates, features } = context;
  return [statePath(value), candidates[0]?.security, features?.session?.optional].join(' ');
}

const ACCOUNT = { jid: 'juliet@example.org', password: 'pencil', startsAtOnce: false };

describe('the chart of the client', () => {
  it('can be brought to every state where something may happen', () => {
    const reached = [...paths(ACCOUNT), ...paths({ ...ACCOUNT, reconnect: neverRetry })];
    expect([...new Set(reached.map(({ state }) => statePath(state.value)))].sort()).toEqual([
      'broken',
      'failed.gaveUp',
      'failed.needsCredentials',
      'failed.terminal',
      'linked.authenticating',
      'linked.binding',
      'linked.closing',
      'linked.connecting',
      'linked.establishing.awaitingSession',
      'linked.online.settling',
      'linked.online.stable',
      'linked.opening.awaitingFeatures',
      'linked.opening.awaitingHeader',
      'linked.restarting.awaitingFeatures',
      'linked.restarting.awaitingHeader',
      'linked.secured.awaitingFeatures',
      'linked.secured.awaitingHeader',
      'linked.securing.awaitingProceed',
      'linked.securing.handshaking',
      'offline',
      'reconnecting.awaitingNetwork',
      'reconnecting.backingOff',
      'resolving',
    ]);
  });

  it('is online after as many events as the protocol has steps, and no more', () => {
    const ways = [
      ...new Set(
        paths(ACCOUNT)
          .filter(isOnline)
          .map(({ state, weight }) => [securityOf(state), weight].join()),
      ),
    ];
    expect(ways.sort()).toEqual(['direct-tls,10', 'none,9', 'starttls,13']);
  });
});

function isOnline({ state }: { readonly state: ClientSnapshot }): boolean {
  return statePath(state.value) === 'linked.online.settling' && state.context.features?.session === undefined;
}

function securityOf({ context }: ClientSnapshot): string | undefined {
  return context.candidates[0]?.security;
}
