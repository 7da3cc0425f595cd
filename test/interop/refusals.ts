import { describe, expect, test } from 'vitest';
import { type CredentialsRequest, type SaslCondition, SaslError } from '../../src/node.ts';
import type { XmppServer } from '../support/server.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { OUTCOME, type Table } from './report.ts';
import { stageVisitors } from './stage.ts';
import { WAYS, type Way } from './ways.ts';

/**
 * Describes what becomes of a client that logged in with a -PLUS mechanism, when the server with the name of that domain
 * offers none: somebody may have taken them out of the list.
 */
export function describePins(
  servers: () => { readonly bound: XmppServer; readonly unbound: XmppServer },
  table: Table,
): void {
  const { make } = stageVisitors();
  const row = 'a -PLUS mechanism worked, now none is offered';

  test.each(['STARTTLS', 'direct TLS'] as const)(
    'over %s, a server that offers less than before is refused',
    async (way) => {
      const { bound, unbound } = servers();
      const pins = new Map<string, string>();
      const first = make(bound, way, { pins });
      expect(await first.logIn()).toBeUndefined();
      expect(first.attempts).toEqual([expect.stringMatching(/-PLUS \(/)]);
      expect(first.attempts).toEqual([expect.stringContaining(`${pins.get(JULIET)} (`)]);

      const second = make(unbound, way, { pins });
      const error = await second.logIn();
      expect(error).toBeInstanceOf(SaslError);
      expect(error).toMatchObject({ condition: 'downgrade' });
      expect(second.attempts).toEqual([]);
      expect(second.state()).toBe('failed.terminal');
      expect(await make(unbound, way).logIn()).toBeUndefined();
      table.note(row, way, OUTCOME, `fails: ${error?.condition}`);
    },
  );

  test('over a WebSocket, where nothing can be bound, the mechanism may not be weaker otherwise', async () => {
    const { bound } = servers();
    const first = make(bound, 'direct TLS');
    expect(await first.logIn()).toBeUndefined();
    const pin = first.attempts[0]?.split(' ')[0] ?? '';
    const pins = new Map([[JULIET, pin]]);
    const second = make(bound, 'WebSocket', { pins });
    expect(await second.logIn()).toBeUndefined();
    expect(second.attempts).toEqual([pin.replace('-PLUS', '')]);
    expect(pins.get(JULIET)).toBe(pin);
    const third = make(bound, 'WebSocket', { pins, mechanisms: ['PLAIN'] });
    expect(await third.logIn()).toMatchObject({ condition: 'downgrade' });
    table.note(row, 'WebSocket', OUTCOME, 'works: nothing is bound there');
  });
}

/** Describes logins with access tokens, of which one is `still-good`. */
export function describeAccessTokens(getServer: () => XmppServer, table: Table): void {
  const { make } = stageVisitors();

  describe.each(WAYS)('over %s', (way) => {
    /** A client whose first token has expired, and those that its application gets after that. */
    function withTokens(...tokens: readonly string[]) {
      const reasons: (string | undefined)[] = [];
      const credentials = ({ reason }: CredentialsRequest) => ({ token: tokens[reasons.push(reason?.condition) - 1] });
      return { reasons, visitor: make(getServer(), way, { mechanisms: ['OAUTHBEARER'], credentials }) };
    }

    test('an access token that has expired is replaced, once', async () => {
      const { reasons, visitor } = withTokens('of-yesterday', 'still-good');
      expect(await visitor.logIn()).toBeUndefined();
      expect(reasons).toEqual([undefined, 'credentials-expired']);
      expect(visitor.attempts).toEqual(['OAUTHBEARER', 'OAUTHBEARER']);
      table.note('an access token has expired', way, OUTCOME, 'asked for anew once, works');
    });

    test('an application that has no other token is told so', async () => {
      const { reasons, visitor } = withTokens('of-yesterday', 'of-yesterday', 'still-good');
      expect(await visitor.logIn()).toMatchObject({ code: 'sasl/credentials-expired' });
      expect(reasons).toEqual([undefined, 'credentials-expired']);
      expect(visitor.attempts).toEqual(['OAUTHBEARER', 'OAUTHBEARER']);
      expect(visitor.state()).toBe('failed.needsCredentials');
    });
  });
}

/** Describes logins with a certificate for juliet that an authority made whom the server does not trust. */
export function describeForeignCertificates(
  getServer: () => XmppServer,
  expectedOn: (way: Way) => SaslCondition,
  table: Table,
): void {
  const { make } = stageVisitors();

  test.each(WAYS)('over %s, a certificate of an unknown authority leads nowhere', async (way) => {
    const stranger = await createClientAuthority();
    const { cert, key } = await stranger.issue({ xmppAddr: JULIET });
    const tls = { ca: getServer().authority, clientCertificate: { certificate: cert, key } };
    const error = await make(getServer(), way, { mechanisms: ['EXTERNAL'], tls }).logIn();
    expect(error).toBeInstanceOf(SaslError);
    expect(error?.condition).toBe(expectedOn(way));
    table.note('EXTERNAL, the authority of the certificate is unknown', way, OUTCOME, `fails: ${error?.condition}`);
  });
}

const JULIET = 'juliet@capulet.example';
