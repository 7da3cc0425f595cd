import { beforeAll, describe, expect, test } from 'vitest';
import { type CreateClientOptions, type SaslCondition, SaslError } from '../../src/node.ts';
import type { FastToken } from '../../src/sasl/index.ts';
import { MECHANISMS, mechanismOf } from '../../src/sasl/mechanisms.ts';
import type { XmppServer } from '../support/server.ts';
import type { createClientAuthority } from '../testing/client-certificates.ts';
import { NOT_OFFERED, type Table } from './report.ts';
import { stageVisitors, type Visitor } from './stage.ts';
import type { Way } from './ways.ts';

/** Versions of TLS, and the columns of tables about them. */
export const TLS_VERSIONS = ['TLS 1.2', 'TLS 1.3'] as const;
type TlsVersion = (typeof TLS_VERSIONS)[number];

/** One server for each version of TLS, where nothing differs but that. */
export type Servers = Readonly<Record<TlsVersion, XmppServer>>;

/** What comes of logging in on some ways to a server that speaks one version of TLS. */
export interface LoginCase {
  readonly tls: TlsVersion;
  readonly ways: readonly Way[];
  /**
   * All that the server offers, tokens included, and what becomes of a client that may use nothing else: it `works`, was
   * `refused` by the server, or the client does `not use` it.
   */
  readonly outcomes: Readonly<Record<string, string>>;
  /** What a client with a password and no other options begins, in order. */
  readonly chosen: readonly string[];
  /** The same where the password is wrong. */
  readonly chosenInVain: readonly string[];
  /** The same where `channelBinding: 'require'` is the only other option, and the error that it ends with, if any. */
  readonly chosenIfBound: { readonly attempts: readonly string[]; readonly error: SaslCondition | undefined };
}

/** Makes certificates for clients. */
export type ClientAuthority = Awaited<ReturnType<typeof createClientAuthority>>;

/** What the servers of this scenario are started with, besides the version of TLS. */
export interface LoginSetting {
  readonly servers: () => Servers;
  /** Makes the certificates of clients that the servers trust. */
  readonly authority: () => ClientAuthority;
  /** An access token of juliet's, where there is OAUTHBEARER. */
  readonly accessToken: string;
}

/** Tables to fill. */
export interface LoginTables {
  /** By mechanism. */
  readonly mechanisms: Table;
  readonly defaults: Table;
}

/** Describes all logins, by way and version of TLS. */
export function describeLogins(setting: LoginSetting, cases: readonly LoginCase[], tables: LoginTables): void {
  const { make } = stageVisitors();
  const rows = new Set([...MECHANISMS.map(({ name }) => name), ...cases.flatMap((each) => Object.keys(each.outcomes))]);
  const separate = cases.flatMap(({ ways, ...rest }) => ways.map((way) => ({ way, ...rest })));
  for (const row of rows) for (const { way, tls } of separate) tables.mechanisms.note(row, way, tls, '');

  describe.each(separate)('over $way, $tls', ({ way, tls, outcomes, chosen, chosenInVain, chosenIfBound }) => {
    let server: XmppServer;
    beforeAll(() => {
      server = setting.servers()[tls];
    });

    test('what the server offers is known', async () => {
      const visitor = make(server, way, await withCertificate());
      await visitor.logIn();
      expect(offeredIn(visitor)).toEqual(Object.keys(outcomes).sort());
      for (const row of rows) if (!(row in outcomes)) tables.mechanisms.note(row, way, tls, NOT_OFFERED);
    });

    test('a password leads in by the strongest mechanism', async () => {
      const visitor = make(server, way);
      expect(await visitor.logIn()).toBeUndefined();
      expect(visitor.attempts).toEqual(chosen);
      tables.defaults.note('right password', way, tls, visitor.attempts.join(' is refused, then '));
    });

    test('a wrong password is refused, and asked for anew', async () => {
      const visitor = make(server, way, { password: 'wherefore' });
      const error = await visitor.logIn();
      expect(error).toMatchObject({
        code: 'sasl/not-authorized',
        phase: expect.stringMatching(/^linked\.(authenticating|loggingIn)/),
      });
      expect(visitor.attempts).toEqual(chosenInVain);
      expect(visitor.state()).toBe('failed.needsCredentials');
      const tries = visitor.attempts.length === 1 ? 'one attempt' : `${visitor.attempts.length} attempts`;
      tables.defaults.note('wrong password', way, tls, `${error?.condition}, ${tries}`);
    });

    test('a login that must be bound to its connection is, or fails', async () => {
      const visitor = make(server, way, { channelBinding: 'require' });
      const error = await visitor.logIn();
      expect({ attempts: visitor.attempts, error: error?.condition }).toEqual(chosenIfBound);
      const [attempt] = visitor.attempts;
      const refused = attempt ? `${attempt} is refused` : `no login: ${error?.condition}`;
      tables.defaults.note("`channelBinding: 'require'`", way, tls, error ? refused : `${attempt}`);
    });

    test.each(Object.entries(outcomes))('%s: %s', async (mechanism, outcome) => {
      const measured = await outcomeOf(mechanism, server);
      expect(measured).toBe(outcome);
      tables.mechanisms.note(mechanism, way, tls, measured);
    });

    const withPassword = Object.keys(outcomes).filter(
      (name) => mechanismOf(name)?.credential === 'password' && outcomes[name]?.startsWith('works'),
    );

    test.each(withPassword)('%s with a wrong password: not-authorized', async (mechanism) => {
      const visitor = make(server, way, { mechanisms: [mechanism], password: 'wherefore' });
      const error = await visitor.logIn();
      expect(error).toBeInstanceOf(SaslError);
      expect(error).toMatchObject({ condition: 'not-authorized' });
      expect(visitor.attempts.map(nameOf)).toEqual([mechanism]);
      expect(visitor.state()).toBe('failed.needsCredentials');
    });

    test('ANONYMOUS leads in at the domain of guests', async () => {
      const visitor = make(server, way, { jid: server.anonymousDomain, mechanisms: ['ANONYMOUS'] });
      const measured = await measure(visitor, 'ANONYMOUS');
      expect(measured).toBe('works');
      expect(visitor.client.jid.domainpart).toBe(server.anonymousDomain);
      expect(visitor.client.jid.localpart).toMatch(/./);
      tables.mechanisms.note('ANONYMOUS', way, tls, measured);
    });

    async function outcomeOf(mechanism: string, server: XmppServer): Promise<string> {
      const options = { ...(await optionsFor(mechanism)), mechanisms: [mechanism] };
      if (mechanismOf(mechanism)?.credential !== 'hashed-token') return measure(make(server, way, options), mechanism);
      const tokens = new Map<string, FastToken>();
      const first = make(server, way, { tokens, mechanisms: ['SCRAM-SHA-256', mechanism] });
      expect(await first.logIn()).toBeUndefined();
      // A token that would have to be bound to what is not there is not even asked for.
      const isAsked = first.traffic.some(({ text }) => text.includes('<request-token'));
      if (!isAsked) return 'not used: channel binding is not supported';
      return measure(make(server, way, { ...options, tokens }), mechanism);
    }

    async function optionsFor(mechanism: string): Promise<Partial<CreateClientOptions>> {
      if (mechanism === 'EXTERNAL') return withCertificate();
      if (mechanism === 'OAUTHBEARER') return { credentials: () => ({ token: setting.accessToken }) };
      return {};
    }

    async function withCertificate(): Promise<Partial<CreateClientOptions>> {
      const { cert, key } = await setting.authority().issue({ xmppAddr: 'juliet@capulet.example' });
      return { tls: { ca: server.authority, clientCertificate: { certificate: cert, key } } };
    }
  });
}

/** Logs in with one mechanism. Only what went over the wire counts, and only if nothing else did. */
async function measure(visitor: Visitor, mechanism: string): Promise<string> {
  const error = await visitor.logIn();
  const { attempts } = visitor;
  if (error && attempts.length === 0) return `not used: ${reasonIn(error.message, mechanism)}`;
  expect(attempts.map(nameOf)).toEqual([mechanism]);
  const binding = attempts[0]?.slice(mechanism.length);
  return error ? `refused${binding}: ${error.text}` : `works${binding}`;
}

function nameOf(attempt: string): string | undefined {
  return attempt.split(' ')[0];
}

/** What the error of a client that found no mechanism says about one of them. */
function reasonIn(message: string, mechanism: string): string | undefined {
  return message.split(`"${mechanism}" (`)[1]?.split(')')[0];
}

/** All names in the last list of mechanisms, of SASL, SASL2 and tokens. */
function offeredIn({ traffic }: Visitor): string[] {
  const list =
    traffic.findLast(({ direction, text }) => direction === 'RECV' && text.includes('<mechanism>'))?.text ?? '';
  return [...new Set([...list.matchAll(/<mechanism>(.*?)<\/mechanism>/g)].map(([, name = '']) => name))].sort();
}
