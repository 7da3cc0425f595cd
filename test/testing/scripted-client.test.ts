import { afterEach, describe, expect, test } from 'vitest';
import type { ScriptedServerOptions } from '../../src/testing/index.ts';
import { createClientAuthority } from './client-certificates.ts';
import { inMemory, JULIET, meet, overTcp, overTls, overWebSocket, stopAll, type Way } from './scripted-pair.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

const WAYS: readonly (readonly [string, Way, Partial<ScriptedServerOptions>])[] = [
  ['in memory', inMemory, { listen: false }],
  ['over TCP, with STARTTLS', overTcp, { listen: true }],
  ['over TCP, without TLS', overTcp, { listen: true, tls: false }],
  ['over direct TLS', overTls, { listen: true }],
  ['over a WebSocket', overWebSocket, { listen: true, tls: false, websocket: true }],
  ['over a WebSocket under TLS', overWebSocket, { listen: true, websocket: true }],
];

afterEach(stopAll);

describe.each(WAYS)('a scripted client %s', (_title, way, options) => {
  test('logs in, says what it wants, and hears what it expects', async () => {
    const { client, peer } = await meet(options, way);
    const serverSide = peer
      .login()
      .sends((jid) => `<message xmlns="jabber:client" to="${jid}"><body>Hark</body></message>`)
      .receives('<message id="*"><body>/^Hist/</body></message>')
      .receives('</stream:stream>');
    const clientSide = client.login({ ...JULIET, resource: 'balcony' });
    expect(String(await clientSide)).toBe('juliet@capulet.example/balcony');
    await clientSide
      .receives('<message to="juliet@capulet.example/balcony"><body>Hark</body></message>')
      .sends('<message xmlns="jabber:client" id="1"><body>Hist!</body></message>')
      .close();
    await serverSide;
    expect(client.isSecure).toBe(peer.isSecure);
  });

  test('can be stopped while both sides end the connection, and so can the server', async () => {
    const { client, peer, server } = await meet(options, way);
    const serverSide = peer.header().receives('</stream:stream>');
    await client.header().close();
    await serverSide;
    await Promise.all([client.stop(), server.stop()]);
    expect([await client.closed(), await peer.closed()]).toEqual([[], []]);
  });

  test('hears of each header, and that the server hung up', async () => {
    const { client, peer } = await meet(options, way);
    const serverSide = peer.header({ id: 's1' }).features('<x xmlns="y"/>').close();
    const header = await client.header({ from: 'juliet@capulet.example', 'xml:lang': undefined });
    expect(header.attributes).toMatchObject({ id: 's1', to: 'juliet@capulet.example', version: '1.0' });
    const features = await client.features('<x xmlns="*"/>');
    expect(features.children).toHaveLength(1);
    await client.receives('</stream:stream>').closed();
    await serverSide;
  });
});

describe('a script of a client', () => {
  test.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] as const)(
    'logs in with %s',
    async (mechanism) => {
      const { client, peer } = await meet();
      const serverSide = peer.authenticate(mechanism);
      const success = await client.authenticate({ ...JULIET, mechanism });
      expect(success.name).toBe('success');
      expect(String(await serverSide)).toBe('juliet@capulet.example');
    },
  );

  test.each([
    ['TLSv1.3', 'tls-exporter'],
    ['TLSv1.2', 'tls-unique'],
    ['TLSv1.2', 'tls-server-end-point'],
  ] as const)('binds its login to %s by %s', async (version, type) => {
    const listening = { listen: true, tlsVersions: { max: version } };
    const { client, peer } = await meet(listening, overTcp);
    const serverSide = peer.startTls().authenticate('SCRAM-SHA-256-PLUS');
    const strongest = type === 'tls-server-end-point' ? type : undefined;
    const options = { ...JULIET, mechanism: 'SCRAM-SHA-256-PLUS', channelBinding: strongest };
    await client.startTls().authenticate(options);
    await serverSide;
  });

  test('can bind its login to something else', async () => {
    const { client, peer } = await meet({ listen: true }, overTls);
    const serverSide = peer.authenticate('SCRAM-SHA-256-PLUS').catch(String);
    const channelBinding = { type: 'tls-exporter', data: new Uint8Array(32) } as const;
    const outcome = `<failure xmlns="${SASL}"/>`;
    await client.authenticate({ ...JULIET, mechanism: 'SCRAM-SHA-256-PLUS', channelBinding, outcome });
    expect(await serverSide).toContain('channel-bindings-dont-match');
  });

  test('shows a certificate, a token, or nothing', async () => {
    const clients = await createClientAuthority();
    const { key, cert: certificate } = await clients.issue({ commonName: 'juliet@capulet.example' });
    const listening = { listen: true, clientAuthority: clients.certificate };
    const certified = await meet(listening, (server) => ({
      ...overTls(server),
      clientCertificate: { key, certificate },
    }));
    for (const [{ client, peer }, mechanism, credentials, account] of [
      [certified, 'EXTERNAL', {}, 'juliet@capulet.example'],
      [await meet(), 'OAUTHBEARER', { token: 'r0m30' }, 'juliet@capulet.example'],
      [await meet(), 'ANONYMOUS', {}, 'guest@capulet.example'],
    ] as const) {
      const serverSide = peer.authenticate(mechanism);
      await client.authenticate({ mechanism, ...credentials });
      expect(String(await serverSide)).toBe(account);
    }
  });

  test('goes on after a failure that it expects, and ends with one that it does not', async () => {
    const wrong = { username: 'juliet', password: 'wrong' };
    const one = await meet();
    const refusal = one.peer.authenticate().catch(String);
    const outcome = `<failure xmlns="${SASL}"><not-authorized/></failure>`;
    expect((await one.client.authenticate({ ...wrong, outcome })).name).toBe('failure');
    expect(await refusal).toContain('The client did not authenticate');
    const other = await meet();
    other.peer.authenticate().catch(() => {});
    const error = await other.client.authenticate(wrong).catch(String);
    expect(error).toContain(
      `Expected from the server: <success xmlns="${SASL}"/>\nInstead: it sent <failure xmlns="${SASL}"><not-authorized/>`,
    );
    expect(error).toContain(`Difference: name: expected {${SASL}}success, got {${SASL}}failure\nConversation`);
    expect(error).toMatch(/\n {2}C: <auth .*\n {2}S: <challenge .*\n {2}C: <response .*\n {2}S: <failure /);
    expect(String(error).match(/<(auth|challenge|response) [^>]*>\[masked\]/g)).toHaveLength(3);
  });

  test('fails when the server does not prove itself', async () => {
    const { client, peer } = await meet();
    const serverSide = peer
      .header()
      .features(`<mechanisms xmlns="${SASL}"/>`)
      .receives(`<auth xmlns="${SASL}" mechanism="SCRAM-SHA-256">*</auth>`)
      .sends(`<success xmlns="${SASL}"/>`);
    await expect(client.authenticate(JULIET)).rejects.toThrow(/server.*\nConversation/s);
    await serverSide;
  });

  test.each([
    ['binds a resource along with SASL2', {}, /^juliet@capulet\.example\/./],
    ['can log in by SASL2 without a resource', { inline: '' }, /^juliet@capulet\.example$/],
    ['can say who it is', { userAgent: { id: 'd4565fa7-4d72-4749-b3d3-740edbf87770' } }, /^juliet@/],
  ])('%s', async (_title, extras, address) => {
    const { client, peer } = await meet();
    const serverSide = peer.sasl2({ mechanism: 'PLAIN' });
    const success = await client.sasl2({ ...JULIET, mechanism: 'PLAIN', ...extras });
    expect(success.name).toBe('success');
    expect(String(await serverSide)).toMatch(address);
  });

  test('can log in by SASL2 with SCRAM, and with a token', async () => {
    const scram = await meet();
    const logins = [scram.peer.sasl2().then(String)];
    await scram.client.sasl2(JULIET);
    const token = await meet();
    logins.push(token.peer.sasl2({ mechanism: 'HT-SHA-256-NONE' }).then(String));
    const credentials = { username: 'juliet', hashedToken: 'r0m30', mechanism: 'HT-SHA-256-NONE' };
    await token.client.sasl2({ ...credentials, inline: '<fast xmlns="urn:xmpp:fast:0"/>' });
    expect(await Promise.all(logins)).toEqual([expect.stringMatching(/^juliet@.*\/./), 'juliet@capulet.example']);
  });

  test('uses what came', async () => {
    const { client, peer } = await meet();
    const answered = peer.header().sends('<iq type="get" id="17"/>').receives('<iq type="result" id="17"/>');
    await client
      .header()
      .receives('<iq type="get"/>')
      .sends(({ attributes: { id } }) => `<iq type="result" id="${id}"/>`);
    await answered;
  });

  test('passes over what it does not await, and tells what nobody asked for', async () => {
    const { client, peer } = await meet();
    const serverSide = peer.header().sends('<presence/><iq/><message/><presence id="2"/></stream:stream>').end();
    await client.header().awaits('<message/>');
    expect(await client.closed()).toEqual(['<presence id="2"/>', '</stream:stream>']);
    await serverSide;
  });

  test('stops reading, and reads on', async () => {
    const { client, peer } = await meet({}, inMemory, 50);
    await client.pause();
    await peer.sends('<?xml version="1.0"?>');
    const silence = client.header();
    await peer.receives('<stream:stream>').sends(header('s1'));
    await expect(silence).rejects.toThrow('Instead: nothing came within 50 ms');
    await client.resume().receives('<stream:stream id="s1">');
  });

  test('cuts the connection', async () => {
    const { client, peer } = await meet({ listen: true }, overTcp);
    await client.reset();
    await expect(peer.receives('<iq/>')).rejects.toThrow('Instead: the connection ended (read ECONNRESET)');
    expect(await client.closed()).toEqual([]);
  });
});

function header(id: string): string {
  return `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" id="${id}" version="1.0">`;
}
