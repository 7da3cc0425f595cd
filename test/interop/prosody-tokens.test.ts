import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateClientOptions } from '../../src/node.ts';
import type { FastToken } from '../../src/sasl/index.ts';
import { carbonsProtocol } from '../../src/subprotocols/carbons.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { nextEvent } from '../support/next-event.ts';
import { startProsody } from '../support/prosody.ts';
import { expireFastTokens, forgetFastTokens } from '../support/prosody-tokens.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { layCable } from './cable.ts';
import { checkReport, createTable, OUTCOME } from './report.ts';
import { namesOf, POLL, stageVisitors, type Visitor } from './stage.ts';
import { portOf, WAYS, type Way } from './ways.ts';

const JULIET = 'juliet@capulet.example';

/** An address without an account: nothing that is sent there is kept. */
const NOBODY = 'paris@capulet.example';

/** What a password and a token lead in by, on each way; a WebSocket has nothing to bind to. */
const MECHANISMS = {
  STARTTLS: { password: 'SCRAM-SHA-256-PLUS (tls-exporter)', token: 'HT-SHA-256-EXPR (tls-exporter)' },
  'direct TLS': { password: 'SCRAM-SHA-256-PLUS (tls-exporter)', token: 'HT-SHA-256-EXPR (tls-exporter)' },
  WebSocket: { password: 'SCRAM-SHA-256', token: 'HT-SHA-256-NONE' },
} as const;

describeWith(['prosody', 'prosody-modules'], 'Prosody with SASL2: one exchange', () => {
  let server: XmppServer;
  /** Replaces every token that is used. */
  let rotating: XmppServer;
  const table = createTable('Login', [OUTCOME]);

  beforeAll(async () => {
    [server, rotating] = await Promise.all([
      startProsody({ sasl2: true }),
      startProsody({ sasl2: { tokenRotation: 0 } }),
    ]);
  });
  afterAll(() => Promise.all([server.stop(), rotating.stop()]));
  const { make } = stageVisitors();

  describe.each(WAYS)('over %s', (way) => {
    const mechanisms = MECHANISMS[way];
    const opening = OPENING[way];

    test('resource, stream management and a token come along with the login', async () => {
      const { visitor, tokens } = await loggedIn(server);
      expect(visitor.attempts).toEqual([mechanisms.password]);
      expect(afterTls(visitor)).toEqual([
        ...[`SEND ${opening}`, `RECV ${opening}`, 'RECV features'],
        ...['SEND authenticate', 'RECV challenge', 'SEND response', 'RECV success', 'RECV features'],
      ]);
      const success = visitor.traffic.find(({ text }) => text.startsWith('<success'))?.text;
      expect(success).toMatch(/<bound [^>]*><enabled [^>]*id="[^"]+"/);
      expect(success).toContain('<token ');
      expect(visitor.client.jid.resourcepart).toMatch(/./);
      expect(tokens.get(JULIET)?.mechanism).toBe(mechanisms.token.split(' ')[0]);
      table.note(
        'with a password',
        way,
        OUTCOME,
        `${mechanisms.password}; resource, management and token along with it`,
      );
    });

    test('a token leads in within the flight of the stream header, before the server said anything', async () => {
      const { visitor } = await loggedInAgain({ pipelining: 'always' });
      expect(visitor.attempts).toEqual([mechanisms.token]);
      expect(afterTls(visitor)).toEqual([
        ...[`SEND ${opening}`, 'SEND authenticate'],
        ...[`RECV ${opening}`, 'RECV features', 'RECV success', 'RECV features'],
      ]);
      table.note("with a token, `pipelining: 'always'`", way, OUTCOME, `${mechanisms.token}; one round trip`);
    });

    test('a token waits for the features where that is wanted', async () => {
      const { visitor } = await loggedInAgain({ pipelining: 'never' });
      expect(visitor.attempts).toEqual([mechanisms.token]);
      expect(afterTls(visitor)).toEqual([
        ...[`SEND ${opening}`, `RECV ${opening}`, 'RECV features'],
        ...['SEND authenticate', 'RECV success', 'RECV features'],
      ]);
      table.note("with a token, `pipelining: 'never'`", way, OUTCOME, `${mechanisms.token}; two round trips`);
    });

    test('a token that the server replaces is kept, and used from then on', async () => {
      const { tokens } = await loggedIn(rotating);
      const used = new Set<string | undefined>();
      for (let login = 0; login < 3; login += 1) {
        used.add(tokens.get(JULIET)?.token);
        const { visitor } = await loggedIn(rotating, { tokens });
        expect(visitor.attempts).toEqual([mechanisms.token]);
      }
      expect(used.size).toBe(3);
      table.note('with a token that is replaced at each use', way, OUTCOME, 'the new one is kept');
    });

    const losses = (['always', 'never'] as const).flatMap((pipelining) => [
      { pipelining, loss: 'has expired', lose: expireFastTokens },
      { pipelining, loss: 'was forgotten by the server', lose: forgetFastTokens },
    ]);

    test.each(losses)('a token that $loss is replaced on the same stream, pipelining: $pipelining', async (each) => {
      const { pipelining, loss, lose } = each;
      const { tokens } = await loggedIn(server);
      const lost = tokens.get(JULIET)?.token;
      await lose(server, 'juliet');
      const { visitor } = await loggedIn(server, { tokens, pipelining });
      expect(visitor.attempts).toEqual([mechanisms.token, mechanisms.password]);
      expect(afterTls(visitor).filter((each) => each === `SEND ${opening}`)).toHaveLength(1);
      expect(visitor.traffic.filter(({ text }) => text.startsWith('<failure'))).toHaveLength(1);
      expect(tokens.get(JULIET)?.token).not.toBe(lost);
      const { visitor: next } = await loggedIn(server, { tokens, pipelining });
      expect(next.attempts).toEqual([mechanisms.token]);
      table.note(
        `with a token that ${loss}`,
        way,
        OUTCOME,
        `${mechanisms.password} on the same stream, and a new token`,
      );
    });

    test('a session is resumed within the flight of the stream header', async () => {
      const cable = await layCable(portOf(server, way));
      try {
        const options = { pipelining: 'always', reconnect: () => 50 } as const;
        const { visitor } = await loggedIn(server, options, cable.port);
        const romeo = make(server, way, { jid: 'romeo@capulet.example/orchard' });
        romeo.client.use(messageProtocol());
        romeo.client.use(presenceProtocol()).available();
        const heard: (string | undefined)[] = [];
        romeo.client.on('message', ({ message }) => heard.push(message.body));
        expect(await romeo.logIn()).toBeUndefined();

        const messages = visitor.client.use(messageProtocol());
        cable.freeze();
        const unacknowledged = messages.send({ to: romeo.client.jid, body: 'Anon, good nurse!' });
        await unacknowledged.written();
        const { full } = visitor.client.jid;
        const back = nextEvent(visitor.client, 'online');
        cable.cut();
        expect((await back).jid.full).toBe(full);
        await expect.poll(() => unacknowledged.state, POLL).toBe('acknowledged');
        messages.send({ to: romeo.client.jid, body: 'Sweet Montague, be true.' });
        await expect.poll(() => heard, POLL).toEqual(['Anon, good nurse!', 'Sweet Montague, be true.']);

        expect(visitor.attempts).toEqual([mechanisms.password, mechanisms.token]);
        const [header, authenticate, ...rest] = afterTls(visitor);
        expect([header, authenticate]).toEqual([`SEND ${opening}`, 'SEND authenticate']);
        expect(rest.slice(0, 3)).toEqual([`RECV ${opening}`, 'RECV features', 'RECV success']);
        const success = visitor.traffic.findLast(({ text }) => text.startsWith('<success'))?.text;
        expect(success).toContain('<resumed ');
        table.note("the connection is cut, `pipelining: 'always'`", way, OUTCOME, 'resumed in one round trip');
      } finally {
        await cable.remove();
      }
    });

    test('whoever wants a certain resource binds it after the login', async () => {
      const { visitor } = await loggedIn(server, { jid: `${JULIET}/balcony` });
      expect(visitor.client.jid.full).toBe(`${JULIET}/balcony`);
      const authenticate = visitor.traffic.find(({ text }) => text.startsWith('<authenticate'))?.text;
      expect(authenticate).not.toContain('urn:xmpp:bind:0');
      expect(afterTls(visitor).slice(-4)).toEqual(['SEND iq', 'SEND enable', 'RECV iq', 'RECV enabled']);
      table.note('with a resource in the address', way, OUTCOME, 'bound after the login, in one more round trip');
    });

    test('carbons are enabled along with the login', async () => {
      const { visitor } = await loggedIn(server, {}, undefined, ({ client }) => client.use(carbonsProtocol()));
      const authenticate = visitor.traffic.find(({ text }) => text.startsWith('<authenticate'))?.text;
      expect(authenticate).toContain('<enable xmlns="urn:xmpp:carbons:2"/>');
      visitor.client.use(presenceProtocol()).available();
      const carbon = nextEvent(visitor.client, 'carbon');
      const { visitor: other } = await loggedIn(server);
      other.client.use(messageProtocol()).send({ to: NOBODY, body: 'Good night, good night!' });
      expect((await carbon).message.body).toBe('Good night, good night!');
      expect(visitor.traffic.filter(({ direction, text }) => direction === 'SEND' && text.startsWith('<iq'))).toEqual(
        [],
      );
      table.note('with carbons', way, OUTCOME, 'enabled along with the login');
    });

    /** A client of juliet that is in, and its tokens. */
    async function loggedIn(
      on: XmppServer,
      options: Partial<CreateClientOptions> & { readonly tokens?: Map<string, FastToken> } = {},
      port = portOf(on, way),
      prepare: (visitor: Visitor) => void = () => {},
    ) {
      const tokens = options.tokens ?? new Map<string, FastToken>();
      const visitor = make(on, way, { ...options, tokens }, port);
      prepare(visitor);
      expect(await visitor.logIn()).toBeUndefined();
      return { visitor, tokens };
    }

    async function loggedInAgain(options: Partial<CreateClientOptions>) {
      const { tokens } = await loggedIn(server);
      return loggedIn(server, { ...options, tokens });
    }
  });

  test('docs/interop.md says what was measured', () => checkReport('tokens', [table]));
});

/** How a stream begins (RFC 6120 §4.2, RFC 7395 §3.4). */
const OPENING: Readonly<Record<Way, string>> = {
  STARTTLS: 'stream:stream',
  'direct TLS': 'stream:stream',
  WebSocket: 'open',
};

/** The names of what was said and heard on the last stream under TLS. */
function afterTls({ traffic }: Visitor): string[] {
  const names = namesOf(traffic);
  return names.slice(names.findLastIndex((name) => /^SEND (?:stream:stream|open)$/.test(name)));
}
