import { describe, expect, it } from 'vitest';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { rejectionOf, whenIn } from '../support/when.ts';
import { BIND, CLIENT, type Meeting, meet, SASL, streamError } from './stage.ts';

const stage = stageClients();

const TLS = 'xmlns="urn:ietf:params:xml:ns:xmpp-tls"';
const STARTTLS = `<starttls ${TLS}/>`;
const PROCEED = `<proceed ${TLS}/>`;
const mechanisms = (...names: readonly string[]): string =>
  `<mechanisms ${SASL}>${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`;
const FEATURES = `<stream:features>${mechanisms('PLAIN')}</stream:features>`;

describe('somebody who writes into the connection before there is TLS (RFC 6120 §5.4.3.3)', () => {
  it.each([
    ['what the server offers', FEATURES],
    ['a login that succeeded', `<success ${SASL}/>`],
    ['a resource that is bound', `<iq ${CLIENT} type="result" id="x"><bind ${BIND}/></iq>`],
    ['a redirect', streamError('see-other-host', 'evil.example')],
    ['the end of the stream', '</stream:stream>'],
    ['the consent once more', PROCEED],
    ['half a character', new Uint8Array([0xc3])],
    ['a line end', '\r\n'],
    ['a comment', '<!-- -->'],
    ['more than fits into one packet', `<message>${'x'.repeat(200_000)}`],
    ['a record of TLS', new Uint8Array([0x16, 0x03, 0x03, 0x00, 0x04, 0x02])],
  ])('puts behind the consent of the server, in one piece, %s: there is no TLS', async (_title, injected) => {
    const { client, peer, sent } = await asked();
    const failure = rejectionOf(client.online());
    await peer.sends(Buffer.concat([Buffer.from(PROCEED), Buffer.from(injected)]));
    // Nobody begins a handshake: all that comes is the end.
    expect(await peer.closed()).toEqual(['</stream:stream>']);
    expect(await failure).toMatchObject({
      code: 'transport/injected-bytes',
      phase: 'linked.securing.awaitingProceed',
    });
    expect([stateOf(client), sent.slice(2)]).toEqual(['failed.terminal', ['</stream:stream>']]);
  });

  it.each([
    [
      'the header of a stream',
      `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0">${FEATURES}`,
    ],
    ['what the server offers', FEATURES],
    ['a login that succeeded', `<success ${SASL}/>`],
    ['white space', ' '.repeat(5)],
  ])('puts between the consent and the handshake %s: the handshake fails', async (_title, injected) => {
    const { client, peer, sent } = await asked();
    const failure = rejectionOf(client.online());
    await peer.sends(PROCEED);
    await whenIn(client, 'linked.securing.handshaking');
    await peer.sends(injected);
    expect(await failure).toMatchObject({ code: 'transport/tls-failed', phase: 'linked.securing.handshaking' });
    // No word in clear once the server consented.
    expect([stateOf(client), sent.slice(2)]).toEqual(['failed.gaveUp', []]);
  });

  it.each([
    ['the consent in pieces', ['<proc', `eed ${TLS}/`, '><message/>']],
    ['the consent, and the rest of what hangs on it', ['<', `proceed ${TLS}></proceed> `]],
  ])('is noticed, however it comes: %s', async (_title, pieces) => {
    const { client, peer } = await asked();
    const failure = rejectionOf(client.online());
    for (const piece of pieces) await peer.sends(piece);
    expect(await peer.closed()).toEqual(['</stream:stream>']);
    expect(await failure).toMatchObject({ code: 'transport/injected-bytes' });
  });

  it.each([
    ['a stanza', '<message/>'],
    ['what the server offers, once more', FEATURES],
    ['a login that succeeded', `<success ${SASL}/>`],
    ['a challenge', `<challenge ${SASL}>cj0=</challenge>`],
  ])('puts before the consent %s: it is out of turn', async (_title, injected) => {
    const { client, peer } = await asked();
    const failure = rejectionOf(client.online());
    await peer.sends(injected + PROCEED);
    expect(await peer.closed()).toEqual(['</stream:stream>']);
    expect(await failure).toMatchObject({ code: 'transport/protocol-violation' });
  });

  it('has no say in what comes after: all that was said before TLS is forgotten', async () => {
    const { client, peer, sent } = await meet(stage, 'STARTTLS');
    const inClear = `${mechanisms('PLAIN', 'SCRAM-SHA-1')}<bind ${BIND}/><sm xmlns="urn:xmpp:sm:3"/><authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism></authentication>`;
    await peer
      .header({ id: 'chosen-by-somebody', 'xml:lang': 'tlh' })
      .features(STARTTLS + inClear)
      .receives(STARTTLS);
    await peer.sends(PROCEED).secure();
    const offer = { mechanisms: ['SCRAM-SHA-256'] };
    await peer.authenticate({ ...offer, confirmedOffer: offer }).bind('juliet@capulet.example');
    await client.online();
    expect(sent.filter((text) => text.startsWith('<auth'))).toEqual([
      expect.stringMatching(/^<auth [^>]*mechanism="SCRAM-SHA-256"/),
    ]);
    // With a header each: in clear, under TLS, and as an authenticated client. The account is told under TLS only.
    expect(sent.filter((text) => text.startsWith('<?xml')).map((text) => text.includes('juliet'))).toEqual([
      false,
      true,
      true,
    ]);
    expect(sent.filter((text) => text.includes('sm:3'))).toEqual([]);
  });

  /** The client has asked for TLS. */
  async function asked(): Promise<Meeting> {
    const meeting = await meet(stage, 'STARTTLS');
    await meeting.peer.header().features(STARTTLS).receives(STARTTLS);
    return meeting;
  }
});
