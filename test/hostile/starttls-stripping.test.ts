import { describe, expect, it, onTestFinished } from 'vitest';
import type { FastToken } from '../../src/sasl/index.ts';
import { startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf, wayTo } from '../support/client-stage.ts';
import { standInTheMiddle, type Tampering } from './middleman.ts';
import { SASL } from './stage.ts';

const stage = stageClients();

const OFFER = /<starttls xmlns=["']urn:ietf:params:xml:ns:xmpp-tls["'](?:\/>|>.*?<\/starttls>)/;
const CONSENT = /<proceed xmlns=["'][^"']*["']\/>/;
const MECHANISMS = `<mechanisms ${SASL}><mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism></mechanisms>`;
const TOKENS =
  '<authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism><inline><fast xmlns="urn:xmpp:fast:0"><mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication>';

describe('somebody between a client and its server, before there is TLS (RFC 6120 §5, RFC 7590 §3.1)', () => {
  it.each([
    ['takes the offer of TLS away', ''],
    ['puts mechanisms in its place', MECHANISMS],
    ['puts SASL2 and tokens in its place', TOKENS],
    ['puts the session in its place', '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="urn:xmpp:sm:3"/>'],
    [
      'puts compression in its place',
      '<compression xmlns="http://jabber.org/features/compress"><method>zlib</method></compression>',
    ],
  ])('%s: the client says nothing but its header, and where it wants to go', async (_title, instead) => {
    const { middleman, error, state } = await meddle({ toClient: (piece) => piece.replace(OFFER, instead) });
    expect([error, state]).toEqual([
      expect.objectContaining({ code: 'transport/tls-unavailable', phase: 'linked.opening.awaitingFeatures' }),
      'failed.terminal',
    ]);
    await middleman.over();
    expect([middleman.heard(), middleman.connections()]).toEqual([`${HEADER}</stream:stream>`, 1]);
  });

  it('says in the name of the server that there is no TLS: the client believes it, and goes', async () => {
    const { middleman, error, state } = await meddle({
      toClient: (piece) => piece.replace(CONSENT, '<failure xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>'),
    });
    expect([error, state]).toEqual([
      expect.objectContaining({ code: 'transport/tls-unavailable', phase: 'linked.securing.awaitingProceed' }),
      'failed.terminal',
    ]);
    await middleman.over();
    expect([middleman.heard(), middleman.connections()]).toEqual([`${HEADER}${STARTTLS}</stream:stream>`, 1]);
  });

  it('gets no token either, from a client that would log in with one at once (XEP-0484)', async () => {
    const tokens = new Map<string, FastToken>();
    const known = { mechanism: 'HT-SHA-256-NONE', token: 'secret-token', userAgent: crypto.randomUUID() };
    tokens.set('juliet@capulet.example', known);
    const { middleman, error } = await meddle(
      { toClient: (piece) => piece.replace(OFFER, TOKENS) },
      { tokens, pipelining: 'always' },
    );
    expect(error).toMatchObject({ code: 'transport/tls-unavailable' });
    await middleman.over();
    expect(middleman.heard()).toBe(`${HEADER}</stream:stream>`);
    expect(tokens.get('juliet@capulet.example')).toEqual(known);
  });

  it('that only reads along learns nothing but the domain', async () => {
    const { middleman, error, state } = await meddle({});
    expect([error, state.startsWith('linked.online')]).toEqual([undefined, true]);
    const clear = middleman.heard().slice(0, HEADER.length + STARTTLS.length);
    expect(clear).toBe(HEADER + STARTTLS);
    // A record of TLS that holds a handshake (RFC 8446 §5.1).
    expect(middleman.heard().slice(clear.length, clear.length + 2)).toBe('\x16\x03');
    expect(middleman.heard()).not.toContain('juliet');
  });

  /** Somebody who does this stands between a client and a server that behaves. What became of the login? */
  async function meddle(tampering: Tampering, options: Parameters<typeof stage.make>[0] = {}) {
    const server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' } });
    onTestFinished(() => server.stop());
    const middleman = await standInTheMiddle(server.port, tampering);
    const client = stage.make({ ...wayTo(server, 'STARTTLS'), port: middleman.port, reconnect: () => 0, ...options });
    client.start();
    const error = await client.online().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { middleman, error, state: stateOf(client) };
  }
});

const HEADER =
  '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">';
const STARTTLS = '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>';
