import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Authority,
  createAuthority,
  createSelfSignedCertificate,
  type ListenOptions,
  startScriptedServer,
  startServer,
} from '../../src/testing/index.ts';
import { stageClients, stateOf, wayTo } from '../support/client-stage.ts';
import { factsOf, rejectionOf } from '../support/when.ts';

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const DAY = 86_400_000;

const stage = stageClients();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe('a server that cannot be reached: the client says so, and where it looked, when', () => {
  it('nobody knows its host', async () => {
    const client = stage.make({ host: 'nowhere.invalid' });
    client.start();
    expect(factsOf(await rejectionOf(client.online()))).toEqual({
      name: 'TransportError',
      code: 'transport/host-not-found',
      phase: 'linked.connecting',
      endpoint: 'nowhere.invalid:5222 (STARTTLS)',
      hint: 'Check the name of the server, and that DNS works here.',
    });
    expect(stateOf(client)).toBe('failed.gaveUp');
  });

  it('nothing listens there', async () => {
    const { port, stop } = await startScriptedServer({ domain: 'capulet.example' });
    await stop();
    const client = stage.make({ host: '127.0.0.1', port });
    client.start();
    expect(factsOf(await rejectionOf(client.online()))).toEqual({
      name: 'TransportError',
      code: 'transport/connection-refused',
      phase: 'linked.connecting',
      endpoint: `127.0.0.1:${port} (STARTTLS)`,
      hint: 'Nothing listens there: check host and port, and that the server runs.',
    });
    expect(stateOf(client)).toBe('failed.gaveUp');
  });
});

describe('a connection without TLS: the client sends nothing but its header and its wish for TLS, and fails, when', () => {
  it('the server offers none', async () => {
    const { client, peer, sent, endpoint } = await meet();
    await peer
      .header()
      .features('<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms>');
    expect(factsOf(await rejectionOf(client.online()))).toEqual(noTls('linked.opening.awaitingFeatures', endpoint));
    expect(sent()).toEqual([HEADER, '</stream:stream>']);
    expect(stateOf(client)).toBe('failed.terminal');
  });

  it('the server refuses it', async () => {
    const { client, peer, sent, endpoint } = await meet();
    await askedForTls(peer).sends(`<failure xmlns="${TLS}"/></stream:stream>`);
    expect(factsOf(await rejectionOf(client.online()))).toEqual(noTls('linked.securing.awaitingProceed', endpoint));
    expect(sent()).toEqual([HEADER, STARTTLS, '</stream:stream>']);
    expect(stateOf(client)).toBe('failed.terminal');
  });

  it.each([
    ['an element', '<message/>'],
    ['a part of a tag', '<'],
    ['white space', ' '],
  ])('somebody glues %s to the consent of the server', async (_title, injected) => {
    const { client, peer, sent, endpoint } = await meet();
    await askedForTls(peer).sends(`<proceed xmlns="${TLS}"/>${injected}`);
    expect(factsOf(await rejectionOf(client.online()))).toEqual({
      name: 'TransportError',
      code: 'transport/injected-bytes',
      phase: 'linked.securing.awaitingProceed',
      endpoint,
      hint: 'Somebody between here and the server may be injecting commands (RFC 6120 §5.4.3.3). Nothing was sent; try direct TLS.',
    });
    expect(sent()).toEqual([HEADER, STARTTLS, '</stream:stream>']);
    expect(stateOf(client)).toBe('failed.terminal');
  });

  const HEADER =
    '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">';
  const STARTTLS = `<starttls xmlns="${TLS}"/>`;

  async function meet() {
    const server = await startScriptedServer({ domain: 'capulet.example' });
    stops.push(server.stop);
    const sent: string[] = [];
    const client = stage.make({
      ...wayTo(server, 'STARTTLS'),
      onTraffic: ({ direction, text }) => void (direction === 'SEND' && sent.push(text)),
    });
    client.start();
    const endpoint = `127.0.0.1:${server.port} (STARTTLS)`;
    return { client, peer: await server.connection(), sent: () => sent, endpoint };
  }

  function askedForTls(peer: Awaited<ReturnType<typeof meet>>['peer']) {
    return peer.header().features(STARTTLS).receives(STARTTLS);
  }

  function noTls(phase: string, endpoint: string) {
    return {
      name: 'TransportError',
      code: 'transport/tls-unavailable',
      phase,
      endpoint,
      hint: 'Nothing was sent in clear. If the server has TLS, somebody in between removed the offer; try direct TLS.',
    };
  }
});

describe.each(['STARTTLS', 'direct TLS'] as const)('over %s, a certificate is refused', (way) => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await createAuthority();
  });

  it('when it is for another domain, although that is the host which was dialled', async () => {
    const certificate = await authority.issue({ domains: ['127.0.0.1', 'montague.example'] });
    expect(await refusal({ ...certificate, ca: authority.certificate })).toEqual({
      code: 'transport/certificate-wrong-host',
      hint: 'The certificate must be for capulet.example, the domain of the address. Check the domain; otherwise this is another server.',
    });
  });

  it('when its time is over', async () => {
    const certificate = await authority.issue({
      domains: ['capulet.example'],
      notAfter: new Date(Date.now() - DAY),
    });
    expect(await refusal({ ...certificate, ca: authority.certificate })).toEqual({
      code: 'transport/certificate-expired',
      hint: 'The operator of the server must renew the certificate; check the clock of this machine too.',
    });
  });

  it('when it signed itself', async () => {
    const certificate = await createSelfSignedCertificate({ domains: ['capulet.example'] });
    expect(await refusal({ ...certificate, ca: authority.certificate })).toEqual({
      code: 'transport/certificate-self-signed',
      hint: 'The server signed it itself. If it is your own server, give this certificate with `tls.ca` (--ca).',
    });
  });

  it('when an authority signed it that nobody trusts', async () => {
    const { issue } = await createAuthority();
    const certificate = await issue({ domains: ['capulet.example'] });
    expect(await refusal({ ...certificate, ca: authority.certificate })).toEqual(UNTRUSTED);
  });

  const UNTRUSTED = {
    code: 'transport/certificate-untrusted',
    hint: 'No authority that this machine trusts signed it. For an own authority give its certificate with `tls.ca` (--ca).',
  };

  /** What the client says; that it happened in the handshake, for good, and before any login, goes for all. */
  async function refusal(certificate: NonNullable<ListenOptions['certificate']>) {
    const heard: string[] = [];
    const server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      certificate,
      onTraffic: ({ direction, text }) => void (direction === 'received' && heard.push(text)),
    });
    stops.push(server.stop);
    const client = stage.make(wayTo(server, way));
    client.start();
    const { name, phase, endpoint, ...rest } = Object(factsOf(await rejectionOf(client.online())));
    const port = way === 'STARTTLS' ? server.port : server.tlsPort;
    expect({ name, phase, endpoint, state: stateOf(client) }).toEqual({
      name: 'TransportError',
      phase: 'linked.securing.handshaking',
      endpoint: `127.0.0.1:${port} (${way})`,
      state: 'failed.terminal',
    });
    expect(heard.filter((text) => !text.startsWith('<stream:stream'))).toEqual(
      way === 'STARTTLS' ? [`<starttls xmlns="${TLS}"/>`] : [],
    );
    return rest;
  }
});
