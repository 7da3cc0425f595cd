import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuthority, type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { textOf } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

describe('a script', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer({ domain: 'capulet.example', password: 'r0m30', timeout: 50, listen: false });
  });
  afterEach(() => server.stop());

  async function meet() {
    const client = RawClient.memory(server);
    return { client, peer: await server.connection() };
  }

  test('says what it wants, and waits for what it expects', async () => {
    const { client, peer } = await meet();
    client.header().sends('<presence><show>away</show></presence>');
    const presence = await peer.header({ id: 's1' }).features(`<bind xmlns="${BIND}"/>`).receives('<presence/>');
    expect(presence.attributes).toEqual({});
    await client.receives('<stream:stream from="capulet.example" id="s1" version="1.0">');
    await client.receives(`<stream:features><bind xmlns="${BIND}"/></stream:features>`);
    peer.sends('<message>').end();
    expect(await client.closed()).toEqual([]);
  });

  test('can answer what came', async () => {
    const { client, peer } = await meet();
    client.header().sends('<iq type="get" id="17"><ping xmlns="urn:xmpp:ping"/></iq>');
    await peer
      .header()
      .receives('<iq type="get"/>')
      .sends((iq) => `<iq type="result" id="${iq.attributes.id}"/>`);
    await client.receives('<stream:stream>');
    await client.receives('<iq type="result" id="17"/>');
  });

  test('can leave out what a header must have', async () => {
    const { client, peer } = await meet();
    client.header();
    await peer.header({ id: undefined, from: 'verona.example' });
    const header = await client.receives('<stream:stream from="verona.example">');
    expect(Object.keys(header.attributes).sort()).toEqual(['from', 'version', 'xml:lang']);
  });

  test('sends bytes as they are', async () => {
    const chunks: Uint8Array[] = [];
    server.connect({ write: (bytes) => chunks.push(bytes), end: () => {} });
    const peer = await server.connection();
    await peer
      .sends(new Uint8Array([0x3c, 0xff]))
      .sends('€')
      .close()
      .closed();
    expect(chunks.map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual([
      '<\xff',
      'â\x82¬',
      '</stream:stream>',
    ]);
  });

  test.each<[string, string]>([
    ['an element with more in it', '<presence/>'],
    ['an attribute', '<presence type="unavailable"/>'],
    ['children in any order', '<presence><status>x</status><show>away</show></presence>'],
    ['white space around', '\n<presence>\n  <show>away</show>\n</presence>\n'],
  ])('accepts %s', async (_title, expected) => {
    const { client, peer } = await meet();
    client.header().sends('<presence type="unavailable" id="1"><show>away</show><status>x</status></presence>');
    await peer.header().receives(expected);
  });

  test('accepts what a regular expression or a function says', async () => {
    const { client, peer } = await meet();
    client.header().sends('<presence/><message><body>Hist!</body></message></stream:stream>');
    await peer
      .header()
      .receives(/^<presence\/>$/)
      .receives((stanza) => stanza.name === 'message')
      .receives('</stream:stream>');
  });

  test('sees stream features and errors with their prefix, however they were sent', async () => {
    const { client, peer } = await meet();
    const streams = 'http://etherx.jabber.org/streams';
    client
      .header()
      .sends(`<features xmlns="${streams}"/><stream:error><features xmlns="${streams}"/></stream:error>`)
      .sends('</stream:stream>')
      .end();
    const script = peer.header().receives(/^<stream:features\/>$/);
    expect(await script.closed()).toEqual([`<stream:error><features/></stream:error>`, '</stream:stream>']);
  });

  test('passes over what it does not await', async () => {
    const { client, peer } = await meet();
    client.header().sends('<presence/><presence/><message><body>Hist!</body></message>');
    expect(textOf(await peer.header().awaits('<message/>'))).toBe('');
  });

  test('passes over no more than comes in time', async () => {
    const { client, peer } = await meet();
    const chatter = setInterval(() => client.sends('<presence/>'), 5);
    try {
      client.header();
      const error = await peer.header().awaits('<message/>').catch(String);
      expect(error).toContain('Expected from the client: <message/>\nInstead: it did not come within 50 ms\n');
    } finally {
      clearInterval(chatter);
    }
  });

  test('does not wait without end for the end of a connection on which things come', async () => {
    const { client, peer } = await meet();
    const chatter = setInterval(() => client.sends('<presence/>'), 5);
    try {
      client.header();
      const error = await peer.header().closed().catch(String);
      expect(error).toContain('Expected from the client: the end of the connection\nInstead: it stayed for 50 ms\n');
    } finally {
      clearInterval(chatter);
    }
  });

  test.each<[string, string, string]>([
    ['another name', '<message/>', 'it sent <presence id="1"><show>away</show></presence>'],
    ['another namespace', '<presence xmlns="jabber:server"/>', 'it sent <presence id="1">'],
    ['another attribute', '<presence id="2"/>', 'it sent <presence id="1">'],
    ['another text', '<presence><show>xa</show></presence>', 'it sent <presence id="1">'],
    ['the end', '</stream:stream>', 'it sent <presence id="1">'],
  ])('fails for %s, with the conversation so far', async (_title, expected, instead) => {
    const { client, peer } = await meet();
    client.header().sends('<presence id="1"><show>away</show></presence>');
    const error = await peer.header().receives(expected).catch(String);
    expect(error).toContain(`Expected from the client: ${expected}\nInstead: ${instead}`);
    expect(error).toMatch(/\n {2}C: <stream:stream .*>\n {2}S: <\?xml .*>\n {2}C: <presence /);
  });

  test.each<[string, (client: RawClient) => unknown, string]>([
    ['nothing', () => {}, 'nothing came within 50 ms'],
    ['the end of the connection', (client) => client.end(), 'the connection ended'],
    ['what is no XML', (client) => client.sends('<&>'), 'it sent (no XML: expected'],
    ['the end of the test', () => server.stop(), 'the scripted server was stopped'],
  ])('fails when there comes %s', async (_title, act, instead) => {
    const { client, peer } = await meet();
    client.header();
    const script = peer.header().receives('<presence/>').sends('<presence/>').catch(String);
    await client.receives('<stream:stream>');
    act(client);
    expect(await script).toContain(`Expected from the client: <presence/>\nInstead: ${instead}`);
  });

  test('says what is wrong with an expectation', async () => {
    const { peer } = await meet();
    await expect(peer.receives('<presence>')).rejects.toThrow('it is not complete');
    await expect(peer.receives('<a></b>')).rejects.toThrow('Expected the XML of one element, got "<a></b>"');
    await expect(peer.receives('<stream:stream')).rejects.toThrow('Expected the opening tag of a stream');
  });

  test('tells all that came before the end', async () => {
    const { client, peer } = await meet();
    client.header().sends('<presence/></stream:stream>').end();
    expect(await peer.header().closed()).toEqual(['<presence/>', '</stream:stream>']);
  });

  test('stops reading, and reads on', async () => {
    const { client, peer } = await meet();
    await peer.pause();
    client.header();
    await expect(peer.header()).rejects.toThrow('nothing came');
    await peer.resume().header();
  });

  test('meets one client after another', async () => {
    const [first, second] = [RawClient.memory(server), RawClient.memory(server)];
    const [one, two] = [await server.connection(), await server.connection()];
    await one.sends('<one/>').end();
    await two.sends('<two/>').end();
    const third = server.connection();
    expect([await first.closed(), await second.closed()]).toEqual([expect.anything(), expect.anything()]);
    RawClient.memory(server).end();
    expect(await (await third).closed()).toEqual([]);
    await expect(server.connection()).rejects.toThrow('Expected a connection of a client, but none came within 50 ms');
    const fourth = server.connection().catch(String);
    await server.stop();
    expect(await fourth).toBe('Error: The scripted server was stopped');
  });

  test.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] as const)('begins %s', async (mechanism) => {
    const { client, peer } = await meet();
    const script = peer.authenticate(mechanism).catch(String);
    await client.header().receives('<stream:stream>');
    await client.receives(
      `<stream:features><mechanisms xmlns="${SASL}"><mechanism>${mechanism}</mechanism></mechanisms></stream:features>`,
    );
    client.sends(`<auth xmlns="${SASL}" mechanism="${mechanism}">=</auth>`);
    await client.receives(`<failure xmlns="${SASL}"><malformed-request/></failure>`);
    expect(await script).toContain('The client did not authenticate: malformed-request');
  });

  test('logs a client in, and binds the resource it wishes, or another one', async () => {
    const { client, peer } = await meet();
    const logins = peer.login({ mechanism: 'PLAIN', features: '<sm xmlns="urn:xmpp:sm:3"/>' });
    await client.login('juliet', 'r0m30', 'balcony');
    expect(String(await logins)).toBe('juliet@capulet.example/balcony');
    const other = await meet();
    const login = other.peer
      .login({ mechanism: 'PLAIN', resource: 'chamber' })
      .sends((jid) => `<message to="${jid}"/>`);
    await other.client.login('juliet', 'r0m30', 'balcony');
    await login;
    await other.client.receives('<message to="juliet@capulet.example/chamber"/>');
  });
});

describe('a scripted server on sockets', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer({ domain: 'capulet.example', password: 'r0m30' });
  });
  afterEach(() => server.stop());

  test('logs a client in over STARTTLS', async () => {
    const client = RawClient.tcp(server);
    const peer = await server.connection();
    expect(peer.isSecure).toBe(false);
    const login = peer.login({ mechanism: 'PLAIN' });
    await client.login('juliet', 'r0m30', 'balcony');
    await login;
    expect(peer.isSecure).toBe(true);
  });

  test('logs a client in over direct TLS', async () => {
    const client = RawClient.directTls(server);
    const login = (await server.connection()).login({ mechanism: 'PLAIN' });
    await client.login('juliet', 'r0m30', 'balcony');
    expect(String(await login)).toBe('juliet@capulet.example/balcony');
  });

  test('can glue bytes to its consent to TLS', async () => {
    const client = RawClient.tcp(server);
    const peer = await server.connection();
    const script = peer
      .header()
      .features(`<starttls xmlns="${TLS}"/>`)
      .receives(`<starttls xmlns="${TLS}"/>`)
      .sends(`<proceed xmlns="${TLS}"/><injected/>`);
    await client.header().receives('<stream:stream>');
    await client.receives('<stream:features/>');
    client.sends(`<starttls xmlns="${TLS}"/>`);
    await script;
    await client.receives(`<proceed xmlns="${TLS}"/>`);
    await client.receives('<injected/>');
  });

  test('sees that a client refuses its certificate', async () => {
    const { certificate: ca } = await createAuthority();
    const client = RawClient.tcp({ ...server, ca });
    const peer = await server.connection();
    const closed = peer.startTls().closed();
    await client.header().receives('<stream:stream>');
    await client.receives(`<stream:features><starttls xmlns="${TLS}"><required/></starttls></stream:features>`);
    await client.sends(`<starttls xmlns="${TLS}"/>`).receives(`<proceed xmlns="${TLS}"/>`);
    client.secure();
    expect(await closed).toEqual([]);
    expect(peer.isSecure).toBe(true);
  });

  test('resets a connection', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const failure = new Promise((resolve) => socket.on('error', resolve));
    const peer = await server.connection();
    await peer.reset();
    expect(await failure).toMatchObject({ code: 'ECONNRESET' });
  });

  test('resets a connection under TLS', async () => {
    const client = RawClient.directTls(server);
    const peer = await server.connection();
    client.header();
    await peer.header().reset();
    expect(await client.closed()).toEqual([expect.stringContaining('<stream:stream ')]);
  });

  test('stops although nobody leaves', async () => {
    const client = RawClient.tcp(server);
    await server.connection();
    await server.stop();
    await server.stop();
    expect(await client.closed()).toEqual([]);
  });
});
